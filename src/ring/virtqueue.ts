import type { ChainFault, DescriptorChain } from './chain.ts';
import { Device, type UsedElement } from './device.ts';
import type { GuestMemory } from './guest-memory.ts';
import {
  AVAILABLE_RING_ALIGNMENT,
  availableRingLength,
  DESCRIPTOR_TABLE_ALIGNMENT,
  descriptorTableLength,
  isQueueSize,
  RING_ELEMENTS_OFFSET,
  USED_RING_ALIGNMENT,
  usedRingLength,
} from './layout.ts';

/** Where a driver put the three parts of a queue: guest-physical addresses (VIRTIO 1.4, 2.7). */
export interface QueueLayout {
  /** Entries: a power of two from 1 to 32768. */
  queueSize: number;
  descriptorTable: number;
  availableRing: number;
  usedRing: number;
}

/** Why a queue cannot go on. Each is a mistake of the driver. */
export type QueueFault =
  | ChainFault
  | 'more chains available than the queue has entries'
  | 'queue size is no power of two from 1 to 32768'
  | 'queue without an address'
  | 'queue is not aligned or not in RAM';

/** How far driver and device are with a queue: free-running indices, 16 bits each. */
export interface QueueProgress {
  /** Of the next element of the available ring that is taken. */
  nextAvailable: number;
  /** Of the next used element. */
  nextUsed: number;
  /** Up to which the driver can see used elements. */
  published: number;
}

/**
 * What is wrong with where a driver put a queue, or null: aligned, and in RAM whole. An address of
 * 0 is what a driver that gave none has in its registers: taken for an address, it would let the
 * device write to where nobody gave it anything.
 */
export function layoutFault(memory: GuestMemory, layout: QueueLayout): QueueFault | null {
  const { queueSize, descriptorTable, availableRing, usedRing } = layout;
  if (!isQueueSize(queueSize)) return 'queue size is no power of two from 1 to 32768';
  if (descriptorTable === 0 || availableRing === 0 || usedRing === 0) {
    return 'queue without an address';
  }
  const aligned =
    descriptorTable % DESCRIPTOR_TABLE_ALIGNMENT === 0 &&
    availableRing % AVAILABLE_RING_ALIGNMENT === 0 &&
    usedRing % USED_RING_ALIGNMENT === 0;
  const inRam =
    memory.contains(descriptorTable, descriptorTableLength(queueSize)) &&
    memory.contains(availableRing, availableRingLength(queueSize)) &&
    memory.contains(usedRing, usedRingLength(queueSize));
  return aligned && inRam ? null : 'queue is not aligned or not in RAM';
}

/**
 * A whole split virtqueue as its device sees it: chains come from the driver's side (descriptor
 * table and available ring) and go back through the `Device` used ring.
 *
 * One worker holds it. It consumes only up to an available index that a doorbell carried
 * (`available`), never one that it read itself: see the doorbell rule in src/link/README.md.
 */
export class Virtqueue {
  readonly queueSize: number;
  /** What is wrong with the driver's side, or null. A queue with a fault gives no more chains. */
  fault: QueueFault | null = null;
  /** Free-running index of the next used element; 16 bits. */
  nextUsed = 0;
  readonly #memory: GuestMemory;
  readonly #device: Device;
  readonly #layout: QueueLayout;
  readonly #indirectAllowed: boolean;
  readonly #element: UsedElement = { id: 0, len: 0 };
  #nextAvailable = 0;
  /** Free-running index up to which the driver can see used elements; 16 bits. */
  #published = 0;

  private constructor(
    memory: GuestMemory,
    layout: QueueLayout,
    device: Device,
    indirectAllowed: boolean,
  ) {
    this.queueSize = layout.queueSize;
    this.#memory = memory;
    this.#layout = layout;
    this.#device = device;
    this.#indirectAllowed = indirectAllowed;
  }

  /**
   * A queue at `layout`, or what is wrong with the layout: the parts must be aligned and lie in
   * RAM whole.
   * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
   */
  static create(
    memory: GuestMemory,
    layout: QueueLayout,
    indirectAllowed: boolean,
  ): Virtqueue | QueueFault {
    const fault = layoutFault(memory, layout);
    if (fault !== null) return fault;
    const used = memory.range(layout.usedRing, usedRingLength(layout.queueSize));
    const device = used && Device.create(used);
    if (device === null) return 'queue is not aligned or not in RAM';
    return new Virtqueue(memory, layout, device, indirectAllowed);
  }

  /** Free-running index of the next element of the available ring that is taken; 16 bits. */
  get nextAvailable(): number {
    return this.#nextAvailable;
  }

  /** Chains that a doorbell made available and that `take` has not given yet; 0 with a fault. */
  waiting(available: number): number {
    if (this.fault !== null) return 0;
    return (available - this.#nextAvailable) & 0xffff;
  }

  /** Where the queue is. */
  get progress(): QueueProgress {
    const { nextUsed } = this;
    return { nextAvailable: this.#nextAvailable, nextUsed, published: this.#published };
  }

  /** Goes on where a queue in the same place has been. */
  goOnFrom({ nextAvailable, nextUsed, published }: QueueProgress): void {
    this.#nextAvailable = nextAvailable & 0xffff;
    this.nextUsed = nextUsed & 0xffff;
    this.#published = published & 0xffff;
  }

  /**
   * Takes the next chain.
   * @param available free-running available index that the last doorbell carried
   * @param chain is loaded with a copy of the chain
   * @returns false when nothing waits, or when the driver made a mistake, which `fault` then says
   */
  take(available: number, chain: DescriptorChain): boolean {
    const waiting = this.waiting(available);
    if (waiting === 0) return false;
    // What the driver has not got back counts as well: without that, one that never waits for its
    // chains makes a device with slow requests gather them until its memory ends.
    const underWay = (this.#nextAvailable - this.#published) & 0xffff;
    if (waiting + underWay > this.queueSize) {
      this.fault = 'more chains available than the queue has entries';
      return false;
    }
    const slot = this.#nextAvailable & (this.queueSize - 1);
    const head = this.#memory.read16(this.#layout.availableRing + RING_ELEMENTS_OFFSET + 2 * slot);
    this.fault = chain.load(
      this.#layout.descriptorTable,
      this.queueSize,
      head,
      this.#indirectAllowed,
    );
    if (this.fault !== null) return false;
    this.#nextAvailable = (this.#nextAvailable + 1) & 0xffff;
    return true;
  }

  /**
   * Loads a chain that the queue before this one had taken and not given back: see `goOnFrom`.
   * @returns false when there is none any more, which `fault` then says
   */
  takeAgain(head: number, chain: DescriptorChain): boolean {
    if (this.fault !== null) return false;
    const { descriptorTable } = this.#layout;
    this.fault = chain.load(descriptorTable, this.queueSize, head, this.#indirectAllowed);
    return this.fault === null;
  }

  /**
   * Gives the chain back, not yet visible to the driver.
   * @param head what `take` found in `chain.head`
   * @param written bytes written to the device-writable part, from its beginning
   */
  giveBack(head: number, written: number): void {
    this.#element.id = head;
    this.#element.len = written;
    this.#device.insertUsed(this.#element, this.nextUsed);
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
  }

  /** Makes what was given back before free-running index `index` visible to the driver. */
  publish(index: number): void {
    this.#device.publishUsed(index);
    this.#published = index & 0xffff;
  }
}
