import { runsOf } from '../zeros.ts';
import { PAGE_SIZE } from './format.ts';
import { ZEROS } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';

const BUFFER_SIZE = BUFFER_BLOCKS * PAGE_SIZE;
/** A store keeps in memory what was written since its last flush; so much of the disk at most. */
const BYTES_BETWEEN_FLUSHES = 64 * 2 ** 20;

/** Puts what a disk is to hold into its store. Zeros take no room. */
export class StoreFiller {
  readonly #store: Store;
  #unflushed = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Stores bytes of the disk.
   * @param offset a multiple of 4096
   * @param bytes whole blocks of 4096 bytes, or up to the end of the disk; aligned to 4
   * @throws DeviceError 'disk-full'
   */
  put(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    for (const { from, to, zero } of runsOf(bytes, PAGE_SIZE)) {
      if (zero) this.#clear(offset + from, to - from);
      else this.#write(offset + from, bytes.subarray(from, to));
    }
    if (this.#unflushed < BYTES_BETWEEN_FLUSHES) return;
    this.#store.flush();
    this.#unflushed = 0;
  }

  #clear(offset: number, length: number): void {
    // Without a base, what is not here is zero.
    if (this.#store.base === '') return;
    this.#store.clear(offset / PAGE_SIZE, Math.ceil(length / PAGE_SIZE), ZEROS);
  }

  #write(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    const { buffer } = this.#store;
    for (let done = 0; done < bytes.length; done += BUFFER_SIZE) {
      const part = bytes.subarray(done, done + BUFFER_SIZE);
      const blocks = Math.ceil(part.length / PAGE_SIZE);
      buffer.fill(0, part.length, blocks * PAGE_SIZE);
      buffer.set(part);
      this.#store.write((offset + done) / PAGE_SIZE, blocks);
    }
    this.#unflushed += bytes.length;
  }
}
