import { DeviceError } from '../errors.ts';
import { SECTOR_SIZE } from './layout.ts';
import { CHUNK_SIZE, SparsePages } from './sparse-pages.ts';

/** The most bytes that a disk in memory may have, used or not: 2 TiB. */
export const MAXIMUM_DISK_SIZE = 2 ** 41;

/** What a disk in memory is filled with. */
export interface DiskImage {
  /** The image's bytes; a stream is read once. */
  image: Blob | ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes of the disk; without it, those of the image. */
  size?: number | undefined;
  /** What messages call the disk. */
  name?: string | undefined;
}

/**
 * Reads an image into memory, without its chunks of zeros.
 * @returns its pages, and the size of the disk in bytes
 * @throws DeviceError when it cannot be read or its size cannot be that of a disk
 */
export async function readImage(source: DiskImage): Promise<{ pages: SparsePages; size: number }> {
  const name = source.name ?? 'the disk';
  const known = source.size ?? (source.image instanceof Blob ? source.image.size : undefined);
  if (known !== undefined) checkSize(name, known);
  const stream = source.image instanceof Blob ? source.image.stream() : source.image;
  const reader = new ImageReader(name, known ?? MAXIMUM_DISK_SIZE);
  const length = await reader.readAll(stream);
  const size = known ?? length;
  checkSize(name, size);
  return { pages: reader.pages, size };
}

function checkSize(name: string, size: number): void {
  if (size === 0) throw new DeviceError('disk-size', `${name} is empty: a disk needs some bytes`);
  if (!Number.isSafeInteger(size) || size < 0 || size % SECTOR_SIZE !== 0) {
    const message = `${name} has ${size} bytes, which is no multiple of ${SECTOR_SIZE}`;
    throw new DeviceError('disk-size', message);
  }
  if (size > MAXIMUM_DISK_SIZE) {
    const message = `${name} has ${size} bytes; the most is ${MAXIMUM_DISK_SIZE}`;
    throw new DeviceError('disk-size', message);
  }
}

/** Gathers what a stream delivers, in pieces of any size, into whole chunks. */
class ImageReader {
  readonly pages = new SparsePages();
  readonly #name: string;
  readonly #limit: number;
  #length = 0;
  #chunk = new Uint8Array(CHUNK_SIZE);
  #filled = 0;

  /** @param limit bytes that the image may have */
  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  /** @returns bytes read */
  async readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<number> {
    const reader = stream.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.#add(next.value);
      }
    } catch (error) {
      reader.cancel(error).catch(() => {}); // whoever delivers need not go on
      if (error instanceof DeviceError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${this.#name} could not be read after ${this.#length} bytes: ${reason}`;
      throw new DeviceError('disk-unreadable', message, error);
    }
    if (this.#filled > 0) this.#store();
    return this.#length;
  }

  #add(piece: Uint8Array): void {
    if (!(piece instanceof Uint8Array)) throw new TypeError('the stream delivers no bytes');
    if (this.#length + piece.length > this.#limit) {
      const message = `the image of ${this.#name} is longer than the disk of ${this.#limit} bytes`;
      throw new DeviceError('disk-size', message);
    }
    for (let taken = 0; taken < piece.length; ) {
      const length = Math.min(piece.length - taken, CHUNK_SIZE - this.#filled);
      this.#chunk.set(piece.subarray(taken, taken + length), this.#filled);
      taken += length;
      this.#filled += length;
      this.#length += length;
      if (this.#filled === CHUNK_SIZE) this.#store();
    }
  }

  /** Stores the chunk that was gathered, and begins a new one. */
  #store(): void {
    const index = Math.ceil(this.#length / CHUNK_SIZE) - 1;
    const stored = this.pages.adopt(index, this.#chunk.buffer);
    if (stored) this.#chunk = new Uint8Array(CHUNK_SIZE);
    this.#filled = 0;
  }
}
