import { create } from '../elements.ts';
import { parseSize, SIZE_UNITS, type SizeUnit, sizeToType } from './size.ts';

/** A field for the size of a disk: a number and its unit. */
export class SizeInput {
  readonly element: HTMLElement;
  readonly #number = create('input', 'input input-number');
  readonly #unit = create('select', 'input');

  /** @param label of the number, for example "New size" */
  constructor(label: string) {
    this.#number.inputMode = 'decimal';
    this.#number.autocomplete = 'off';
    this.#unit.setAttribute('aria-label', 'Unit of the size');
    for (const unit of Object.keys(SIZE_UNITS)) this.#unit.append(new Option(unit));
    const name = create('label', 'card-form-label', label, this.#number);
    this.element = create('span', 'size-input', name, this.#unit);
  }

  /** Bytes; NaN for what is no number. */
  get bytes(): number {
    return parseSize(this.#number.value, this.#unit.value as SizeUnit);
  }

  set bytes(bytes: number) {
    const { typed, unit } = sizeToType(bytes);
    this.#number.value = typed;
    this.#unit.value = unit;
  }

  focus(): void {
    this.#number.focus();
  }

  /** @param id of the element that tells what is wrong with the size */
  describeBy(id: string): void {
    this.#number.setAttribute('aria-describedby', id);
  }
}
