import { DeviceError } from '../../errors.ts';
import type { BlockBackend } from '../backend.ts';
import { ArraySource } from '../buffers.ts';
import { type Watch, Work } from '../work.ts';
import { BulkWriter } from './bulk-writer.ts';
import { PAGE_SIZE } from './format.ts';
import { NOT_HERE } from './page-map.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';
import { storedRuns } from './stored-runs.ts';

/** What can be done to a base that is written to. */
export type CommitTarget = Pick<BlockBackend, 'size' | 'write' | 'writeZeroes' | 'flush'>;

export interface CommitOptions extends Watch {
  /**
   * The base's name from now on, which other bytes have mostly another; asked when it has all of
   * them. Without it the name stays.
   */
  name?: (() => string) | undefined;
}

/**
 * Writes all that a store has changed into its base, and empties the store. Nobody else may use the
 * two meanwhile.
 *
 * At any moment, and whatever fails, the disk is what it was: the store has everything until the
 * base has it durably. If it does not come to that, the base is neither what it was nor what it is to
 * be, and good below this store only, until the work is done once more.
 * @param base what the store was made over; at least as long as the disk
 * @throws DeviceError 'disk-size' when it is shorter; what the base throws; the signal's reason
 */
export async function commitStore(
  store: Store,
  base: CommitTarget,
  options: CommitOptions = {},
): Promise<void> {
  if (base.size < store.size) {
    const message = `the base has ${base.size} bytes, and the disk ${store.size}`;
    throw new DeviceError('disk-size', message);
  }
  const work = new Work(options, store.stored);
  await writeInto(base, store, work);
  await base.flush();
  // Now the base has it all. The store has it too, so that the name matters to nobody yet.
  const name = options.name?.() ?? store.base;
  if (name !== store.base) store.setBase(name);
  const writer = new BulkWriter(store);
  for (const { block, count } of storedRuns(store)) writer.clear(block, count, NOT_HERE);
  store.flush();
  work.finish();
}

async function writeInto(base: CommitTarget, store: Store, work: Work): Promise<void> {
  const bytes = new Uint8Array(BUFFER_BLOCKS * PAGE_SIZE);
  const source = new ArraySource(bytes);
  for (const { block, count, zeros } of storedRuns(store)) {
    const offset = block * PAGE_SIZE;
    const length = Math.min(count * PAGE_SIZE, store.size - offset);
    if (zeros) await base.writeZeroes(offset, length, true);
    else {
      store.read(block, count);
      // The base may take its time, and may be a store itself.
      bytes.set(store.buffer.subarray(0, length));
      await base.write(offset, length, source);
    }
    await work.advance(count * PAGE_SIZE);
  }
}
