import { encodeSuperblock, PAGE_SIZE, Page, SUPERBLOCKS, type Superblock } from './format.ts';
import type { PageMap } from './page-map.ts';
import { RecordWriter, writePage } from './record-writer.ts';
import type { StoreFile } from './store-file.ts';

/**
 * Writes a whole map.
 * @param take gives a page of the file
 * @returns its first page, 0 for an empty map
 */
export function writeMap(
  file: StoreFile,
  map: PageMap,
  superblock: Superblock,
  take: () => number,
): number {
  const end = Math.ceil(superblock.size / PAGE_SIZE);
  let block = map.nextHere(0, end);
  if (block === end) return 0;
  const generation = superblock.mapGeneration;
  const chain = { kind: 'map' as const, generation, epoch: 0, attempt: 0 };
  const start = { ...chain, position: 0, page: take() };
  const writer = new RecordWriter(file, start, take);
  for (; block < end; block = map.nextHere(block + 1, end)) writer.add(block, map.get(block), 0);
  writer.finish(0);
  return start.page;
}

/** Writes a superblock where the one before the last was. */
export function writeSuperblock(file: StoreFile, superblock: Superblock): void {
  const page = new Page();
  encodeSuperblock(superblock, page);
  writePage(file, superblock.sequence % SUPERBLOCKS, page.bytes);
}
