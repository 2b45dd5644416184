import { DeviceError } from '../errors.ts';
import { checkSize, imageTooLong, MAXIMUM_DISK_SIZE } from './disk-size.ts';
import { CHUNK_SIZE, SparsePages } from './sparse-pages.ts';

/** What a disk in memory is filled with. */
export interface DiskImage {
  /** The image's bytes, read once; without them there are none. */
  image?: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
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
  if (source.size !== undefined) checkSize(name, source.size);
  const reader = new ImageReader(name, source.size ?? MAXIMUM_DISK_SIZE);
  const length = source.image === undefined ? 0 : await reader.readAll(source.image);
  const size = source.size ?? length;
  checkSize(name, size);
  return { pages: reader.pages, size };
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
    if (this.#length + piece.length > this.#limit) throw imageTooLong(this.#name, this.#limit);
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
