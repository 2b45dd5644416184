import assert from 'node:assert/strict';
import { EchoDevice, type Held } from '../support/echo-device.ts';
import { Harness, VIRTIO_F_VERSION_1 } from '../support/harness.ts';
import { LARGEST_QUEUE, MEMORY_SIZE, plainShape } from './hostile-driver.ts';
import { type HostileDevice, hostileProperty } from './hostile-stage.ts';

const QUEUES = 2;

/** Rings alone: a device that answers each chain with a copy of what it reads. */
export const rings = hostileProperty({
  name: 'rings',
  cases: 50_000,
  variants: 2,
  queues: QUEUES,
  shape: plainShape,
  make: (variant) => (variant === 0 ? new Answering() : new Holding()),
});

/** Answers at once. */
class Answering implements HostileDevice {
  readonly features = [VIRTIO_F_VERSION_1];
  readonly device = new RestartingEcho(new Array(QUEUES).fill(LARGEST_QUEUE));
  readonly harness = new Harness(this.device, { memorySize: MEMORY_SIZE });

  restore(): void {}

  serveHonestly(): void {
    this.device.holding = false;
    this.device.letGo();
    const { harness } = this;
    harness.negotiate(this.features);
    for (let queue = 0; queue < QUEUES; queue++) harness.enableQueue(queue, LARGEST_QUEUE);
    harness.driverOk();
    for (let queue = 0; queue < QUEUES; queue++) {
      const answer = harness.space(5);
      harness.driver(queue).add([harness.buffer('hel'), harness.buffer('lo')], [answer]);
      harness.ring(queue);
      harness.pump();
      assert.equal(harness.driver(queue).collectUsed()[0]?.len, 5);
      assert.equal(new TextDecoder().decode(harness.contents(answer)), 'hello');
    }
  }
}

/** Holds every chain until the page lets it go, in any order: what a slow backend does. */
class Holding extends Answering {
  override restore(): void {
    this.device.holding = true;
  }

  page(_action: number, value: number): boolean {
    const { held } = this.device;
    this.device.letGo();
    if (held.length > 0) this.device.release(value % held.length);
    this.harness.control.signal();
    return true;
  }
}

/**
 * Forgets what it holds when it is reset, as every device must, and lets go of it later, as one
 * with a slow backend does.
 */
class RestartingEcho extends EchoDevice {
  readonly #forgotten: Held[] = [];

  letGo(): void {
    for (const { queue, chain } of this.#forgotten.splice(0)) {
      this.runtime.queues[queue].complete(chain, 0);
    }
  }

  override reset(): void {
    this.#forgotten.push(...this.held.splice(0));
  }

  override queueReset(queue: number): void {
    const held = this.held.splice(0);
    this.#forgotten.push(...held.filter((one) => one.queue === queue));
    this.held.push(...held.filter((one) => one.queue !== queue));
  }
}
