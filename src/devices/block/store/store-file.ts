/**
 * The file below a store: what `FileSystemSyncAccessHandle` offers, so that one in the browser's
 * private file system is one. Everything takes effect in order for whoever reads the file, but
 * after a power cut only what was flushed is sure to be there.
 */
export interface StoreFile {
  /** Bytes. */
  getSize(): number;
  /** Fills `buffer` from byte `options.at` on. @returns bytes read, fewer at the end of the file */
  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  /** @returns bytes written @throws Error when there is no room */
  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  /** Cuts the file off, or extends it with zeros. @throws Error when there is no room */
  truncate(size: number): void;
  /** Returns when all that was written and truncated before is durable. */
  flush(): void;
  close(): void;
}
