import { PAGE_SIZE } from './format.ts';
import type { NOT_HERE, ZEROS } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';

const BUFFER_SIZE = BUFFER_BLOCKS * PAGE_SIZE;
/** A store keeps in memory what was changed since its last flush; so many blocks at most: 64 MiB. */
const BLOCKS_BETWEEN_FLUSHES = 1 << 14;

/** Changes much of a store, which is flushed now and then; at the end somebody else does. */
export class BulkWriter {
  readonly #store: Store;
  #unflushed = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores bytes from the beginning of `block` on; behind them the last block has zeros. */
  write(block: number, bytes: Uint8Array): void {
    const { buffer } = this.#store;
    for (let done = 0; done < bytes.length; done += BUFFER_SIZE) {
      const part = bytes.subarray(done, done + BUFFER_SIZE);
      const count = Math.ceil(part.length / PAGE_SIZE);
      buffer.set(part);
      buffer.fill(0, part.length, count * PAGE_SIZE);
      this.#store.write(block + done / PAGE_SIZE, count);
      this.#changed(count);
    }
  }

  /** Makes blocks zeros, or not here, without data. */
  clear(block: number, count: number, to: typeof ZEROS | typeof NOT_HERE): void {
    for (let done = 0; done < count; done += BLOCKS_BETWEEN_FLUSHES) {
      const part = Math.min(count - done, BLOCKS_BETWEEN_FLUSHES);
      this.#store.clear(block + done, part, to);
      this.#changed(part);
    }
  }

  #changed(blocks: number): void {
    this.#unflushed += blocks;
    if (this.#unflushed < BLOCKS_BETWEEN_FLUSHES) return;
    this.#store.flush();
    this.#unflushed = 0;
  }
}
