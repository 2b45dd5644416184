import { runsOf } from '../zeros.ts';
import { BulkWriter } from './bulk-writer.ts';
import { PAGE_SIZE } from './format.ts';
import { ZEROS } from './page-map.ts';
import type { Store } from './store.ts';
import { blocksOf } from './stored-runs.ts';

/** Puts what a disk is to hold into its store; zeros as such, or where there is no base, not at all. */
export class StoreFiller {
  readonly #store: Store;
  readonly #writer: BulkWriter;

  constructor(store: Store) {
    this.#store = store;
    this.#writer = new BulkWriter(store);
  }

  /**
   * Stores bytes of the disk.
   * @param offset a multiple of 4096
   * @param bytes whole blocks of 4096 bytes, or up to the end of the disk; aligned to 4
   * @throws DeviceError 'disk-full'
   */
  put(offset: number, bytes: Uint8Array): void {
    for (const { from, to, zero } of runsOf(bytes, PAGE_SIZE)) {
      const block = (offset + from) / PAGE_SIZE;
      if (!zero) this.#writer.write(block, bytes.subarray(from, to));
      else if (this.#store.base !== '') this.#writer.clear(block, blocksOf(to - from), ZEROS);
    }
  }
}
