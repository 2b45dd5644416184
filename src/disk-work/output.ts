import { full } from '../devices/block/store/store.ts';
import type { StoreFile } from '../devices/block/store/store-file.ts';
import { DeviceError } from '../devices/errors.ts';
import type { Bytes } from './bytes.ts';

/** An empty file that a disk is exported into. */
export interface Output {
  /** Extends the file with zeros, which take no room if its file system can do so. */
  truncate(size: number): Promise<void>;
  write(at: number, bytes: Bytes): Promise<void>;
}

/** A file in the private file system of the page's origin. */
export class PrivateOutput implements Output {
  readonly #file: StoreFile;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  /** @throws DeviceError 'disk-full' */
  async truncate(size: number): Promise<void> {
    this.#try(() => this.#file.truncate(size));
  }

  /** @throws DeviceError 'disk-full' */
  async write(at: number, bytes: Bytes): Promise<void> {
    this.#try(() => {
      const written = this.#file.write(bytes, { at });
      if (written < bytes.length) throw new Error(`only ${written} bytes could be written`);
    });
  }

  #try(operation: () => void): void {
    try {
      operation();
    } catch (error) {
      throw full(error);
    }
  }
}

/** A file that the user has chosen. It is as it was until `close`. */
export class ChosenOutput implements Output {
  readonly #name: string;
  readonly #stream: FileSystemWritableFileStream;

  private constructor(name: string, stream: FileSystemWritableFileStream) {
    this.#name = name;
    this.#stream = stream;
  }

  /** @throws DeviceError 'file-unwritable' */
  static async open(handle: FileSystemFileHandle): Promise<ChosenOutput> {
    const stream = await explained(handle.name, () => handle.createWritable());
    return new ChosenOutput(handle.name, stream);
  }

  /** @throws DeviceError 'file-unwritable' */
  async truncate(size: number): Promise<void> {
    await explained(this.#name, () => this.#stream.truncate(size));
  }

  /** @throws DeviceError 'file-unwritable' */
  async write(position: number, data: Bytes): Promise<void> {
    await explained(this.#name, () => this.#stream.write({ type: 'write', position, data }));
  }

  /** @throws DeviceError 'file-unwritable' */
  async close(): Promise<void> {
    await explained(this.#name, () => this.#stream.close());
  }

  /** Leaves the file as it was. */
  async abandon(): Promise<void> {
    await this.#stream.abort().catch(() => {});
  }
}

async function explained<Result>(name: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new DeviceError('file-unwritable', `${name} could not be written: ${why}`, reason);
  }
}
