import { type DeviceDescription, VirtioDevice } from '../../src/devices/device.ts';
import type { DescriptorChain } from '../../src/ring/chain.ts';
import { ChainCursor } from '../../src/ring/cursor.ts';

/** A chain that a device holds, and the queue that it came from. */
export interface Held {
  queue: number;
  chain: DescriptorChain;
}

/**
 * A device for tests of the runtime: copies the readable part of each chain to its writable part,
 * as far as it fits. With `holding` it takes chains and completes none until the test does.
 */
export class EchoDevice extends VirtioDevice {
  readonly description: DeviceDescription;
  /** Takes chains into `held` in place of answering them. */
  holding = false;
  readonly held: Held[] = [];
  /** What the runtime called, in order. */
  readonly calls: string[] = [];
  /** Chains that were taken. */
  taken = 0;
  /** Called for each chain that was taken, before it is answered or held. */
  onTake: (chain: DescriptorChain, queue: number) => void = () => {};
  readonly #readable = new ChainCursor();
  readonly #writable = new ChainCursor();
  readonly #bytes = new Uint8Array(4096);

  constructor(queueSizes: readonly number[] = [256]) {
    super();
    this.description = {
      type: 63,
      classCode: 0xff0000,
      features: [],
      queueSizes,
      configurationLength: 16,
    };
  }

  run(): void {
    for (const queue of this.runtime.queues) {
      for (let chain = queue.take(); chain !== null; chain = queue.take()) {
        this.taken++;
        this.onTake(chain, queue.index);
        if (this.holding) this.held.push({ queue: queue.index, chain });
        else queue.complete(chain, this.echo(chain));
      }
    }
  }

  /** Does the work of one chain. @returns bytes written */
  echo(chain: DescriptorChain): number {
    const readable = this.#readable.toReadable(chain);
    const writable = this.#writable.toWritable(chain);
    let written = 0;
    while (readable.remaining > 0 && writable.remaining > 0) {
      const length = readable.copyOut(this.#bytes, 0, Math.min(4096, writable.remaining));
      written += writable.copyIn(this.#bytes, 0, length);
    }
    return written;
  }

  /** Answers `held[index]` and lets go of it. */
  release(index: number): void {
    const [{ queue, chain }] = this.held.splice(index, 1);
    this.runtime.queues[queue].complete(chain, this.echo(chain));
  }

  override reset(): void {
    this.calls.push('reset');
  }

  override queueReset(queue: number): void {
    this.calls.push(`queue reset ${queue}`);
  }

  override configurationWritten(offset: number, width: number, value: number): void {
    this.calls.push(`write ${offset} ${width} ${value}`);
  }
}
