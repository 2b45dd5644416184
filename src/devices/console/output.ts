import type { ByteRing } from '../../link/byte-ring.ts';
import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import type { DeviceQueue } from '../queue.ts';

/** Bytes of emergency writes that may wait for room. */
const EMERGENCY_CAPACITY = 4096;

/** An output in a snapshot; what is in the ring is the page's to keep. */
export interface OutputState {
  /** Emergency writes that have found no room. */
  emergency: number[];
  /** Bytes of the chain under way that are in the ring, or were. */
  copied: number;
}

/**
 * What the guest writes to one port, on its way to the page. Nothing is lost or reordered: when
 * the page's ring is full, the chain is kept, partly copied, until the page has read; so a guest
 * that writes faster than the page reads has to wait.
 */
export class PortOutput {
  readonly #ring: ByteRing;
  readonly #cursor = new ChainCursor();
  /** The chain that is being copied; the cursor is where it goes on. */
  #chain: DescriptorChain | null = null;
  /** Emergency writes that found the ring full. They come before the rest of any chain. */
  readonly #emergency: number[] = [];
  /** Bytes at the beginning of the next chain that were copied before a snapshot was made of it. */
  #copiedBefore = 0;
  /** Made once: the ring calls it for every piece. */
  readonly #fill = (target: Uint8Array, offset: number, length: number): void => {
    this.#cursor.copyOut(target, offset, length);
  };
  readonly #fillEmergency = (target: Uint8Array, offset: number, length: number): void => {
    target.set(this.#emergency.splice(0, length), offset);
  };

  constructor(ring: ByteRing) {
    this.#ring = ring;
  }

  /** A chain or an emergency write waits for room in the ring. */
  get waits(): boolean {
    return this.#chain !== null || this.#emergency.length > 0;
  }

  /** Copies emergency writes, then what the transmit queue has, as far as the ring has room. */
  run(queue: DeviceQueue): void {
    if (!this.#runEmergency()) return;
    for (;;) {
      const chain = this.#chain ?? this.#begin(queue);
      if (chain === null || !this.#copy()) return;
      this.#chain = null;
      queue.complete(chain, 0);
    }
  }

  /**
   * One byte of an emergency write: it needs no queue and no driver that works.
   * A guest that writes on while the page does not read loses what is beyond a few thousand
   * bytes, since nothing can make it wait.
   */
  emergencyWrite(byte: number): void {
    if (this.#emergency.length < EMERGENCY_CAPACITY) this.#emergency.push(byte);
    this.#runEmergency();
  }

  /** The queue is gone: so is the rest of a chain that was not copied. */
  reset(queue: DeviceQueue): void {
    if (this.#chain !== null) queue.complete(this.#chain, 0);
    this.#chain = null;
    this.#copiedBefore = 0;
  }

  /** For a snapshot, in which the chain that is being copied is under way. */
  save(): OutputState {
    const copied = this.#chain === null ? 0 : this.#chain.readableLength - this.#cursor.remaining;
    return { emergency: [...this.#emergency], copied: copied + this.#copiedBefore };
  }

  /** Goes on as another output did; after `reset`. */
  restore({ emergency, copied }: OutputState): void {
    this.#emergency.splice(0, this.#emergency.length, ...emergency);
    this.#copiedBefore = copied;
  }

  #begin(queue: DeviceQueue): DescriptorChain | null {
    this.#chain = queue.take();
    if (this.#chain === null) return null;
    this.#cursor.toReadable(this.#chain, this.#copiedBefore);
    this.#copiedBefore = 0;
    return this.#chain;
  }

  /** @returns true when all of the chain was copied */
  #copy(): boolean {
    while (this.#cursor.remaining > 0) {
      if (this.#ring.writeWith(this.#cursor.remaining, this.#fill) === 0) return false;
    }
    return true;
  }

  /** Copies emergency writes that found the ring full. @returns true when none waits any more */
  #runEmergency(): boolean {
    while (this.#emergency.length > 0) {
      if (this.#ring.writeWith(this.#emergency.length, this.#fillEmergency) === 0) return false;
    }
    return true;
  }
}
