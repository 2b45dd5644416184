import { DeviceError } from '../errors.ts';
import type { BlockBackend, ReadTarget, WriteSource } from './backend.ts';
import type { SavedDisk } from './disk-state.ts';
import type { StoreFile } from './store/store-file.ts';

/** Bytes that are read or written at once. */
const PIECE = 1 << 20;

/**
 * A disk whose bytes lie in a file as they are: a raw image, which stays as large as it is. Everything
 * finishes at once.
 */
export class RawBackend implements Omit<BlockBackend, 'grow' | keyof SavedDisk> {
  readonly size: number;
  readonly #file: StoreFile;
  readonly #buffer = new Uint8Array(PIECE);
  readonly #at = { at: 0 };

  constructor(file: StoreFile) {
    this.size = file.getSize();
    this.#file = file;
  }

  read(offset: number, length: number, target: ReadTarget): undefined {
    for (const { done, bytes } of this.#pieces(length)) {
      this.#read(bytes, offset + done);
      target.put(done, bytes, 0, bytes.length);
    }
  }

  write(offset: number, length: number, source: WriteSource): undefined {
    for (const { done, bytes } of this.#pieces(length)) {
      source.take(done, bytes, 0, bytes.length);
      this.#write(bytes, offset + done);
    }
  }

  flush(): undefined {
    this.#file.flush();
  }

  /** The file keeps what is of no interest any more. */
  discard(): undefined {}

  /**
   * Also where zeros are read, and may be a hole that takes no room: after a flush that has failed,
   * what is read is not always what is durable.
   */
  writeZeroes(offset: number, length: number): undefined {
    for (const { done, bytes } of this.#pieces(length)) {
      this.#write(bytes.fill(0), offset + done);
    }
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  /** The buffer, or its beginning, for each piece of an operation. */
  *#pieces(length: number): Generator<{ done: number; bytes: Uint8Array<ArrayBuffer> }> {
    for (let done = 0; done < length; done += PIECE) {
      yield { done, bytes: this.#buffer.subarray(0, Math.min(PIECE, length - done)) };
    }
  }

  #read(bytes: Uint8Array<ArrayBuffer>, at: number): void {
    this.#at.at = at;
    const got = this.#file.read(bytes, this.#at);
    if (got === bytes.length) return;
    throw new DeviceError(
      'disk-unreadable',
      `a read of ${bytes.length} bytes at ${at} gave ${got}`,
    );
  }

  #write(bytes: Uint8Array<ArrayBuffer>, at: number): void {
    this.#at.at = at;
    const written = this.#file.write(bytes, this.#at);
    if (written !== bytes.length)
      throw new Error(`only ${written} bytes at ${at} could be written`);
  }
}
