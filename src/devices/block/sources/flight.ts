import type { ReadTarget } from '../backend.ts';
import { BLOCK_SIZE } from './block-cache.ts';

/** One transfer of neighbouring blocks, and the reads that wait for it. */
export class Flight {
  /** The first block. */
  readonly first: number;
  /** Blocks. */
  readonly count: number;
  readonly reads: WaitingRead[] = [];

  constructor(first: number, count: number) {
    this.first = first;
    this.count = count;
  }

  /** @param bytes of the blocks; the last may be cut off by the end of the image */
  arrive(bytes: Uint8Array): void {
    for (const read of this.reads) read.take(this.first * BLOCK_SIZE, bytes, this.count);
  }

  fail(reason: unknown): void {
    for (const read of this.reads) read.fail(reason);
  }
}

/** A read of which some blocks are under way. */
export class WaitingRead {
  readonly promise: Promise<void>;
  readonly #offset: number;
  readonly #end: number;
  readonly #target: ReadTarget;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;
  /** Flights that have not arrived. */
  #missing = 0;
  #over = false;

  constructor(offset: number, length: number, target: ReadTarget) {
    this.#offset = offset;
    this.#end = offset + length;
    this.#target = target;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  waitFor(flight: Flight): void {
    if (flight.reads.includes(this)) return;
    flight.reads.push(this);
    this.#missing++;
  }

  /** `count` blocks have arrived that lie at `start`; after the end of `bytes` they are zero. */
  take(start: number, bytes: Uint8Array, count: number): void {
    if (this.#over) return;
    try {
      const from = Math.max(this.#offset, start);
      const to = Math.min(this.#end, start + count * BLOCK_SIZE);
      const stored = Math.max(from, Math.min(to, start + bytes.length));
      if (stored > from) {
        this.#target.put(from - this.#offset, bytes, from - start, stored - from);
      }
      if (to > stored) this.#target.putZeroes(stored - this.#offset, to - stored);
      if (--this.#missing === 0) this.#resolve();
    } catch (error) {
      this.fail(error); // the driver has reset the device: nobody wants the bytes any more
    }
  }

  fail(reason: unknown): void {
    this.#over = true;
    this.#reject(reason);
  }
}
