import { CardForm } from './card-form.ts';
import { growthProblem } from './size.ts';
import { SizeInput } from './size-input.ts';

/** Asks how large a disk is to become. */
export class GrowForm extends CardForm {
  readonly #size = new SizeInput('New size');
  readonly #present: () => number;
  readonly #grow: (size: number) => Promise<void>;

  /** @param present bytes that it has now */
  constructor(present: () => number, grow: (size: number) => Promise<void>) {
    super('Grow');
    this.#present = present;
    this.#grow = grow;
    this.addFields(this.#size.element);
  }

  protected prepare(): void {
    this.#size.bytes = this.#present() * 2;
  }

  protected problem(): string | undefined {
    return growthProblem(this.#size.bytes, this.#present());
  }

  protected submit(): Promise<void> {
    return this.#grow(this.#size.bytes);
  }
}
