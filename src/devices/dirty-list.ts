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
  /** Bytes of all ranges together, and what they span. */
  #total = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = 0;

  constructor(control: ControlBlock) {
    this.#control = control;
  }

  /**
   * Adds [address, address + length). Joins neighbours; when full, widens the last range. Ranges
   * that overlap so much that one over all of them is shorter become that one: a driver that gives
   * all of RAM a thousand times must not make the CPU thread go over it a thousand times.
   */
  add(address: number, length: number): void {
    if (length === 0) return;
    const end = address + length;
    this.#total += length;
    this.#lowest = Math.min(this.#lowest, address);
    this.#highest = Math.max(this.#highest, end);
    if (this.#total > this.#highest - this.#lowest) {
      this.#starts[0] = this.#lowest;
      this.#ends[0] = this.#highest;
      this.#count = 1;
      this.#total = this.#highest - this.#lowest;
      return;
    }
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

  /** Copies the ranges to the control block and begins anew. @returns how many they are */
  post(): number {
    const count = this.#count;
    for (let range = 0; range < this.#count; range++) {
      const base = this.#control.dirtyBase(range);
      this.#control.words[base] = this.#starts[range];
      this.#control.words[base + 1] = this.#ends[range] - this.#starts[range];
    }
    this.#control.store(Word.dirtyCount, this.#count);
    this.#count = 0;
    this.#total = 0;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = 0;
    return count;
  }
}
