import type { GuestMemory } from './guest-memory.ts';
import {
  DESCRIPTOR_SIZE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from './layout.ts';

/** Why a chain was refused. Each is a mistake of the driver (VIRTIO 1.4, 2.7.5). */
export type ChainFault =
  | 'descriptor index beyond the table'
  | 'more descriptors than the queue has'
  | 'more than 1024 descriptors in a chain'
  | 'more than 2^32 bytes in a chain'
  | 'buffer outside RAM'
  | 'readable buffer after a writable one'
  | 'indirect descriptor without VIRTIO_F_INDIRECT_DESC'
  | 'indirect descriptor with NEXT'
  | 'indirect descriptor inside an indirect table'
  | 'indirect table empty or of odd length';

/** The most segments that a chain may have, over direct and indirect descriptors together. */
export const MAXIMUM_CHAIN_LENGTH = 1024;

/**
 * The most bytes that a chain may have: a driver must not add a longer one (2.7.5). Buffers may
 * lie over each other, so without a limit one request over the same memory a thousand times
 * keeps a device with a large disk from hearing of a reset for minutes.
 */
const MAXIMUM_CHAIN_BYTES = 2 ** 32;

/**
 * A descriptor chain, copied out of guest memory once and checked: first the buffers that the
 * device may read, then those that it may write (VIRTIO 1.4, 2.7.4 and 2.7.5).
 *
 * After `load` only the copy is used, so a guest that rewrites its descriptors meanwhile changes
 * nothing. A chain object is meant to be loaded again and again; loading allocates nothing.
 */
export class DescriptorChain {
  /** Index of the first descriptor: what goes back into the used ring. */
  head = 0;
  /** Segments in all; the first `readableSegments` of them are device-readable. */
  segments = 0;
  readableSegments = 0;
  /** Bytes of the device-readable part. */
  readableLength = 0;
  /** Bytes of the device-writable part. */
  writableLength = 0;
  /** Free for whoever takes chains from a queue, to tell this life of the queue from another. */
  generation = 0;
  /** Free as well: where in the available ring the chain was. */
  position = 0;
  readonly memory: GuestMemory;
  readonly #addresses = new Uint32Array(MAXIMUM_CHAIN_LENGTH);
  readonly #lengths = new Uint32Array(MAXIMUM_CHAIN_LENGTH);
  /** Where the walk goes on: the indirect table, once one was met. */
  #indirectTable = 0;
  #indirectEntries = 0;

  constructor(memory: GuestMemory) {
    this.memory = memory;
  }

  /** Guest-physical address of segment `index`. */
  address(index: number): number {
    return this.#addresses[index];
  }

  /** Bytes of segment `index`. */
  length(index: number): number {
    return this.#lengths[index];
  }

  /**
   * Copies the chain that begins at descriptor `head`.
   * @param table guest-physical address of the descriptor table, which lies in RAM whole
   * @param entries descriptors in the table
   * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
   * @returns what is wrong with the chain, or null when it is sound. The walk is bounded by the
   *   table's size, so a loop ends as a fault.
   */
  load(table: number, entries: number, head: number, indirectAllowed: boolean): ChainFault | null {
    this.head = head;
    this.segments = 0;
    this.readableSegments = 0;
    this.readableLength = 0;
    this.writableLength = 0;
    this.#indirectEntries = 0;
    const fault = this.#walk(table, entries, head, indirectAllowed, false);
    if (fault !== null || this.#indirectEntries === 0) return fault;
    return this.#walk(this.#indirectTable, this.#indirectEntries, 0, false, true);
  }

  #walk(
    table: number,
    entries: number,
    first: number,
    indirectAllowed: boolean,
    insideIndirect: boolean,
  ): ChainFault | null {
    let index = first;
    for (let walked = 0; walked < entries; walked++) {
      if (index >= entries) return 'descriptor index beyond the table';
      const descriptor = table + index * DESCRIPTOR_SIZE;
      const addressLow = this.memory.read32(descriptor);
      const addressHigh = this.memory.read32(descriptor + 4);
      const length = this.memory.read32(descriptor + 8);
      const flagsAndNext = this.memory.read32(descriptor + 12);
      const flags = flagsAndNext & 0xffff;
      if (addressHigh !== 0 || !this.memory.contains(addressLow, length)) {
        return 'buffer outside RAM';
      }
      if ((flags & VIRTQ_DESC_F_INDIRECT) !== 0) {
        if (insideIndirect) return 'indirect descriptor inside an indirect table';
        if (!indirectAllowed) return 'indirect descriptor without VIRTIO_F_INDIRECT_DESC';
        return this.#enterIndirect(addressLow, length, flags);
      }
      const fault = this.#append(addressLow, length, (flags & VIRTQ_DESC_F_WRITE) !== 0);
      if (fault !== null) return fault;
      if ((flags & VIRTQ_DESC_F_NEXT) === 0) return null;
      index = flagsAndNext >>> 16;
    }
    return 'more descriptors than the queue has';
  }

  /** An indirect descriptor ends the direct part; its WRITE flag means nothing (2.7.5.3.2). */
  #enterIndirect(address: number, length: number, flags: number): ChainFault | null {
    if ((flags & VIRTQ_DESC_F_NEXT) !== 0) return 'indirect descriptor with NEXT';
    if (length === 0 || length % DESCRIPTOR_SIZE !== 0) {
      return 'indirect table empty or of odd length';
    }
    this.#indirectTable = address;
    this.#indirectEntries = length / DESCRIPTOR_SIZE;
    return null;
  }

  #append(address: number, length: number, writable: boolean): ChainFault | null {
    if (this.segments === MAXIMUM_CHAIN_LENGTH) return 'more than 1024 descriptors in a chain';
    if (writable) {
      this.writableLength += length;
    } else {
      if (this.segments !== this.readableSegments) return 'readable buffer after a writable one';
      this.readableSegments++;
      this.readableLength += length;
    }
    if (this.readableLength + this.writableLength > MAXIMUM_CHAIN_BYTES) {
      return 'more than 2^32 bytes in a chain';
    }
    this.#addresses[this.segments] = address;
    this.#lengths[this.segments] = length;
    this.segments++;
    return null;
  }
}
