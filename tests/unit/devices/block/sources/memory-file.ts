import type { SlotFile } from '../../../../../src/devices/block/sources/slot-store.ts';

/** A file in memory. */
export class MemoryFile implements SlotFile {
  bytes = new Uint8Array();
  /** Bytes that the file may have. */
  quota = Number.POSITIVE_INFINITY;
  /** Writes, those that failed included. */
  writes = 0;
  closed = false;

  getSize(): number {
    return this.bytes.length;
  }

  read(target: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    if (this.closed) throw new Error('the file is closed');
    const found = this.bytes.subarray(at, at + target.length);
    target.set(found);
    return found.length;
  }

  write(bytes: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    this.writes++;
    if (this.closed) throw new Error('the file is closed');
    if (at + bytes.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
    if (at + bytes.length > this.bytes.length) this.truncate(at + bytes.length);
    this.bytes.set(bytes, at);
    return bytes.length;
  }

  truncate(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, size));
    this.bytes = bytes;
  }

  close(): void {
    this.closed = true;
  }

  /** The same file, opened by another page. */
  reopened(): MemoryFile {
    const file = new MemoryFile();
    file.bytes = this.bytes.slice();
    return file;
  }
}
