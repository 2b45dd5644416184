import { BulkWriter } from './bulk-writer.ts';
import { PAGE_SIZE } from './format.ts';
import { ZEROS } from './page-map.ts';
import type { StoredBlocks } from './snapshot.ts';
import { Steps, type Watch } from './steps.ts';
import { Store } from './store.ts';
import type { StoreFile } from './store-file.ts';
import { storedRuns } from './stored-runs.ts';

/**
 * Copies all that a store holds into another, of the same size and over the same base, which is
 * made in `file` whatever is in it. The copy is of what there is at the call; the source may be
 * changed meanwhile, and grows with that until the copy is done. Until the promise has resolved, and after it was rejected, what is in `file` is a part of the disk: keep it from being
 * taken for all of it.
 * @returns the copy, which is durable
 * @throws DeviceError 'disk-full' when there is no room, 'disk-damaged' when a block cannot be
 *   read; the signal's reason
 */
export async function copyStore(from: Store, file: StoreFile, watch: Watch = {}): Promise<Store> {
  const snapshot = from.snapshot();
  try {
    return await copyBlocks(snapshot, file, watch);
  } finally {
    snapshot.release();
  }
}

async function copyBlocks(from: StoredBlocks, file: StoreFile, watch: Watch): Promise<Store> {
  const steps = new Steps(from.stored, watch);
  const to = Store.create(file, from.size, from.base);
  const writer = new BulkWriter(to);
  for (const { block, count, zeros } of storedRuns(from)) {
    if (zeros) writer.clear(block, count, ZEROS);
    else {
      from.read(block, count);
      writer.write(block, from.buffer.subarray(0, count * PAGE_SIZE));
    }
    await steps.step(count * PAGE_SIZE);
  }
  to.flush();
  steps.finish();
  return to;
}
