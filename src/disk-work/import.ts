import {
  checkSize,
  diskSize,
  imageTooLong,
  MAXIMUM_DISK_SIZE,
} from '../devices/block/disk-size.ts';
import {
  type ImageFormat,
  RECOGNITION_LENGTH,
  recognizeImage,
} from '../devices/block/image-formats.ts';
import { setFinalSize } from '../devices/block/store/final-size.ts';
import { recover } from '../devices/block/store/recovery.ts';
import { full, Store } from '../devices/block/store/store.ts';
import type { StoreFile } from '../devices/block/store/store-file.ts';
import { StoreFiller } from '../devices/block/store/store-filler.ts';
import type { Work } from '../devices/block/work.ts';
import { DeviceError } from '../devices/errors.ts';
import { type Bytes, bytesOf, inEqualPieces, peek } from './bytes.ts';
import { unpackGzip, unpackZstd } from './unpack.ts';

/** Bytes of an image that are looked at together for zeros. */
const PIECE = 1 << 18;

/** An image that is to become a kept disk. */
export interface ImportedImage {
  image: Blob | ReadableStream<Bytes>;
  /** Bytes of the disk; without it, those of the image. */
  size?: number | undefined;
  /** What messages call it. */
  name: string;
}

/**
 * Makes the store of a disk of an image.
 * @param file empty
 * @throws DeviceError
 */
export async function importImage(
  file: StoreFile,
  { image, size, name }: ImportedImage,
  work: Work,
): Promise<void> {
  if (size !== undefined) checkSize(name, size);
  work.total = image instanceof Blob ? image.size : null;
  const stream = image instanceof Blob ? image.stream() : image;
  const bytes = explained(bytesOf(stream, work.signal), name, work.signal);
  const { head, whole, end } = await peek(counted(bytes, work), RECOGNITION_LENGTH);
  try {
    const format = formatOf(head, name);
    if (format === 'store') await importStore(file, whole, name, size);
    else await importBytes(file, unpacked(format, whole), name, size, work);
  } finally {
    await end();
  }
}

/** @throws DeviceError 'image-format' for what cannot be read */
function formatOf(head: Bytes, name: string): Exclude<ImageFormat, 'qcow2'> {
  const recognized = recognizeImage(head);
  if (recognized === null) return 'raw';
  if ('format' in recognized && recognized.format !== 'qcow2') return recognized.format;
  const format = 'format' in recognized ? recognized.format : recognized.unreadable;
  throw new DeviceError(
    'image-format',
    `The image of ${name} is ${format}, which is not read here`,
  );
}

function unpacked(format: 'raw' | 'gzip' | 'zstd', bytes: AsyncIterable<Bytes>) {
  switch (format) {
    case 'raw':
      return bytes;
    case 'gzip':
      return unpackGzip(bytes);
    case 'zstd':
      return unpackZstd(bytes);
  }
}

async function importBytes(
  file: StoreFile,
  bytes: AsyncIterable<Bytes>,
  name: string,
  size: number | undefined,
  work: Work,
): Promise<void> {
  const limit = size ?? MAXIMUM_DISK_SIZE;
  const store = Store.create(file, limit, '');
  const filler = new StoreFiller(store);
  let length = 0;
  for await (const piece of inEqualPieces(bytes, PIECE)) {
    if (length + piece.length > limit) throw imageTooLong(name, limit);
    // Only the last piece can be no multiple.
    if (piece.length < PIECE) checkSize(name, length + piece.length);
    filler.put(length, piece);
    length += piece.length;
    await work.advance(0); // a little that is packed can become much
  }
  const wanted = diskSize(name, length, size);
  store.flush();
  // At its opening a store begins another log: this one has nothing for a later opening to do.
  Store.open(file);
  setFinalSize(file, wanted);
}

async function importStore(
  file: StoreFile,
  bytes: AsyncIterable<Bytes>,
  name: string,
  size: number | undefined,
): Promise<void> {
  let at = 0;
  for await (const piece of bytes) {
    writeFile(file, at, piece);
    at += piece.length;
  }
  const stored = sizeOfStore(file, name);
  checkSize(name, stored);
  if (size !== undefined && size !== stored) {
    const message = `The disk in the store for ${name} has ${stored} bytes, not ${size}`;
    throw new DeviceError('disk-size', message);
  }
  file.flush();
}

/** @throws DeviceError when it is no sound store */
function sizeOfStore(file: StoreFile, name: string): number {
  try {
    return recover(file).superblock.size;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    const code = error.code === 'disk-version' ? error.code : 'disk-unreadable';
    throw new DeviceError(code, `The store for ${name} cannot be used: ${error.message}`, error);
  }
}

function writeFile(file: StoreFile, at: number, bytes: Bytes): void {
  try {
    const written = file.write(bytes, { at });
    if (written < bytes.length) throw new Error(`only ${written} bytes could be written`);
  } catch (error) {
    throw full(error);
  }
}

/** Counts what is taken of the image, also what is taken ahead. */
async function* counted(bytes: AsyncIterable<Bytes>, work: Work): AsyncGenerator<Bytes> {
  for await (const piece of bytes) {
    yield piece;
    await work.advance(piece.length);
  }
}

/** With the image's name in what it says when it cannot be read. */
async function* explained(
  bytes: AsyncIterable<Bytes>,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  try {
    yield* bytes;
  } catch (reason) {
    if (signal.aborted) throw reason;
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new DeviceError(
      'disk-unreadable',
      `The image of ${name} could not be read: ${why}`,
      reason,
    );
  }
}
