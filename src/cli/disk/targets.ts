import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BulkWriter } from '../../devices/block/store/bulk-writer.ts';
import { PAGE_SIZE } from '../../devices/block/store/format.ts';
import { Store } from '../../devices/block/store/store.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { bytesOf, SEGMENT_SIZE, type Segment } from './segments.ts';
import { ToolRun } from './tools.ts';

/** Writes a raw image into an empty file; zeros become holes. */
export async function writeRaw(
  file: DescriptorFile,
  segments: AsyncIterable<Segment>,
): Promise<void> {
  let size = 0;
  for await (const { length, data } of segments) {
    if (data !== null) file.write(data, { at: size });
    size += length;
  }
  file.truncate(size);
}

/** Makes a store of a disk of `size` bytes; zeros are not stored. */
export async function writeStore(
  file: DescriptorFile,
  size: number,
  segments: AsyncIterable<Segment>,
): Promise<void> {
  const store = Store.create(file, size, '');
  const writer = new BulkWriter(store);
  let position = 0;
  for await (const { length, data } of segments) {
    if (data !== null) writer.write(position / PAGE_SIZE, data);
    position += length;
  }
  store.flush();
  // At its opening a store begins another log: this one has nothing for a later opening to do.
  Store.open(file);
}

export async function writeGzip(
  file: DescriptorFile,
  segments: AsyncIterable<Segment>,
): Promise<void> {
  const packed = createGzip({ chunkSize: SEGMENT_SIZE });
  const fed = pipeline(bytesOf(segments), packed);
  fed.catch(() => {}); // what is wrong with the source, `packed` tells too
  let position = 0;
  for await (const piece of packed) position += file.write(piece, { at: position });
  await fed;
}

export async function writeZstd(
  file: DescriptorFile,
  segments: AsyncIterable<Segment>,
  signal: AbortSignal,
): Promise<void> {
  const words = ['-cq', '-T0'];
  const { child, ended } = new ToolRun('zstd', words, ['pipe', file.descriptor], signal);
  try {
    await pipeline(bytesOf(segments), child.stdin!);
  } catch (error) {
    // The program knows best why it takes no more.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') await ended;
    child.kill();
    throw error;
  }
  await ended;
}
