import { DeviceError } from '../errors.ts';
import { BlockDevice, type BlockDeviceParts, type DiskTraffic } from './block.ts';
import { ArrayTarget } from './buffers.ts';
import { checkGrowth } from './disk-size.ts';
import { type KeptBase, openKeptDisk } from './kept-disk.ts';
import { SECTOR_SIZE } from './layout.ts';
import { type ChangeListing, MemoryBackend } from './memory-backend.ts';
import { CachedImage, type ImageStatistics } from './sources/cached-image.ts';
import { openImage } from './sources/open-image.ts';
import type { StoreBackend } from './store/store-backend.ts';

/** Options of a disk. Streams are transferable, so all of it can cross to the worker. */
export interface BlockOptions extends Omit<BlockDeviceParts, 'backend'> {
  /**
   * A stream is read into memory; a file, and what lies at an http or https address (as text,
   * since a URL cannot cross), is read where it lies. Without an image all is zero.
   */
  image?: Blob | ReadableStream<Uint8Array<ArrayBuffer>> | string | undefined;
  /** Bytes of the disk; without it, those of the image. A kept disk that has more keeps them. */
  size?: number | undefined;
  /** What messages call the disk. */
  name?: string | undefined;
  /** Changes are kept in the browser's storage under this name. */
  keep?: string | undefined;
  /** With `keep`: tells the image from others; needed for a stream, which has no name. */
  imageVersion?: string | undefined;
}

/** What there is to say about a disk's image. */
export type ImageOptions = Pick<BlockOptions, 'image' | 'size' | 'name' | 'imageVersion'>;

/** What a disk takes, has changed, and has done. */
export interface DiskUsage extends DiskTraffic {
  /** Bytes that differ from the image, or may. */
  changed: number;
  /** Bytes that the disk takes in the browser's storage; 0 when its changes are not kept. */
  stored: number;
  /** Bytes that it takes in memory, apart from what is cached of its image. */
  allocated: number;
}

/** What the page may ask of a disk while it works. */
export interface BlockCommands {
  /** Bytes of the disk. */
  size(): number;
  usage(): DiskUsage;
  /**
   * Makes the disk larger; nothing happens when it has so many bytes already.
   * @param size bytes
   * @throws DeviceError 'disk-size', 'disk-shrink', 'disk-read-only', 'disk-full'
   */
  resize(size: number): void;
  /** What reading the image has cost, or null for one that lies in memory. */
  imageStatistics(): ImageStatistics | null;
  /** What the guest has changed, since ever if the disk is kept: see `ChangeListing`. */
  changes(from: number, limit: number): ChangeListing;
  /** Where the disk may have anything but zeros, in order. */
  data(from: number, limit: number): ChangeListing;
  /** What a store calls the disk's image, '' for zeros; null when changes are not kept. */
  base(): string | null;
  /**
   * Flushes, and lets go of files and connections for good: every request fails from then on.
   * @throws DeviceError when what was written last could not be kept; it has let go all the same
   */
  release(): Promise<void>;
  /** The bytes [offset, offset + length). @throws RangeError when they are not all on the disk */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Makes a disk. @throws DeviceError when it cannot be opened or is no disk */
export async function createBlockDevice(
  options: BlockOptions,
): Promise<{ device: BlockDevice; commands: BlockCommands }> {
  const { readOnly, serial, requestQueues, queueSize } = options;
  const { backend, image } = await openBackend(options);
  try {
    const device = new BlockDevice({ backend, readOnly, serial, requestQueues, queueSize });
    return { device, commands: commandsOf(device, backend, image, options) };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

export type DiskBackend = MemoryBackend | StoreBackend;

/**
 * Opens the disk, over its image if that is read where it lies.
 * @throws DeviceError when it cannot be opened
 */
export async function openBackend(
  options: BlockOptions,
): Promise<{ backend: DiskBackend; image: CachedImage | null }> {
  const { image, size, name, keep, imageVersion } = options;
  if (keep !== undefined) return openKept(options, keep);
  if (typeof image === 'string' || image instanceof Blob) {
    const base = await openImage({ image, size, name });
    return { backend: MemoryBackend.over(base, imageVersion ?? base.fingerprint), image: base };
  }
  const backend = await MemoryBackend.create({ image, size, name }, imageVersion);
  return { backend, image: null };
}

/** Opens a disk whose changes are kept. */
async function openKept(options: BlockOptions, keep: string) {
  const base = await openKeptBase(options);
  const backend = await openKeptDisk(keep, base, options.size);
  return { backend, image: base?.image instanceof CachedImage ? base.image : null };
}

/**
 * Opens the image that a kept disk lies on. @returns null for a disk without one
 * @throws DeviceError when it cannot be had, or cannot be a disk
 */
export async function openKeptBase({
  image,
  size,
  name,
  imageVersion,
}: ImageOptions): Promise<KeptBase | null> {
  if (image === undefined) return null;
  if (typeof image === 'string' || image instanceof Blob) {
    const opened = await openImage({ image, name });
    return { image: opened, fingerprint: imageVersion ?? opened.fingerprint };
  }
  if (imageVersion === undefined) throw new TypeError('a stream has no version of its own');
  const inMemory = await MemoryBackend.create({ image, size, name });
  return { image: inMemory, fingerprint: imageVersion };
}

function commandsOf(
  device: BlockDevice,
  backend: DiskBackend,
  image: CachedImage | null,
  { name = 'the disk', readOnly = false }: BlockOptions,
): BlockCommands {
  return {
    size: () => backend.size,
    usage: () => ({ ...backend.usage, ...device.traffic }),
    resize(size) {
      if (readOnly) throw new DeviceError('disk-read-only', `${name} is read-only`);
      checkGrowth(name, backend.size, size);
      if (size > backend.size) device.grow(size);
    },
    imageStatistics: () => image?.statistics() ?? null,
    release: () => device.close(),
    changes: (from, limit) => backend.changes(from, limit),
    data: (from, limit) => backend.data(from, limit),
    base: () => backend.baseName,
    read: async (offset, length) => readBytes(backend, offset, length),
  };
}

/**
 * Any bytes of a disk: what is read is whole sectors, of which they are a part.
 * @throws RangeError when they are not all on it
 */
export async function readBytes(
  backend: DiskBackend,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(offset >= 0 && length >= 0 && offset + length <= backend.size)) {
    throw new RangeError(`[${offset}, +${length}) of a disk of ${backend.size} bytes`);
  }
  const start = offset - (offset % SECTOR_SIZE);
  const end = Math.ceil((offset + length) / SECTOR_SIZE) * SECTOR_SIZE;
  const bytes = new Uint8Array(end - start);
  await backend.read(start, bytes.length, new ArrayTarget(bytes));
  return bytes.length === length ? bytes : bytes.slice(offset - start, offset - start + length);
}
