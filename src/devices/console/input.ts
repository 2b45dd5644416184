import type { ByteRing } from '../../link/byte-ring.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import type { DeviceQueue } from '../queue.ts';

/**
 * What the page writes to one port, on its way to the guest: in order, as fast as the guest gives
 * buffers for it. What finds none waits in the ring.
 */
export class PortInput {
  readonly #ring: ByteRing;
  readonly #cursor = new ChainCursor();
  /** Made once: the ring calls it for every piece. */
  readonly #take = (source: Uint8Array, offset: number, length: number): void => {
    this.#cursor.copyIn(source, offset, length);
  };

  constructor(ring: ByteRing) {
    this.#ring = ring;
  }

  /** The guest has got all that the page has written. */
  get isEmpty(): boolean {
    return this.#ring.readable === 0;
  }

  /** Fills buffers of the receive queue. A buffer is given back even when it is not full. */
  run(queue: DeviceQueue): void {
    while (!this.isEmpty) {
      const chain = queue.take();
      if (chain === null) return;
      this.#cursor.toWritable(chain);
      let filled = 0;
      while (this.#cursor.remaining > 0) {
        const length = this.#ring.readWith(this.#cursor.remaining, this.#take);
        if (length === 0) break;
        filled += length;
      }
      queue.complete(chain, filled);
    }
  }
}
