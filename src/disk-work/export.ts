import { PAGE_SIZE } from '../devices/block/store/format.ts';
import type { StoreFile } from '../devices/block/store/store-file.ts';
import type { Work } from '../devices/block/work.ts';
import { runsOf } from '../devices/block/zeros.ts';
import { type Bytes, streamOf } from './bytes.ts';
import { type DiskSource, LONGEST_PIECE, piecesOf } from './disk-source.ts';
import type { Output } from './output.ts';

/** Writes all bytes of a disk, where zeros become holes. @throws what reading and writing throw */
export async function writeRaw(output: Output, disk: DiskSource, work: Work): Promise<void> {
  await output.truncate(disk.size);
  for await (const { offset, bytes } of piecesOf(disk, 'data', work)) {
    await writeSparsely(output, offset, bytes);
  }
}

/** Writes all bytes of a disk, compressed. @throws what reading and writing throw */
export async function writeGzip(output: Output, disk: DiskSource, work: Work): Promise<void> {
  const gzip = new CompressionStream('gzip') as TransformStream<Bytes, Bytes>;
  const reader = streamOf(allBytesOf(disk, work)).pipeThrough(gzip).getReader();
  let at = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      await output.write(at, next.value);
      at += next.value.length;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Writes a copy of a file of ours. @throws what reading and writing throw */
export async function writeCopy(output: Output, file: StoreFile, work: Work): Promise<void> {
  const size = file.getSize();
  await output.truncate(size);
  for (let at = 0; at < size; at += LONGEST_PIECE) {
    const bytes = new Uint8Array(Math.min(LONGEST_PIECE, size - at));
    file.read(bytes, { at });
    await writeSparsely(output, at, bytes);
    await work.advance(0);
  }
}

async function writeSparsely(output: Output, at: number, bytes: Bytes): Promise<void> {
  for (const { from, to, zero } of runsOf(bytes, PAGE_SIZE)) {
    if (!zero) await output.write(at + from, bytes.subarray(from, to));
  }
}

/** All bytes of a disk, zeros too. */
async function* allBytesOf(disk: DiskSource, work: Work): AsyncGenerator<Bytes> {
  let position = 0;
  for await (const { offset, bytes } of piecesOf(disk, 'data', work)) {
    yield* zeros(offset - position, work);
    yield bytes;
    position = offset + bytes.length;
  }
  yield* zeros(disk.size - position, work);
}

async function* zeros(length: number, work: Work): AsyncGenerator<Bytes> {
  const some = new Uint8Array(Math.min(length, LONGEST_PIECE));
  for (let left = length; left > 0; left -= some.length) {
    yield some.subarray(0, left);
    await work.advance(0);
  }
}
