import * as Comlink from 'comlink';
import type { DiskUsage } from '../devices/block/create.ts';
import type { ChangeListing } from '../devices/block/memory-backend.ts';
import type { ImageStatistics } from '../devices/block/sources/cached-image.ts';
import type { DiskReader } from '../disk-work/disk-source.ts';
import type { DeviceHost } from './device-host.ts';

/** One piece of a disk. */
export interface DiskPiece {
  /** Bytes from the start of the disk. */
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A disk of a machine, seen from the page. */
export class Disk {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly readOnly: boolean;
  /** The name that its changes are kept under; null if they are not. */
  readonly kept: string | null;
  readonly #host: DeviceHost;

  constructor(
    name: string,
    size: number,
    readOnly: boolean,
    kept: string | null,
    host: DeviceHost,
  ) {
    this.name = name;
    this.size = size;
    this.readOnly = readOnly;
    this.kept = kept;
    this.#host = host;
  }

  /** Bytes of the disk as it is now. @throws RangeError beyond its end */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new RangeError(`[${offset}, +${length}) is not on a disk of ${this.size} bytes`);
    }
    return this.#host.call('read', offset, length);
  }

  /** What reading the image has cost so far, or null for one that was read into memory. */
  async imageStatistics(): Promise<ImageStatistics | null> {
    return this.#host.call('imageStatistics');
  }

  /** What the disk takes, and has changed. */
  async usage(): Promise<DiskUsage> {
    return this.#host.call('usage');
  }

  /** What a store calls the disk's image, '' for zeros; null when changes are not kept. */
  async base(): Promise<string | null> {
    return this.#host.call('base');
  }

  /** For another worker, which reads the disk while the machine is at rest. */
  reader(): DiskReader {
    const host = this.#host;
    return {
      ranges: (content, from, limit) => host.call(content, from, limit),
      async read(offset, length) {
        const bytes = await host.call<Uint8Array<ArrayBuffer>>('read', offset, length);
        return Comlink.transfer(bytes, [bytes.buffer]);
      },
    };
  }

  /** What the guest has changed since the machine was made, in order of position. */
  async *changes(): AsyncGenerator<DiskPiece> {
    let from: number | null = 0;
    while (from !== null) {
      const listing: ChangeListing = await this.#host.call('changes', from, RANGES_AT_A_TIME);
      for (const { offset, length } of listing.ranges) yield* this.#pieces(offset, length);
      from = listing.next;
    }
  }

  async *#pieces(offset: number, length: number): AsyncGenerator<DiskPiece> {
    for (let done = 0; done < length; done += LARGEST_PIECE) {
      const bytes = await this.read(offset + done, Math.min(LARGEST_PIECE, length - done));
      yield { offset: offset + done, bytes };
    }
  }
}

const RANGES_AT_A_TIME = 1024;
/** Bytes. */
const LARGEST_PIECE = 1024 * 1024;
