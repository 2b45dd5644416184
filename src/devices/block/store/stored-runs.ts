import { PAGE_SIZE } from './format.ts';
import { ZEROS } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';

/** The most blocks of zeros in a run, so that somebody else has a turn after some. */
const MOST_ZEROS = 1 << 14;

/** Blocks of a store one behind the other. */
export interface StoredRun {
  block: number;
  count: number;
  /** Zeros without data; or else data that one `read` gives. */
  zeros: boolean;
}

/** Blocks that a disk of `size` bytes has; the last may be half behind its end. */
export function blocksOf(size: number): number {
  return Math.ceil(size / PAGE_SIZE);
}

/**
 * The blocks of a store, from `first` on and before `end`, that are here, in order. Those that were
 * given may be changed before the next ones are.
 */
export function* storedRuns(
  store: Store,
  first = 0,
  end = blocksOf(store.size),
): Generator<StoredRun> {
  let block = store.nextHere(first, end);
  while (block < end) {
    const where = store.where(block);
    const zeros = where === ZEROS;
    const limit = Math.min(end, block + (zeros ? MOST_ZEROS : BUFFER_BLOCKS));
    let after = block + 1;
    while (after < limit && store.where(after) === (zeros ? ZEROS : where + after - block)) after++;
    yield { block, count: after - block, zeros };
    block = store.nextHere(after, end);
  }
}
