import * as Comlink from 'comlink';
import type { DiskUsage } from '../../devices/block/create.ts';
import type { ChangeListing } from '../../devices/block/memory-backend.ts';
import type { ImageStatistics } from '../../devices/block/sources/cached-image.ts';
import type { DiskReader } from '../../disk-work/disk-source.ts';
import type { DeviceHost } from '../device-host.ts';
import { MachineError } from '../errors.ts';

/** One piece of a disk. */
export interface DiskPiece {
  /** Bytes from the start of the disk. */
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** How a disk was made. */
export interface DiskParts {
  /** What messages call it. */
  name: string;
  readOnly: boolean;
  /** The name that its changes are kept under, if they are. */
  kept: string | null;
  host: DeviceHost;
  /** Whether the disk is still one of its machine's. */
  isAttached(): boolean;
}

/**
 * A disk of a machine, seen from the page. What it is asked after it was detached is refused with a
 * MachineError 'disk-detached'.
 */
export class Disk {
  readonly name: string;
  readonly readOnly: boolean;
  /** The name that its changes are kept under in this browser, or null: see `DiskOptions.keep`. */
  readonly kept: string | null;
  readonly #host: DeviceHost;
  readonly #isAttached: () => boolean;
  #size: number;

  /** @internal */
  constructor({ name, readOnly, kept, host, isAttached }: DiskParts) {
    this.name = name;
    this.readOnly = readOnly;
    this.kept = kept;
    this.#host = host;
    this.#isAttached = isAttached;
    this.#size = capacity(host.control.configuration);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Makes the disk larger, whether the machine runs or not; what is new is zero. The guest is told at
   * once (VIRTIO 1.4, 5.2.6), and finds a larger disk under its partitions and file systems, which it
   * may grow in turn. When the promise resolves, the new size of a kept disk is durable.
   * @param size bytes, a multiple of 512, at least as many as before
   * @throws MachineError 'disk-size', 'disk-shrink', 'disk-read-only' or, for a kept disk, 'disk-full'
   */
  async resize(size: number): Promise<void> {
    await this.#call('resize', size);
    this.#size = Math.max(this.#size, size);
  }

  /** Bytes of the disk as it is now. @throws RangeError beyond its end */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new RangeError(`[${offset}, +${length}) is not on a disk of ${this.size} bytes`);
    }
    return this.#call('read', offset, length);
  }

  /** The machine has become another, in which the disk may have another size; the machine's. */
  restored(): void {
    this.#size = capacity(this.#host.control.configuration);
  }

  /** What reading the image has cost so far, or null for one that was read into memory. */
  async imageStatistics(): Promise<ImageStatistics | null> {
    return this.#call('imageStatistics');
  }

  /** What the disk takes, has changed, and has done since the machine was made. */
  async usage(): Promise<DiskUsage> {
    return this.#call('usage');
  }

  /** What a store calls the disk's image, '' for zeros; null when changes are not kept. */
  async base(): Promise<string | null> {
    return this.#call('base');
  }

  /** For another worker, which reads the disk while the machine is at rest. @internal */
  reader(): DiskReader {
    return {
      ranges: (content, from, limit) => this.#call(content, from, limit),
      read: async (offset, length) => {
        const bytes = await this.#call<Uint8Array<ArrayBuffer>>('read', offset, length);
        return Comlink.transfer(bytes, [bytes.buffer]);
      },
    };
  }

  /** What the guest has changed since the machine was made, in order of position. */
  async *changes(): AsyncGenerator<DiskPiece> {
    let from: number | null = 0;
    while (from !== null) {
      const listing: ChangeListing = await this.#call('changes', from, RANGES_AT_A_TIME);
      for (const { offset, length } of listing.ranges) yield* this.#pieces(offset, length);
      from = listing.next;
    }
  }

  async #call<Result>(command: string, ...args: unknown[]): Promise<Result> {
    if (this.#isAttached()) return this.#host.call(command, ...args);
    const message = `The disk ${this.name} is no longer attached.`;
    throw new MachineError('disk-detached', message, 'Attach it again.');
  }

  async *#pieces(offset: number, length: number): AsyncGenerator<DiskPiece> {
    for (let done = 0; done < length; done += LARGEST_PIECE) {
      const bytes = await this.read(offset + done, Math.min(LARGEST_PIECE, length - done));
      yield { offset: offset + done, bytes };
    }
  }
}

/** Bytes of a disk, from the capacity in sectors at the start of its configuration space. */
function capacity(configuration: Uint8Array<SharedArrayBuffer>): number {
  const view = new DataView(configuration.buffer, configuration.byteOffset);
  return 512 * (view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32);
}

const RANGES_AT_A_TIME = 1024;
/** Bytes. */
const LARGEST_PIECE = 1024 * 1024;
