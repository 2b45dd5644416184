import { PAGE_SIZE } from './format.ts';
import { recover } from './recovery.ts';
import type { StoreFile } from './store-file.ts';
import { writeSuperblock } from './writing.ts';

/**
 * Sets the size of the disk of a store that was just filled and has nothing in its log: what fills a store
 * from an image may learn the size at its end only. @param size bytes
 * @throws RangeError when the store has something behind it
 */
export function setFinalSize(file: StoreFile, size: number): void {
  const { superblock, map, logPages } = recover(file);
  const end = Math.ceil(superblock.size / PAGE_SIZE);
  if (logPages.length > 0 || map.nextHere(Math.ceil(size / PAGE_SIZE), end) < end) {
    throw new RangeError(`a store that has more cannot have ${size} bytes`);
  }
  // Both, so that neither can bring back the size before.
  for (const more of [1, 2]) {
    writeSuperblock(file, { ...superblock, sequence: superblock.sequence + more, size });
    file.flush();
  }
}
