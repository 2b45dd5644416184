import { PAGE_SIZE } from './format.ts';
import { ZEROS } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';

/** The most blocks of zeros in a run, so that somebody else has a turn after some. */
const MOST_ZEROS = 1 << 14;

/** Blocks of a store one behind the other. */
export interface StoredRun {
  block: number;
  count: number;
  /** Their data, in the store's buffer: good until the store is used again. Null for zeros. */
  data: Uint8Array | null;
}

/** Blocks that a disk has; the last may be half behind its end. */
export function blocksOf(size: number): number {
  return Math.ceil(size / PAGE_SIZE);
}

/**
 * All blocks of a store that are here, in order. Between two runs those that were given already may
 * be changed. @throws DeviceError 'disk-damaged'
 */
export function* storedRuns(store: Store): Generator<StoredRun> {
  const blocks = blocksOf(store.size);
  let block = store.nextHere(0, blocks);
  while (block < blocks) {
    const run = store.where(block) === ZEROS ? zeros(store, block, blocks) : data(store, block);
    yield run;
    block = store.nextHere(block + run.count, blocks);
  }
}

function zeros(store: Store, block: number, blocks: number): StoredRun {
  const end = Math.min(blocks, block + MOST_ZEROS);
  let after = block + 1;
  while (after < end && store.where(after) === ZEROS) after++;
  return { block, count: after - block, data: null };
}

function data(store: Store, block: number): StoredRun {
  const count = store.read(block, BUFFER_BLOCKS);
  return { block, count, data: store.buffer.subarray(0, count * PAGE_SIZE) };
}
