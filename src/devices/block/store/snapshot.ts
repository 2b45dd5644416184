import { PAGE_SIZE } from './format.ts';
import type { PageMap } from './page-map.ts';
import type { Store } from './store.ts';

/** Blocks of a disk that can be read, in a store or as one was. */
export type StoredBlocks = Pick<
  Store,
  'size' | 'base' | 'stored' | 'where' | 'nextHere' | 'read' | 'buffer'
>;

/** What a snapshot takes of its store. */
export interface SnapshotParts extends Pick<Store, 'size' | 'base' | 'buffer'> {
  map: PageMap;
  /** Reads pages of the file into the buffer. */
  readRun(map: PageMap, block: number, count: number): number;
  release(): void;
}

/**
 * The blocks of a store as they were at a moment, while the store goes on changing. Pages that the
 * store gives up meanwhile stay in use until `release`: the file grows instead.
 */
export class StoreSnapshot implements StoredBlocks {
  readonly size: number;
  readonly base: string;
  readonly buffer: Store['buffer'];
  readonly #parts: SnapshotParts;
  #released = false;

  constructor(parts: SnapshotParts) {
    this.size = parts.size;
    this.base = parts.base;
    this.buffer = parts.buffer;
    this.#parts = parts;
  }

  get stored(): number {
    return this.#parts.map.size * PAGE_SIZE;
  }

  where(block: number): number {
    return this.#parts.map.get(block);
  }

  nextHere(from: number, end: number): number {
    return this.#parts.map.nextHere(from, end);
  }

  read(block: number, count: number): number {
    return this.#parts.readRun(this.#parts.map, block, count);
  }

  /** No block is read from here any more. May be called again. */
  release(): void {
    if (!this.#released) this.#parts.release();
    this.#released = true;
  }
}
