import type { GuestMemory } from './guest-memory.ts';
import {
  RING_ELEMENTS_OFFSET,
  RING_INDEX_OFFSET,
  USED_ELEMENT_SIZE,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
} from './layout.ts';
import type { QueueLayout } from './virtqueue.ts';

/**
 * The words of a queue by which driver and device spare each other notifications
 * (VIRTIO 1.4, 2.7.7 and 2.7.10).
 *
 * For the CPU thread alone, and only while the guest stands still (in a port handler or at a sync
 * point). Both sides of either protocol store one word and then load another; between two threads
 * that needs a full barrier on each side, and the guest's barriers compile to nothing. On the
 * thread that runs the guest there is nothing to order.
 */
export class QueueNotifications {
  readonly #memory: GuestMemory;
  readonly #layout: QueueLayout;
  readonly #eventIndex: boolean;

  /** @param eventIndex whether VIRTIO_F_EVENT_IDX was negotiated */
  constructor(memory: GuestMemory, layout: QueueLayout, eventIndex: boolean) {
    this.#memory = memory;
    this.#layout = layout;
    this.#eventIndex = eventIndex;
  }

  /** The driver's free-running available index, 16 bits. */
  availableIndex(): number {
    return this.#memory.read16(this.#layout.availableRing + RING_INDEX_OFFSET);
  }

  /**
   * Asks the driver to notify when it makes the element at `index` available: `avail_event` with
   * VIRTIO_F_EVENT_IDX, flags of 0 otherwise (flags are 0 in both cases).
   */
  requestNotification(index: number): void {
    const { usedRing, queueSize } = this.#layout;
    this.#memory.write16(usedRing, 0);
    if (!this.#eventIndex) return;
    const availEvent = usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * queueSize;
    this.#memory.write16(availEvent, index);
  }

  /**
   * Whether the driver wants to hear of the used elements from `from` up to, not including, `to`
   * (free-running, 16 bits).
   */
  wantsUsedNotification(from: number, to: number): boolean {
    const { availableRing, queueSize } = this.#layout;
    if (!this.#eventIndex) {
      return (this.#memory.read16(availableRing) & VIRTQ_AVAIL_F_NO_INTERRUPT) === 0;
    }
    const usedEvent = this.#memory.read16(availableRing + RING_ELEMENTS_OFFSET + 2 * queueSize);
    return ((usedEvent - from) & 0xffff) < ((to - from) & 0xffff);
  }
}
