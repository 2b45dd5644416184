import type { InFlight, QueueSnapshot } from '../../../machine/index.ts';
import { VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_NEXT } from '../../../ring/layout.ts';

/** How far a chain has come: those in flight in order, and the rest. */
export const Stage = { none: 0, available: 1, notified: 2, taken: 3, served: 4 } as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** What a queue looks like, slot for slot and descriptor for descriptor. */
export class QueueStages {
  size = 0;
  /** For each slot of the available ring, of the used ring, and for each descriptor. */
  available = new Uint8Array(0);
  used = new Uint8Array(0);
  descriptors = new Uint8Array(0);
  /** For each descriptor the head of the chain in flight that it belongs to, or -1. */
  heads = new Int32Array(0);
  /** How many chains there are at each stage. */
  readonly counts = [0, 0, 0, 0, 0];

  update(queue: QueueSnapshot): void {
    const size = queue.available.elements.length;
    if (size !== this.size) this.#resize(size);
    this.available.fill(Stage.none);
    this.used.fill(Stage.none);
    this.descriptors.fill(Stage.none);
    this.heads.fill(-1);
    this.counts.fill(0);
    for (const chain of queue.inFlight) this.#mark(chain, queue);
    this.#markTaken(queue);
  }

  #resize(size: number): void {
    this.size = size;
    this.available = new Uint8Array(size);
    this.used = new Uint8Array(size);
    this.descriptors = new Uint8Array(size);
    this.heads = new Int32Array(size);
  }

  #mark({ head, state, index }: InFlight, queue: QueueSnapshot): void {
    const stage = Stage[state];
    this.counts[stage]++;
    if (index !== null) {
      const ring = stage === Stage.served ? this.used : this.available;
      ring[index & (this.size - 1)] = stage;
    }
    const { flags, next } = queue.descriptors;
    let descriptor = head;
    for (let walked = 0; walked < this.size && descriptor < this.size; walked++) {
      if (this.heads[descriptor] !== -1) return; // a loop, or two chains that share one
      this.descriptors[descriptor] = stage;
      this.heads[descriptor] = head;
      const ends = (flags[descriptor] & VIRTQ_DESC_F_NEXT) === 0;
      if (ends || (flags[descriptor] & VIRTQ_DESC_F_INDIRECT) !== 0) return;
      descriptor = next[descriptor];
    }
  }

  /** Chains at work have no index of their own: their slots are the last ones in which their heads were. */
  #markTaken({ available, taken }: QueueSnapshot): void {
    let left = this.counts[Stage.taken];
    const mask = this.size - 1;
    const seen = new Set<number>();
    for (let back = 1; left > 0 && back <= this.size; back++) {
      const slot = (taken - back) & mask;
      const head = available.elements[slot];
      const atWork = this.heads[head] === head && this.descriptors[head] === Stage.taken;
      if (!atWork || seen.has(head)) continue;
      seen.add(head);
      // Its place may have been filled again since.
      if (this.available[slot] === Stage.none) this.available[slot] = Stage.taken;
      left--;
    }
  }
}

/** The slot of the available ring in which a chain in flight is, or -1. */
export function availableSlot(queue: QueueSnapshot, stages: QueueStages, head: number): number {
  const { elements } = queue.available;
  const mask = elements.length - 1;
  for (let back = 1; back <= elements.length; back++) {
    const slot = (queue.availableIndex - back) & mask;
    if (elements[slot] === head && stages.available[slot] !== Stage.none) return slot;
  }
  return -1;
}

/** The slot of the used ring in which a chain that is done waits to be seen, or -1. */
export function usedSlot(queue: QueueSnapshot, head: number): number {
  const done = queue.inFlight.find((chain) => chain.state === 'served' && chain.head === head);
  const index = done?.index ?? null;
  return index === null ? -1 : index & (queue.used.ids.length - 1);
}

/** How far free-running index `to` is beyond `from`: 0 to 65535. */
export function distance(from: number, to: number): number {
  return (to - from) & 0xffff;
}
