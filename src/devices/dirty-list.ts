import { type ControlBlock, DIRTY_CAPACITY, Word } from '../link/control-block.ts';

/**
 * The ranges of guest RAM that a device wrote since the last sync request. They are gathered
 * here and posted together: while a request is outstanding the CPU thread reads the shared list.
 */
export class DirtyList {
  readonly #control: ControlBlock;
  readonly #starts = new Float64Array(DIRTY_CAPACITY);
  readonly #ends = new Float64Array(DIRTY_CAPACITY);
  #count = 0;

  constructor(control: ControlBlock) {
    this.#control = control;
  }

  /** Adds [address, address + length). Joins neighbours; when full, widens the last range. */
  add(address: number, length: number): void {
    if (length === 0) return;
    const end = address + length;
    const last = this.#count - 1;
    if (last >= 0 && this.#ends[last] === address) {
      this.#ends[last] = end;
    } else if (this.#count < DIRTY_CAPACITY) {
      this.#starts[this.#count] = address;
      this.#ends[this.#count] = end;
      this.#count++;
    } else {
      this.#starts[last] = Math.min(this.#starts[last], address);
      this.#ends[last] = Math.max(this.#ends[last], end);
    }
  }

  /** Copies the ranges to the control block and begins anew. */
  post(): void {
    for (let range = 0; range < this.#count; range++) {
      const base = this.#control.dirtyBase(range);
      this.#control.words[base] = this.#starts[range];
      this.#control.words[base + 1] = this.#ends[range] - this.#starts[range];
    }
    this.#control.store(Word.dirtyCount, this.#count);
    this.#count = 0;
  }
}
