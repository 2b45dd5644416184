import { MemoryBackend } from '../../../src/devices/block/memory-backend.ts';
import { PAGE_SIZE } from '../../../src/devices/block/store/format.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../src/devices/block/store/store-backend.ts';
import { Work } from '../../../src/devices/block/work.ts';
import type { Bytes } from '../../../src/disk-work/bytes.ts';
import { type DiskSource, sourceOf } from '../../../src/disk-work/disk-source.ts';
import type { FaultFile } from '../../support/fault-file.ts';
import { pattern } from '../devices/block/disk.ts';

/** Work that nobody watches. */
export const unwatched = () => new Work();

/** Data, a hole, data, and zeros at the end, in `pages` pages and a sector. */
export function sparseImage(pages = 300): Bytes {
  const bytes = new Uint8Array(pages * PAGE_SIZE + 512);
  bytes.set(pattern(3 * PAGE_SIZE, 5), 2 * PAGE_SIZE);
  bytes.set(pattern(200 * PAGE_SIZE, 7), 40 * PAGE_SIZE);
  return bytes;
}

/** All of the disk in a store, without a base. */
export async function contentOf(file: FaultFile): Promise<Bytes> {
  const source = sourceOf(new StoreBackend(Store.open(file), null));
  return source.reader.read(0, source.size);
}

/** A disk in memory. */
export async function diskOf(bytes: Bytes): Promise<DiskSource> {
  return sourceOf(await MemoryBackend.create({ image: new Blob([bytes]).stream() }));
}

/** A stream of these pieces. */
export function streamOfPieces(pieces: Bytes[]): ReadableStream<Bytes> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

/** Whether two arrays have the same bytes. Of long ones, Vitest's own comparison takes seconds. */
export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
