import type { GuestMemory } from '../../src/ring/guest-memory.ts';
import {
  availableRingLength,
  DESCRIPTOR_SIZE,
  descriptorTableLength,
  RING_ELEMENTS_OFFSET,
  RING_INDEX_OFFSET,
  USED_ELEMENT_SIZE,
  usedRingLength,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../src/ring/layout.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';

/** A buffer of the driver in guest memory. */
export interface Segment {
  address: number;
  length: number;
}

/** What the device gave back. */
export interface Used {
  id: number;
  len: number;
}

export interface AddOptions {
  /** Puts the buffers into an indirect table. */
  indirect?: boolean;
  /** With `indirect`: this many of the buffers stay direct, before the indirect descriptor. */
  direct?: number;
}

/** Writes descriptor `index` of the table at `table`. The address may exceed 32 bits. */
export function writeDescriptor(
  memory: GuestMemory,
  table: number,
  index: number,
  descriptor: { address: number | bigint; length: number; flags?: number; next?: number },
): void {
  const at = table + index * DESCRIPTOR_SIZE;
  const address = BigInt(descriptor.address);
  memory.write32(at, Number(address & 0xffffffffn));
  memory.write32(at + 4, Number(address >> 32n));
  memory.write32(at + 8, descriptor.length);
  memory.write16(at + 12, descriptor.flags ?? 0);
  memory.write16(at + 14, descriptor.next ?? 0);
}

/** The three parts of a queue one after the other from `base` on, aligned as they must be. */
export function layoutAt(base: number, queueSize: number): QueueLayout {
  const descriptorTable = align(base, 16);
  const availableRing = descriptorTable + descriptorTableLength(queueSize);
  const usedRing = align(availableRing + availableRingLength(queueSize), 4);
  return { queueSize, descriptorTable, availableRing, usedRing };
}

/** Bytes that `layoutAt(base, queueSize)` takes from an aligned base. */
export function layoutLength(queueSize: number): number {
  return layoutAt(0, queueSize).usedRing + usedRingLength(queueSize);
}

export function align(address: number, alignment: number): number {
  return Math.ceil(address / alignment) * alignment;
}

/**
 * An honest driver of one split virtqueue (VIRTIO 1.4, 2.7.13 and 2.7.14), for tests.
 *
 * Its own book-keeping (free list, outstanding chains) is kept outside of guest memory, so that
 * it notices when a device gives back what it never got.
 */
export class Driver {
  readonly memory: GuestMemory;
  readonly layout: QueueLayout;
  /** Free-running available index, 16 bits: what `add` has made available so far. */
  availableIndex: number;
  /** Free-running used index up to which `collectUsed` has collected, 16 bits. */
  collectedIndex: number;
  readonly #allocate: (length: number) => number;
  readonly #free: number[] = [];
  /** By head: the descriptors of the chain, and the bytes that the device may write. */
  readonly #outstanding = new Map<number, { descriptors: number[]; writable: number }>();
  /** By head: an indirect table that was allocated for it, to be used again. */
  readonly #tables = new Map<number, { address: number; entries: number }>();

  /**
   * Clears the three parts of the queue.
   * @param allocate gives guest memory for indirect tables (only needed for those)
   * @param startIndex both indices begin here. A real driver begins at 0, and so does every
   *   device; other values are for looking at wrap-arounds without a device's queue
   */
  constructor(
    memory: GuestMemory,
    layout: QueueLayout,
    allocate: (length: number) => number = () => {
      throw new Error('this driver has no memory for indirect tables');
    },
    startIndex = 0,
  ) {
    this.memory = memory;
    this.layout = layout;
    this.#allocate = allocate;
    this.availableIndex = startIndex;
    this.collectedIndex = startIndex;
    const { queueSize, descriptorTable, availableRing, usedRing } = layout;
    memory.fill(descriptorTable, 0, descriptorTableLength(queueSize));
    memory.fill(availableRing, 0, availableRingLength(queueSize));
    memory.fill(usedRing, 0, usedRingLength(queueSize));
    memory.write16(availableRing + RING_INDEX_OFFSET, startIndex);
    memory.write16(usedRing + RING_INDEX_OFFSET, startIndex);
    for (let index = queueSize - 1; index >= 0; index--) this.#free.push(index);
  }

  /** Descriptors that are free. */
  get freeDescriptors(): number {
    return this.#free.length;
  }

  /** Chains that the device has and was not seen to give back. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /**
   * Makes one chain available: buffers that the device reads, then those that it writes. Does
   * not notify. @returns the head @throws Error when descriptors are lacking
   */
  add(
    readable: readonly Segment[],
    writable: readonly Segment[] = [],
    { indirect = false, direct = 0 }: AddOptions = {},
  ): number {
    const buffers = [
      ...readable.map((segment) => ({ ...segment, flags: 0 })),
      ...writable.map((segment) => ({ ...segment, flags: VIRTQ_DESC_F_WRITE })),
    ];
    if (buffers.length === 0) throw new Error('a chain has at least one buffer');
    const directCount = indirect ? direct : buffers.length;
    const needed = directCount + (indirect ? 1 : 0);
    if (needed > this.#free.length) {
      throw new Error(`${needed} descriptors needed, ${this.#free.length} are free`);
    }
    const descriptors = Array.from({ length: needed }, () => this.#free.pop() as number);
    const head = descriptors[0];
    const table = this.layout.descriptorTable;
    for (let index = 0; index < directCount; index++) {
      const next = descriptors[index + 1];
      const link = next === undefined ? 0 : VIRTQ_DESC_F_NEXT;
      const { address, length, flags } = buffers[index];
      writeDescriptor(this.memory, table, descriptors[index], {
        address,
        length,
        flags: flags | link,
        next: next ?? 0,
      });
    }
    if (indirect) {
      const rest = buffers.slice(directCount);
      const address = this.#indirectTable(head, rest);
      writeDescriptor(this.memory, table, descriptors[directCount], {
        address,
        length: rest.length * DESCRIPTOR_SIZE,
        flags: VIRTQ_DESC_F_INDIRECT,
      });
    }
    this.#outstanding.set(head, {
      descriptors,
      writable: writable.reduce((sum, segment) => sum + segment.length, 0),
    });
    this.makeAvailable(head);
    return head;
  }

  /** Puts `head` into the available ring, whatever it is. `add` does this for honest chains. */
  makeAvailable(head: number): void {
    const { availableRing, queueSize } = this.layout;
    const slot = this.availableIndex & (queueSize - 1);
    this.memory.write16(availableRing + RING_ELEMENTS_OFFSET + 2 * slot, head);
    this.availableIndex = (this.availableIndex + 1) & 0xffff;
    this.memory.store16(availableRing + RING_INDEX_OFFSET, this.availableIndex);
  }

  /**
   * What the device has given back since the last call; its descriptors are free again.
   * @throws Error when the device gave back what it did not have, or more bytes than it may write
   */
  collectUsed(): Used[] {
    const { queueSize, usedRing } = this.layout;
    const until = this.usedIndex;
    const waiting = (until - this.collectedIndex) & 0xffff;
    if (waiting > queueSize) throw new Error(`the used index moved by ${waiting}`);
    const collected: Used[] = [];
    while (this.collectedIndex !== until) {
      const slot = this.collectedIndex & (queueSize - 1);
      const element = usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * slot;
      const used = { id: this.memory.read32(element), len: this.memory.read32(element + 4) };
      const chain = this.#outstanding.get(used.id);
      if (chain === undefined) throw new Error(`the device gave back ${used.id}, not its own`);
      if (used.len > chain.writable) {
        throw new Error(`the device wrote ${used.len} bytes of ${chain.writable}`);
      }
      this.#outstanding.delete(used.id);
      for (const descriptor of chain.descriptors.reverse()) this.#free.push(descriptor);
      collected.push(used);
      this.collectedIndex = (this.collectedIndex + 1) & 0xffff;
    }
    return collected;
  }

  /** `idx` of the used ring, as it is in memory. */
  get usedIndex(): number {
    return this.memory.load16(this.layout.usedRing + RING_INDEX_OFFSET);
  }

  /** `flags` of the used ring: the device's word. */
  get usedFlags(): number {
    return this.memory.read16(this.layout.usedRing);
  }

  /** `avail_event`: the device's word. */
  get availEvent(): number {
    const { usedRing, queueSize } = this.layout;
    return this.memory.read16(usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * queueSize);
  }

  /** `flags` of the available ring: the driver's word. */
  get availableFlags(): number {
    return this.memory.read16(this.layout.availableRing);
  }

  set availableFlags(flags: number) {
    this.memory.write16(this.layout.availableRing, flags);
  }

  /** `used_event`: the driver's word. */
  get usedEvent(): number {
    const { availableRing, queueSize } = this.layout;
    return this.memory.read16(availableRing + RING_ELEMENTS_OFFSET + 2 * queueSize);
  }

  set usedEvent(index: number) {
    const { availableRing, queueSize } = this.layout;
    this.memory.write16(availableRing + RING_ELEMENTS_OFFSET + 2 * queueSize, index);
  }

  #indirectTable(
    head: number,
    buffers: readonly { address: number; length: number; flags: number }[],
  ): number {
    let table = this.#tables.get(head);
    if (table === undefined || table.entries < buffers.length) {
      const entries = buffers.length;
      table = { address: this.#allocate(entries * DESCRIPTOR_SIZE), entries };
      this.#tables.set(head, table);
    }
    for (const [index, { address, length, flags }] of buffers.entries()) {
      const last = index === buffers.length - 1;
      writeDescriptor(this.memory, table.address, index, {
        address,
        length,
        flags: flags | (last ? 0 : VIRTQ_DESC_F_NEXT),
        next: last ? 0 : index + 1,
      });
    }
    return table.address;
  }
}
