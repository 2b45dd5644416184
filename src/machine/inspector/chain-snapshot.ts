import { DescriptorChain, MAXIMUM_CHAIN_LENGTH } from '../../ring/chain.ts';
import type { GuestMemory } from '../../ring/guest-memory.ts';
import {
  DESCRIPTOR_SIZE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../ring/layout.ts';

/** A chain as it lies in guest memory at one moment. */
export interface ChainSnapshot {
  /** Index of the first descriptor. */
  head: number;
  /** Every descriptor that belongs to it, in order, those of an indirect table behind the one that refers to it. */
  descriptors: ChainDescriptor[];
  /** What the device refuses it for, or null. The descriptors are those up to there. */
  fault: string | null;
  /** Bytes of the device-readable and of the device-writable part. */
  readableLength: number;
  writableLength: number;
}

export interface ChainDescriptor {
  /** Its index in its table, and the guest-physical address of that table. */
  index: number;
  table: number;
  /** The table is an indirect one (VIRTIO 1.4, 2.7.5.3). */
  indirect: boolean;
  /** Guest-physical; beyond 2^53 not exact. */
  address: number;
  length: number;
  /** VIRTQ_DESC_F_NEXT 1, VIRTQ_DESC_F_WRITE 2, VIRTQ_DESC_F_INDIRECT 4. */
  flags: number;
  next: number;
  /** The device writes to it. */
  writable: boolean;
  /** It refers to an indirect table, and is no buffer. */
  refersToTable: boolean;
}

/** A table of descriptors that lies in RAM whole. */
interface Table {
  address: number;
  entries: number;
  indirect: boolean;
}

/** Walks chains for whoever looks at them. On the CPU thread, between two slices. */
export class ChainWalker {
  readonly #memory: GuestMemory;
  /** What was walked last, as its device sees it; of use when `fault` was null. */
  readonly chain: DescriptorChain;

  constructor(memory: GuestMemory) {
    this.#memory = memory;
    this.chain = new DescriptorChain(memory);
  }

  /**
   * Walks the chain that begins at `head`.
   * @param table guest-physical address of the descriptor table, which lies in RAM whole
   * @param entries descriptors in it
   * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
   */
  walk(table: number, entries: number, head: number, indirectAllowed: boolean): ChainSnapshot {
    const fault = this.chain.load(table, entries, head, indirectAllowed);
    const { readableLength, writableLength } = this.chain;
    const descriptors: ChainDescriptor[] = [];
    const indirect = this.#follow({ address: table, entries, indirect: false }, head, descriptors);
    if (indirect !== null) this.#follow(indirect, 0, descriptors);
    return { head, descriptors, fault, readableLength, writableLength };
  }

  /** Adds what follows from `first` on in `table`. @returns the indirect table that it ends with, if any */
  #follow(table: Table, first: number, found: ChainDescriptor[]): Table | null {
    let index = first;
    for (let walked = 0; walked < table.entries; walked++) {
      if (index >= table.entries || found.length > MAXIMUM_CHAIN_LENGTH) return null;
      const descriptor = this.#read(table, index);
      found.push(descriptor);
      if (descriptor.refersToTable) return this.#tableOf(descriptor);
      if ((descriptor.flags & VIRTQ_DESC_F_NEXT) === 0) return null;
      index = descriptor.next;
    }
    return null;
  }

  #read({ address: table, indirect }: Table, index: number): ChainDescriptor {
    const at = table + DESCRIPTOR_SIZE * index;
    const flags = this.#memory.read16(at + 12);
    const addressLow = this.#memory.read32(at);
    return {
      index,
      table,
      indirect,
      address: this.#memory.read32(at + 4) * 2 ** 32 + addressLow,
      length: this.#memory.read32(at + 8),
      flags,
      next: this.#memory.read16(at + 14),
      writable: (flags & VIRTQ_DESC_F_WRITE) !== 0 && (flags & VIRTQ_DESC_F_INDIRECT) === 0,
      refersToTable: (flags & VIRTQ_DESC_F_INDIRECT) !== 0,
    };
  }

  /** The table that a descriptor refers to; null when there is none to be had, or one inside another. */
  #tableOf({ address, length, indirect }: ChainDescriptor): Table | null {
    const entries = length / DESCRIPTOR_SIZE;
    const sound = !indirect && Number.isInteger(entries) && this.#memory.contains(address, length);
    return sound ? { address, entries, indirect: true } : null;
  }
}
