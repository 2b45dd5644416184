import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PAGE_SIZE } from '../../devices/block/store/format.ts';
import { BUFFER_BLOCKS, Store } from '../../devices/block/store/store.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { bytesOf, SEGMENT_SIZE, type Segment } from './segments.ts';
import { ToolRun } from './tools.ts';

const BUFFER_SIZE = BUFFER_BLOCKS * PAGE_SIZE;
/** A store keeps in memory what was written since its last flush; so much of the disk at most. */
const BYTES_BETWEEN_FLUSHES = 1 << 26;

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
  let position = 0;
  let unflushed = 0;
  for await (const { length, data } of segments) {
    if (data !== null) {
      storeData(store, position, data);
      unflushed += length;
    }
    position += length;
    if (unflushed < BYTES_BETWEEN_FLUSHES) continue;
    store.flush();
    unflushed = 0;
  }
  store.flush();
  // At its opening a store begins another log: this one has nothing for a later opening to do.
  Store.open(file);
}

function storeData(store: Store, position: number, data: Uint8Array): void {
  for (let done = 0; done < data.length; done += BUFFER_SIZE) {
    const part = data.subarray(done, done + BUFFER_SIZE);
    const blocks = Math.ceil(part.length / PAGE_SIZE);
    store.buffer.fill(0, part.length, blocks * PAGE_SIZE);
    store.buffer.set(part);
    store.write((position + done) / PAGE_SIZE, blocks);
  }
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
