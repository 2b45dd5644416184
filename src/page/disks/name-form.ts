import { create } from '../elements.ts';
import { CardForm } from './card-form.ts';
import { freeName, nameProblem } from './names.ts';

/** Asks what a copy of a disk is to be called. */
export class NameForm extends CardForm {
  readonly #name = create('input', 'input');
  readonly #original: string;
  readonly #taken: () => Iterable<string>;
  readonly #copy: (name: string) => Promise<void>;

  /** @param taken names that other disks have */
  constructor(
    original: string,
    taken: () => Iterable<string>,
    copy: (name: string) => Promise<void>,
  ) {
    super('Copy');
    this.#original = original;
    this.#taken = taken;
    this.#copy = copy;
    this.#name.autocomplete = 'off';
    this.#name.spellcheck = false;
    this.addFields(create('label', 'card-form-label', 'Name of the copy', this.#name));
  }

  protected prepare(): void {
    this.#name.value = freeName(this.#original, this.#taken());
    this.#name.select();
  }

  protected problem(): string | undefined {
    return nameProblem(this.#name.value.trim(), this.#taken());
  }

  protected submit(): Promise<void> {
    return this.#copy(this.#name.value.trim());
  }
}
