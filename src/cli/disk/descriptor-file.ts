import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { StoreFile } from '../../devices/block/store/store-file.ts';

/** A file of the operating system's, as a store or an image wants it. Errors are those of Node. */
export class DescriptorFile implements StoreFile {
  readonly path: string;
  readonly descriptor: number;
  #open = true;

  /** @param flags as open(2) takes them in Node: 'r', 'r+', 'wx' @param mode of a new file */
  constructor(path: string, flags: string, mode?: number) {
    this.path = path;
    this.descriptor = openSync(path, flags, mode);
  }

  getSize(): number {
    return fstatSync(this.descriptor).size;
  }

  /** Bytes that the file takes on its medium: holes take none. */
  get allocated(): number {
    return fstatSync(this.descriptor).blocks * 512; // the unit of stat(2), whatever the medium has
  }

  read(buffer: Uint8Array, { at }: { at: number }): number {
    let done = 0;
    while (done < buffer.length) {
      const got = readSync(this.descriptor, buffer, done, buffer.length - done, at + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  /** Fills `buffer` from byte `at` on. @throws Error where the file has ended */
  readWhole(buffer: Uint8Array, at: number): void {
    if (this.read(buffer, { at }) === buffer.length) return;
    throw new Error('the file has become shorter while it was read');
  }

  write(buffer: Uint8Array, { at }: { at: number }): number {
    for (let done = 0; done < buffer.length; ) {
      done += writeSync(this.descriptor, buffer, done, buffer.length - done, at + done);
    }
    return buffer.length;
  }

  truncate(size: number): void {
    ftruncateSync(this.descriptor, size);
  }

  flush(): void {
    fsyncSync(this.descriptor);
  }

  /** May be called again. */
  close(): void {
    if (this.#open) closeSync(this.descriptor);
    this.#open = false;
  }
}
