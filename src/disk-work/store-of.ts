import { Store } from '../devices/block/store/store.ts';
import type { StoreFile } from '../devices/block/store/store-file.ts';
import { StoreFiller } from '../devices/block/store/store-filler.ts';
import type { Work } from '../devices/block/work.ts';
import { type Content, type DiskSource, piecesOf } from './disk-source.ts';

/**
 * Makes a store of a disk: of all of it, without a base, or of what was changed on its base.
 * @param file empty
 * @throws DeviceError 'disk-full'; what reading the disk throws
 */
export async function storeOf(
  file: StoreFile,
  disk: DiskSource,
  content: Content,
  work: Work,
): Promise<void> {
  const store = Store.create(file, disk.size, content === 'changes' ? (disk.base ?? '') : '');
  const filler = new StoreFiller(store);
  for await (const { offset, bytes } of piecesOf(disk, content, work)) filler.put(offset, bytes);
  store.flush();
  // At its opening a store begins another log: this one has nothing for a later opening to do.
  Store.open(file);
}
