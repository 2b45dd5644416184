import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import type { DeviceQueue } from '../queue.ts';
import { GuestData } from './guest-data.ts';
import {
  type BlockStatus,
  HEADER_LENGTH,
  hasDataToRead,
  SECTOR_SIZE,
  VIRTIO_BLK_S_OK,
} from './layout.ts';

/** The type of a request that is too short to have one. */
export const NO_TYPE = -1;

/**
 * One request of the block device (VIRTIO 1.4, 5.2.6), parsed from a chain: a header of 16 bytes
 * and the data to write in the device-readable part; the data to read and one status byte, the
 * last, in the device-writable part. Where descriptors begin and end means nothing (2.7.4).
 *
 * The header is read from guest memory once. An object is parsed into again and again.
 */
export class BlockRequest {
  chain!: DescriptorChain;
  /** Where the chain was taken from, and is given back to. */
  queue!: DeviceQueue;
  /** A VIRTIO_BLK_T_* number, known or not, or NO_TYPE. */
  type = NO_TYPE;
  /** Bytes from the beginning of the disk; too large to be exact when far beyond any disk. */
  offset = 0;
  /** Bytes of `data`. */
  length = 0;
  readonly data = new GuestData();
  readonly #cursor = new ChainCursor();

  /** Parses `chain` of `queue`. @returns false when it has no room for a status byte */
  parse(queue: DeviceQueue, chain: DescriptorChain): boolean {
    this.queue = queue;
    this.chain = chain;
    if (chain.writableLength === 0) return false;
    this.type = NO_TYPE;
    this.length = 0;
    if (chain.readableLength < HEADER_LENGTH) return true;
    const header = this.#cursor.toReadable(chain);
    this.type = header.read32();
    header.read32();
    const sectorLow = header.read32();
    this.offset = (header.read32() * 2 ** 32 + sectorLow) * SECTOR_SIZE;
    if (hasDataToRead(this.type)) {
      this.length = chain.readableLength - HEADER_LENGTH;
      this.data.beReadable(chain, HEADER_LENGTH, this.length);
    } else {
      this.length = chain.writableLength - 1;
      this.data.beWritable(chain, this.length);
    }
    return true;
  }

  /**
   * Writes the status byte. The data can no longer be accessed after it.
   * @param filled bytes that were written to the beginning of the device-writable part
   * @returns bytes written without a gap from the beginning of the device-writable part on: what
   *   the used ring may promise (2.7.8.2), which does not include a status byte behind a gap
   */
  finish(status: BlockStatus, filled: number): number {
    const { chain } = this;
    this.data.end();
    let last = chain.segments - 1;
    while (chain.length(last) === 0) last--;
    chain.memory.write8(chain.address(last) + chain.length(last) - 1, status);
    const written = status === VIRTIO_BLK_S_OK ? filled : 0;
    return written === chain.writableLength - 1 ? chain.writableLength : written;
  }
}
