import assert from 'node:assert/strict';
import { createRngDevice } from '../../src/devices/rng/rng.ts';
import { Harness, VIRTIO_F_VERSION_1 } from '../support/harness.ts';
import { MEMORY_SIZE, plainShape } from './hostile-driver.ts';
import { type HostileDevice, hostileProperty } from './hostile-stage.ts';

/** Requests of the entropy device. */
export const rng = hostileProperty({
  name: 'rng',
  cases: 10_000,
  variants: 1,
  queues: 1,
  shape: plainShape,
  make: () => new HostileRng(),
});

class HostileRng implements HostileDevice {
  readonly features = [VIRTIO_F_VERSION_1];
  readonly harness = new Harness(createRngDevice().device, { memorySize: MEMORY_SIZE });

  restore(): void {}

  serveHonestly(): void {
    const { harness } = this;
    harness.negotiate(this.features);
    const driver = harness.enableQueue(0, 8);
    harness.driverOk();
    const answers = [harness.space(32), harness.space(32)];
    for (const answer of answers) {
      harness.bytes.fill(0, answer.address, answer.address + answer.length);
      driver.add([], [answer]);
    }
    harness.ring(0);
    harness.pump();
    assert.deepEqual(
      driver.collectUsed().map(({ len }) => len),
      [32, 32],
    );
    const [first, second] = answers.map((answer) => harness.contents(answer).join());
    assert.notEqual(first, second);
    assert.notEqual(first, new Uint8Array(32).join());
  }
}
