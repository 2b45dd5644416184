import { byId } from '../elements.ts';
import { describeFailure } from '../failure.ts';
import type { DiskActions } from './actions.ts';
import { imageProblem } from './image-problem.ts';
import { freeName, nameOfFile, nameProblem } from './names.ts';
import { SIZE_UNITS, sizeProblem } from './size.ts';
import { SizeInput } from './size-input.ts';

/** Problems of the form, by the field that is to blame. */
type Field = 'name' | 'size' | 'image';

/** The form for a new disk: an empty one, or one that is made of an image. */
export class NewDisk {
  readonly #name = byId('new-disk-name', HTMLInputElement);
  readonly #size = new SizeInput('Size');
  readonly #actions: DiskActions;

  constructor(actions: DiskActions) {
    this.#actions = actions;
    this.#size.bytes = SIZE_UNITS.GiB;
    this.#size.describeBy('new-disk-size-problem');
    byId('new-disk-size', HTMLElement).append(this.#size.element);
    byId('new-disk', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#create();
    });
    const picker = byId('new-disk-image', HTMLInputElement);
    picker.addEventListener('change', () => {
      this.importImages([...(picker.files ?? [])]);
      // The same file chosen again is a change too.
      picker.value = '';
    });
  }

  /** Makes a disk of each file. The name that was typed is for the first; the others have their own. */
  async importImages(files: readonly File[]): Promise<void> {
    showProblem('name', '');
    showProblem('size', '');
    const problems: string[] = [];
    for (const file of files) problems.push(...(await this.#import(file)));
    showProblem('image', problems.join(' '));
  }

  /** @returns what is wrong with the file, if anything */
  async #import(file: File): Promise<string[]> {
    const typed = this.#name.value.trim();
    const taken = this.#actions.takenNames();
    const name = typed === '' ? freeName(nameOfFile(file.name), taken) : typed;
    const trouble = nameProblem(name, taken);
    if (trouble !== undefined) {
      this.#complain('name', trouble);
      return [];
    }
    const problem = await imageProblem(file);
    if (problem !== undefined) return [problem];
    this.#name.value = '';
    await this.#actions.importImage(name, file);
    return [];
  }

  async #create(): Promise<void> {
    const name = this.#name.value.trim();
    const problem = nameProblem(name, this.#actions.takenNames());
    const wrongSize = sizeProblem(this.#size.bytes);
    showProblem('image', '');
    showProblem('size', wrongSize ?? '');
    showProblem('name', problem ?? '');
    if (problem !== undefined) this.#name.focus();
    else if (wrongSize !== undefined) this.#size.focus();
    else await this.#make(name, this.#size.bytes);
  }

  async #make(name: string, size: number): Promise<void> {
    try {
      await this.#actions.create(name, size);
      this.#name.value = '';
    } catch (reason) {
      const { message, remedy } = describeFailure(reason);
      showProblem('name', `${message} ${remedy}`);
    }
  }

  #complain(field: 'name', problem: string): void {
    showProblem(field, problem);
    this.#name.focus();
  }
}

function showProblem(field: Field, problem: string): void {
  byId(`new-disk-${field}-problem`, HTMLElement).textContent = problem;
}
