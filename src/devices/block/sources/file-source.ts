import { DeviceError } from '../../errors.ts';
import { type ByteSource, newStatistics } from './byte-source.ts';

/**
 * What tells a file from others, and from itself after a change.
 * @param name without folders @param size bytes @param modified milliseconds since 1970
 */
export function fileFingerprint(name: string, size: number, modified: number): string {
  return `${name} (${size} bytes, of ${new Date(modified).toISOString()})`;
}

/**
 * A file that the user has picked or dropped, or another Blob, read in place. The browser watches
 * over a file: one that has changed since it was chosen cannot be read any more.
 */
export class FileSource implements ByteSource {
  readonly statistics = newStatistics();
  readonly broken = null;
  readonly #blob: Blob;
  readonly #name: string;

  /** @param name what messages call it */
  constructor(blob: Blob, name: string) {
    this.#blob = blob;
    this.#name = name;
  }

  get size(): number {
    return this.#blob.size;
  }

  get fingerprint(): string {
    const { size } = this.#blob;
    if (!(this.#blob instanceof File)) return `${size} bytes without a name`;
    const { name, lastModified } = this.#blob;
    return fileFingerprint(name, size, lastModified);
  }

  async read(offset: number, target: Uint8Array<ArrayBuffer>): Promise<void> {
    const { length } = target;
    this.statistics.requests++;
    try {
      const bytes = await this.#blob.slice(offset, offset + length).arrayBuffer();
      this.statistics.transferred += bytes.byteLength;
      if (bytes.byteLength !== length) {
        throw new Error(`${bytes.byteLength} bytes came instead of ${length}`);
      }
      target.set(new Uint8Array(bytes));
    } catch (reason) {
      const error = this.#explain(reason, offset);
      this.statistics.failure = error.message;
      throw error;
    }
  }

  close(): void {}

  #explain(reason: unknown, offset: number): DeviceError {
    const { name, message } = reason as Error;
    if (name === 'NotReadableError' || name === 'NotFoundError') {
      const text = `${this.#name} cannot be read any more: the file has changed, or is gone, since it was chosen`;
      return new DeviceError('image-changed', text, reason);
    }
    const text = `${this.#name} could not be read at byte ${offset}: ${message}`;
    return new DeviceError('disk-unreadable', text, reason);
  }
}
