import type { StoreFile } from '../devices/block/store/store-file.ts';

/** In workers only; the types are those of pages. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** A file that somebody else may have open, for reading as it is now. Only in a worker. */
export class BlobFile implements StoreFile {
  readonly #blob: Blob;
  readonly #reader = new FileReaderSync();

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  getSize(): number {
    return this.#blob.size;
  }

  /** @throws DOMException 'NotReadableError' when the file has changed */
  read(buffer: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    const bytes = this.#reader.readAsArrayBuffer(this.#blob.slice(at, at + buffer.length));
    buffer.set(new Uint8Array(bytes));
    return bytes.byteLength;
  }

  write(): never {
    throw new Error('this file is only read');
  }

  truncate(): never {
    throw new Error('this file is only read');
  }

  flush(): void {}

  close(): void {}
}
