import type { ReadTarget } from './backend.ts';
import { BlockDevice, type BlockDeviceParts } from './block.ts';
import type { DiskImage } from './image.ts';
import { type ChangeListing, MemoryBackend } from './memory-backend.ts';

/** Options of a disk. Streams are transferable, so all of it can cross to the worker. */
export type BlockOptions = DiskImage & Omit<BlockDeviceParts, 'backend'>;

/** What the page may ask of a disk while it works. */
export interface BlockCommands {
  /** Bytes of the disk. */
  size(): number;
  /** Bytes of memory that the disk takes. */
  allocated(): number;
  /** What the guest has changed: see `MemoryBackend.changes`. */
  changes(from: number, limit: number): ChangeListing;
  /** The bytes [offset, offset + length). @throws RangeError when they are not all on the disk */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Makes a disk. @throws DeviceError when the image cannot be read or is no disk */
export async function createBlockDevice(
  options: BlockOptions,
): Promise<{ device: BlockDevice; commands: BlockCommands }> {
  const backend = await MemoryBackend.create(options);
  const { readOnly, serial, requestQueues, queueSize } = options;
  const device = new BlockDevice({ backend, readOnly, serial, requestQueues, queueSize });
  return { device, commands: commandsOf(backend) };
}

function commandsOf(backend: MemoryBackend): BlockCommands {
  return {
    size: () => backend.size,
    allocated: () => backend.allocated,
    changes: (from, limit) => backend.changes(from, limit),
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= backend.size)) {
        throw new RangeError(`[${offset}, +${length}) of a disk of ${backend.size} bytes`);
      }
      const bytes = new Uint8Array(length);
      backend.read(offset, length, new ArrayTarget(bytes));
      return bytes;
    },
  };
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
