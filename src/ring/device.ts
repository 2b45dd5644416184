import type { GuestMemory, GuestRange } from './guest-memory.ts';
import {
  isQueueSize,
  RING_ELEMENTS_OFFSET,
  RING_INDEX_OFFSET,
  USED_ELEMENT_SIZE,
  USED_RING_ALIGNMENT,
  usedRingLength,
} from './layout.ts';

/** One element of the used ring (VIRTIO 1.4, 2.7.8). */
export interface UsedElement {
  /** Index of the first descriptor of the chain that is given back. */
  id: number;
  /** Bytes written to the device-writable part of the chain. */
  len: number;
}

/**
 * The used ring of one queue: the part of a virtqueue that the device owns and writes
 * (VIRTIO 1.4, 2.7.8 "The Virtqueue Used Ring").
 *
 * Exactly one worker holds the Device of a queue. It accounts for a guest that changes memory in
 * parallel: it never reads anything back, so that nothing the guest writes can mislead it.
 * Returns can be batched: insert as many elements as wanted, then publish them with one store.
 */
export class Device {
  /** Entries of the used ring, a power of two from 1 to 32768. */
  readonly queueSize: number;
  readonly #memory: GuestMemory;
  readonly #address: number;

  private constructor(range: GuestRange, queueSize: number) {
    this.queueSize = queueSize;
    this.#memory = range.memory;
    this.#address = range.address;
  }

  /** Bytes that the used ring of a queue of `queueSize` entries takes, `avail_event` included. */
  static usedLenForQueueSize(queueSize: number): number {
    return usedRingLength(queueSize);
  }

  /**
   * A Device over `range`, or null unless the range has exactly the length of a used ring whose
   * size is a power of two (1 to 32768) and is aligned to 4.
   */
  static create(range: GuestRange): Device | null {
    const queueSize = (range.length - Device.usedLenForQueueSize(0)) / USED_ELEMENT_SIZE;
    if (!isQueueSize(queueSize)) return null;
    if (range.address % USED_RING_ALIGNMENT !== 0) return null;
    return new Device(range, queueSize);
  }

  /**
   * Writes one element. The driver does not see it before `publishUsed`.
   * @param index free-running; wrapped to the queue here
   */
  insertUsed(used: UsedElement, index: number): void {
    const slot = index & (this.queueSize - 1);
    const element = this.#address + RING_ELEMENTS_OFFSET + slot * USED_ELEMENT_SIZE;
    this.#memory.write32(element, used.id);
    this.#memory.write32(element + 4, used.len);
  }

  /**
   * Makes every element before `index` visible to the driver: the elements, and all that this
   * thread wrote to their buffers, are visible to whoever sees the new index. Notifies nobody;
   * that is the transport's work.
   * @param index free-running, 16 bits: it wraps at 65536, not at the queue size
   */
  publishUsed(index: number): void {
    this.#memory.store16(this.#address + RING_INDEX_OFFSET, index & 0xffff);
  }
}
