import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import { type DeviceDescription, VirtioDevice } from '../device.ts';
import { VIRTIO_ID_ENTROPY } from './layout.ts';

/** Drivers ask for one buffer at a time, or a few. */
const QUEUE_SIZE = 8;

/** Bytes that `crypto.getRandomValues` gives at most, and so what one chain gets at most. */
const POOL_SIZE = 65536;

/**
 * The virtio entropy device (VIRTIO 1.4, 5.4): fills whatever buffers it gets with random bytes of
 * the browser's, which are fit for keys.
 *
 * They are drawn into a pool, since `getRandomValues` takes no shared memory, and a whole pool at
 * a time, since a kernel asks for some 64 bytes again and again. No byte is given out twice.
 */
export class RngDevice extends VirtioDevice {
  readonly description: DeviceDescription = {
    type: VIRTIO_ID_ENTROPY,
    classCode: 0xff0000, // fits no class that PCI defines
    features: [],
    queueSizes: [QUEUE_SIZE],
    configurationLength: 0,
  };
  readonly #cursor = new ChainCursor();
  readonly #pool = new Uint8Array(POOL_SIZE);
  /** Bytes of the pool that were given out: all of them, so that the first chain draws. */
  #spent = POOL_SIZE;

  override run(): void {
    const queue = this.runtime.queues[0];
    for (let chain = queue.take(); chain !== null; chain = queue.take()) {
      queue.complete(chain, this.#fill(chain));
    }
  }

  /** No chain outlives `run`, so there is nothing to forget. */
  override reset(): void {}

  /**
   * Fills the writable part up to the size of the pool: a device need not fill all (5.4.6.2), and
   * so the driver does not decide how long it works. A readable part, which no driver may send
   * (5.4.6.1), means nothing. @returns bytes written
   */
  #fill(chain: DescriptorChain): number {
    const length = Math.min(chain.writableLength, POOL_SIZE);
    if (length > POOL_SIZE - this.#spent) {
      crypto.getRandomValues(this.#pool);
      this.#spent = 0;
    }
    const written = this.#cursor.toWritable(chain).copyIn(this.#pool, this.#spent, length);
    this.#spent += written;
    return written;
  }
}

/** Makes an entropy device. It has no options, and no commands. */
export function createRngDevice(): { device: RngDevice; commands: object } {
  return { device: new RngDevice(), commands: {} };
}
