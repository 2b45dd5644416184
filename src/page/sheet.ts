import { MEMORY_LIMITS } from '../machine/options.ts';
import { createDiskRow } from './disk-row.ts';
import { byId } from './elements.ts';
import {
  DEFAULT_PLAN,
  diskName,
  findProblems,
  kernelName,
  type MachinePlan,
  type PlanProblems,
  sourceName,
  standardCommandLine,
} from './plan.ts';
import { recognizeFile } from './recognize.ts';

/** The sheet "Start another machine": a plan to fill in. It keeps what was chosen while closed. */
export class Sheet {
  readonly #dialog = byId('sheet', HTMLDialogElement);
  readonly #commandLine = byId('command-line', HTMLTextAreaElement);
  readonly #memory = byId('memory-size', HTMLInputElement);
  readonly #onStart: (plan: MachinePlan) => void;
  #plan = DEFAULT_PLAN;

  constructor(onStart: (plan: MachinePlan) => void) {
    this.#onStart = onStart;
    describeMemory(this.#memory);
    this.#listen();
    this.show(DEFAULT_PLAN);
  }

  /** Fills the sheet with a plan, to go on from there. */
  show(plan: MachinePlan): void {
    this.#plan = plan;
    this.#commandLine.value = plan.commandLine ?? '';
    this.#memory.value = `${plan.memory}`;
    this.#render();
  }

  open(): void {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** Takes chosen or dropped files to where their content says they belong. */
  async addFiles(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const kind = await recognizeFile(file);
      if (kind === 'disk') this.#addDisks([file]);
      else this.#change({ [kind]: file });
    }
  }

  #addDisks(files: File[]): void {
    const added = files.map((source) => ({ source, readOnly: false }));
    this.#change({ disks: [...this.#plan.disks, ...added] });
  }

  #change(changes: Partial<MachinePlan>): void {
    this.#plan = { ...this.#plan, ...changes };
    showProblems({});
    this.#render();
  }

  #listen(): void {
    const onClick = (id: string, run: () => void) =>
      byId(id, HTMLButtonElement).addEventListener('click', run);
    const close = () => this.#dialog.close();
    onClick('sheet-close', close);
    onClick('sheet-cancel', close);
    onClick('kernel-firmware', () => this.#change({ kernel: 'firmware' }));
    onClick('kernel-clear', () => this.#change({ kernel: DEFAULT_PLAN.kernel }));
    onClick('initrd-clear', () => this.#change({ initrd: DEFAULT_PLAN.initrd }));
    onFiles('kernel-file', ([kernel]) => kernel && this.#change({ kernel }));
    onFiles('initrd-file', ([initrd]) => initrd && this.#change({ initrd }));
    onFiles('disk-files', (files) => this.#addDisks(files));
    byId('sheet-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  async #submit(): Promise<void> {
    this.#plan = {
      ...this.#plan,
      commandLine: this.#commandLine.value.trim() || null,
      memory: this.#memory.valueAsNumber,
    };
    const problems = await findProblems(this.#plan);
    showProblems(problems);
    if (Object.keys(problems).length > 0) return;
    this.#dialog.close();
    this.#onStart(this.#plan);
  }

  #render(): void {
    const { kernel, initrd } = this.#plan;
    const own = kernel === null;
    const firmware = kernel === 'firmware';
    byId('kernel-name', HTMLElement).textContent = kernelName(kernel);
    byId('kernel-clear', HTMLElement).hidden = own;
    byId('kernel-firmware', HTMLElement).hidden = !own;
    byId('initrd-field', HTMLElement).hidden = firmware;
    byId('command-line-field', HTMLElement).hidden = firmware;
    byId('initrd-name', HTMLElement).textContent = initrd === null ? 'None' : sourceName(initrd);
    byId('initrd-clear', HTMLElement).hidden = initrd === null;
    this.#commandLine.placeholder = own ? '' : standardCommandLine(this.#plan);
    byId('command-line-hint', HTMLElement).dataset.kernel = own ? 'own' : 'other';
    this.#renderDisks();
  }

  #renderDisks(): void {
    const { disks, kernel, root } = this.#plan;
    const rows = disks.map((disk, index) =>
      createDiskRow(diskName(this.#plan, index), disk, {
        onReadOnly: (readOnly) => this.#change({ disks: disks.with(index, { ...disk, readOnly }) }),
        onRemove: () => this.#change({ disks: disks.toSpliced(index, 1) }),
      }),
    );
    if (kernel === null) rows.unshift(createDiskRow('vda', root, null));
    byId('disks', HTMLElement).replaceChildren(...rows);
  }
}

function describeMemory(input: HTMLInputElement): void {
  const { least, most } = MEMORY_LIMITS;
  input.min = `${least}`;
  input.max = `${most}`;
  byId('memory-hint', HTMLElement).textContent = `From ${least} to ${most}.`;
}

function onFiles(id: string, take: (files: File[]) => void): void {
  const input = byId(id, HTMLInputElement);
  input.addEventListener('change', () => {
    take([...(input.files ?? [])]);
    // The same file chosen again, after a removal, is a change too.
    input.value = '';
  });
}

function showProblems(problems: PlanProblems): void {
  for (const field of ['kernel', 'disks', 'memory'] as const) {
    byId(`${field}-problem`, HTMLElement).textContent = problems[field] ?? '';
  }
  document.querySelector('.field-problem:not(:empty)')?.scrollIntoView({ block: 'nearest' });
}
