/**
 * Sizes, offsets and flags of a split virtqueue, as the specification lays them out in guest
 * memory (VIRTIO 1.4, 2.7 "Split Virtqueues"). All fields are little-endian.
 */

/** A queue has 1 to 32768 entries, always a power of two (2.7). */
export const MAXIMUM_QUEUE_SIZE = 32768;

/** Bytes of one descriptor: address (8), length (4), flags (2), next (2) (2.7.5). */
export const DESCRIPTOR_SIZE = 16;

/** Another descriptor follows, named by `next`. */
export const VIRTQ_DESC_F_NEXT = 1;
/** The device writes to this buffer; without the flag the device only reads it. */
export const VIRTQ_DESC_F_WRITE = 2;
/** The buffer is itself a table of descriptors (2.7.5.3). */
export const VIRTQ_DESC_F_INDIRECT = 4;

/** The driver asks for no used buffer notifications (2.7.7, only without VIRTIO_F_EVENT_IDX). */
export const VIRTQ_AVAIL_F_NO_INTERRUPT = 1;

/** Offset of `idx` in the available ring and in the used ring. */
export const RING_INDEX_OFFSET = 2;
/** Offset of the first element of the available ring and of the used ring. */
export const RING_ELEMENTS_OFFSET = 4;
/** Bytes of one element of the used ring: id (4), len (4) (2.7.8). */
export const USED_ELEMENT_SIZE = 8;

/** Where the three parts of a queue must be aligned, in bytes (2.7). */
export const DESCRIPTOR_TABLE_ALIGNMENT = 16;
export const AVAILABLE_RING_ALIGNMENT = 2;
export const USED_RING_ALIGNMENT = 4;

/** True for 1, 2, 4 ... 32768. */
export function isQueueSize(size: number): boolean {
  const inRange = Number.isInteger(size) && size >= 1 && size <= MAXIMUM_QUEUE_SIZE;
  return inRange && (size & (size - 1)) === 0;
}

/** Bytes of the descriptor table of a queue of `queueSize` entries. */
export function descriptorTableLength(queueSize: number): number {
  return DESCRIPTOR_SIZE * queueSize;
}

/** Bytes of the available ring, `used_event` included (2.7.6). */
export function availableRingLength(queueSize: number): number {
  return 6 + 2 * queueSize;
}

/** Bytes of the used ring, `avail_event` included (2.7.8). */
export function usedRingLength(queueSize: number): number {
  return 6 + 8 * queueSize;
}
