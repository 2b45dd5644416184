import { type ChangedContent, eachRun, type IncludedContent, Runs } from '../disk-state.ts';
import { PAGE_SIZE } from './format.ts';
import { isPage, PageMap, ZEROS } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';
import { storedRuns } from './stored-runs.ts';

/** All that is here of a store, for a snapshot: as much memory as it has data. */
export function includedContent(store: Store): IncludedContent {
  const changed = new Runs();
  const stored = new Runs();
  for (const { block, count, zeros } of storedRuns(store)) {
    changed.add(block, count);
    if (!zeros) stored.add(block, count);
  }
  const bytes = new Uint8Array(stored.pages * PAGE_SIZE);
  let at = 0;
  for (const { block, count, zeros } of storedRuns(store)) {
    if (zeros) continue;
    store.read(block, count);
    bytes.set(store.buffer.subarray(0, count * PAGE_SIZE), at);
    at += count * PAGE_SIZE;
  }
  return { kind: 'included', changed: changed.list, stored: stored.list, bytes };
}

/**
 * What a store is to hold instead of what it holds. Its blocks are in the store's file and durable, but nothing
 * names them yet: the store becomes it all at once, or never. Nothing may be written to the store in between.
 */
export class Replacement {
  readonly #store: Store;
  readonly #size: number;
  readonly #map = new PageMap();
  /** The pages that were staged. */
  readonly #staged: number[] = [];

  /**
   * Flushes, and stages what the store does not hold already.
   * @param size bytes of the disk
   * @throws DeviceError 'disk-full' when there is no room for it beside what the store holds
   */
  constructor(store: Store, size: number, content: ChangedContent) {
    this.#store = store;
    this.#size = size;
    store.flush();
    try {
      this.#stage(content);
      store.secure(this.#map.size);
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** Makes the store this, durably. @throws DeviceError 'disk-full': see `Store.become` */
  take(): void {
    this.#store.become(this.#map, this.#size);
  }

  /** The store stays what it is. */
  drop(): void {
    this.#store.unstage(this.#staged);
  }

  #stage({ changed, stored, bytes }: ChangedContent): void {
    eachRun(changed, (first, count) => {
      for (let block = first; block < first + count; block++) this.#map.set(block, ZEROS);
    });
    const missing: { block: number; bytes: Uint8Array }[] = [];
    let at = 0;
    eachRun(stored, (first, count) => {
      for (let block = first; block < first + count; block++, at += PAGE_SIZE) {
        const data = bytes.subarray(at, at + PAGE_SIZE);
        if (this.#isHere(block, data)) this.#map.set(block, this.#store.where(block));
        else missing.push({ block, bytes: data });
        if (missing.length === BUFFER_BLOCKS) this.#write(missing.splice(0));
      }
    });
    if (missing.length > 0) this.#write(missing);
  }

  #isHere(block: number, data: Uint8Array): boolean {
    if (!isPage(this.#store.where(block))) return false;
    this.#store.read(block, 1);
    const [held] = this.#store.blocks;
    for (let index = 0; index < PAGE_SIZE; index++) if (held[index] !== data[index]) return false;
    return true;
  }

  #write(missing: readonly { block: number; bytes: Uint8Array }[]): void {
    missing.forEach(({ bytes }, index) => {
      this.#store.blocks[index].set(bytes);
    });
    const pages = this.#store.stage(missing.length);
    missing.forEach(({ block }, index) => {
      this.#map.set(block, pages[index]);
      this.#staged.push(pages[index]);
    });
  }
}
