import type { ReadTarget } from './backend.ts';
import { BlockDevice, type BlockDeviceParts } from './block.ts';
import { SECTOR_SIZE } from './layout.ts';
import { type ChangeListing, MemoryBackend } from './memory-backend.ts';
import type { CachedImage, ImageStatistics } from './sources/cached-image.ts';
import { openImage } from './sources/open-image.ts';

/** Options of a disk. Streams are transferable, so all of it can cross to the worker. */
export interface BlockOptions extends Omit<BlockDeviceParts, 'backend'> {
  /**
   * A stream is read into memory; a file, and what lies at an http or https address (as text,
   * since a URL cannot cross), is read where it lies. Without an image all is zero.
   */
  image?: Blob | ReadableStream<Uint8Array<ArrayBuffer>> | string | undefined;
  /** Bytes of the disk; without it, those of the image. */
  size?: number | undefined;
  /** What messages call the disk. */
  name?: string | undefined;
}

/** What the page may ask of a disk while it works. */
export interface BlockCommands {
  /** Bytes of the disk. */
  size(): number;
  /** Bytes of memory that the disk takes, apart from what is cached of its image. */
  allocated(): number;
  /** What the guest has changed: see `MemoryBackend.changes`. */
  changes(from: number, limit: number): ChangeListing;
  /** The bytes [offset, offset + length). @throws RangeError when they are not all on the disk */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** What reading the image has cost, or null for one that lies in memory. */
  imageStatistics(): ImageStatistics | null;
}

/** Makes a disk. @throws DeviceError when the image cannot be read or is no disk */
export async function createBlockDevice(
  options: BlockOptions,
): Promise<{ device: BlockDevice; commands: BlockCommands }> {
  const { readOnly, serial, requestQueues, queueSize } = options;
  const { backend, base } = await openBackend(options);
  const device = new BlockDevice({ backend, readOnly, serial, requestQueues, queueSize });
  return { device, commands: commandsOf(backend, base) };
}

/** Opens the disk: over its image, if that is read where it lies. */
async function openBackend({ image, size, name }: BlockOptions) {
  if (typeof image === 'string' || image instanceof Blob) {
    const base = await openImage({ image, size, name });
    return { backend: MemoryBackend.over(base), base };
  }
  return { backend: await MemoryBackend.create({ image, size, name }), base: null };
}

function commandsOf(backend: MemoryBackend, base: CachedImage | null): BlockCommands {
  return {
    size: () => backend.size,
    allocated: () => backend.allocated,
    changes: (from, limit) => backend.changes(from, limit),
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= backend.size)) {
        throw new RangeError(`[${offset}, +${length}) of a disk of ${backend.size} bytes`);
      }
      return readBytes(backend, offset, length);
    },
    imageStatistics: () => base?.statistics() ?? null,
  };
}

/** Any bytes of the disk: what is read is whole sectors, of which they are a part. */
async function readBytes(backend: MemoryBackend, offset: number, length: number) {
  const start = offset - (offset % SECTOR_SIZE);
  const end = Math.ceil((offset + length) / SECTOR_SIZE) * SECTOR_SIZE;
  const bytes = new Uint8Array(end - start);
  await backend.read(start, bytes.length, new ArrayTarget(bytes));
  return bytes.length === length ? bytes : bytes.slice(offset - start, offset - start + length);
}

/** Reads into an array. */
class ArrayTarget implements ReadTarget {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#bytes.set(source.subarray(sourceOffset, sourceOffset + length), position);
  }

  putZeroes(position: number, length: number): void {
    this.#bytes.fill(0, position, position + length);
  }
}
