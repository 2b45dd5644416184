import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { QueueLayout } from '../../../src/ring/virtqueue.ts';
import { layoutAt, writeDescriptor } from '../../support/driver.ts';
import { EchoDevice } from '../../support/echo-device.ts';
import { Harness, VIRTIO_F_INDIRECT_DESC, VIRTIO_F_VERSION_1 } from '../../support/harness.ts';
import { modelChain } from './chain-model.ts';

/**
 * A driver that writes whatever it likes, and a device that answers every chain it is given. The
 * device must never throw, never come to no rest, and never write but where a chain allowed it
 * and to the used ring.
 */

const SIZE = 16 * 1024;

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterAll(() => {
  vi.restoreAllMocks();
});

const address = fc.oneof(
  { weight: 30, arbitrary: fc.nat(SIZE - 400) },
  { weight: 9, arbitrary: fc.nat(SIZE / 16).map((index) => 16 * index) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
  { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n) },
);
const length = fc.oneof(
  { weight: 30, arbitrary: fc.nat(300) },
  { weight: 9, arbitrary: fc.nat(30).map((entries) => 16 * entries) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);
const flags = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(0, 0, 2, 2, 2, 1, 3) },
  { weight: 4, arbitrary: fc.constantFrom(4, 6) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);
const next = fc.oneof(
  { weight: 10, arbitrary: fc.nat(15) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);

const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('descriptor' as const),
      at: fc.nat(40),
      row: fc.record({ address, length, flags, next }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('available' as const),
      head: fc.oneof(
        { weight: 12, arbitrary: fc.nat(15) },
        { weight: 1, arbitrary: fc.nat(65535) },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('doorbell' as const), index: fc.nat(65535) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('scribble' as const),
      at: fc.nat(SIZE - 64),
      bytes: fc.uint8Array({ maxLength: 64 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('requeue' as const) }) },
);

test('any driver: no exception, rest, and no write but to writable buffers and used ring', () => {
  let served = 0;
  let faults = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 4, 8, 16),
      fc.array(fc.record({ address, length, flags, next }), { minLength: 16, maxLength: 40 }),
      fc.array(act, { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      (queueSize, rows, acts, indirect) => {
        const device = new EchoDevice([16]);
        const features = [VIRTIO_F_VERSION_1, ...(indirect ? [VIRTIO_F_INDIRECT_DESC] : [])];
        const harness = new Harness(device, { memorySize: SIZE, features });
        const layout: QueueLayout = layoutAt(4096, queueSize);
        const allowed = new Uint8Array(SIZE);
        const usedLength = 6 + 8 * queueSize;
        allowed.fill(1, layout.usedRing, layout.usedRing + usedLength - 2);
        device.onTake = (chain) => {
          served++;
          // What the device believes it may write must be what the memory says right now.
          const { descriptorTable } = layout;
          const model = modelChain(harness.bytes, descriptorTable, queueSize, chain.head, indirect);
          if (model === null) throw new Error('a chain that is none was taken');
          for (const segment of model) {
            if (!segment.writable) continue;
            allowed.fill(1, segment.address, segment.address + segment.length);
          }
        };

        const begin = () => {
          harness.negotiate(features);
          harness.enableQueueAt(0, layout);
          harness.driverOk();
        };
        let available = 0;
        const descriptor = (at: number, row: (typeof rows)[number]) => {
          // Most links stay within the queue, whatever its size.
          const next = row.next < 16 ? row.next % queueSize : row.next;
          writeDescriptor(harness.memory, layout.descriptorTable, at, { ...row, next });
        };
        for (const [index, row] of rows.entries()) descriptor(index, row);
        begin();

        for (const step of acts) {
          if (harness.needsReset) {
            harness.reset();
            available = 0;
            begin();
          }
          if (step.kind === 'descriptor') descriptor(step.at, step.row);
          if (step.kind === 'scribble') harness.bytes.set(step.bytes, step.at);
          if (step.kind === 'available') {
            const slot = available % queueSize;
            const head = step.head < 16 ? step.head % queueSize : step.head;
            harness.memory.write16(layout.availableRing + 4 + 2 * slot, head);
            available = (available + 1) & 0xffff;
            harness.ringWith(0, available);
          }
          if (step.kind === 'doorbell') harness.ringWith(0, step.index);
          if (step.kind === 'reset') {
            harness.reset();
            available = 0;
            begin();
          }
          if (step.kind === 'requeue') {
            harness.resetQueue(0);
            available = 0;
            begin();
          }
          const before = harness.bytes.slice();
          harness.pump();
          if (harness.needsReset) faults++;
          for (let at = 0; at < SIZE; at++) {
            if (harness.bytes[at] !== before[at] && allowed[at] === 0) {
              throw new Error(`a write to ${at} that no chain allowed`);
            }
          }
        }
        harness.checkCanaries();
      },
    ),
    { numRuns: 300 },
  );
  // A driver that is always refused, or never, would test half of it only.
  expect(served).toBeGreaterThan(100);
  expect(faults).toBeGreaterThan(100);
});

test('a queue laid over its own parts and buffers harms nobody but the guest', () => {
  const place = fc.nat(SIZE / 16 - 1).map((index) => 16 * index);
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 8, 16),
      place,
      place,
      place,
      fc.uint8Array({ minLength: SIZE, maxLength: SIZE }),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }),
      (queueSize, descriptorTable, availableRing, usedRing, content, steps) => {
        const device = new EchoDevice([16]);
        const harness = new Harness(device, { memorySize: SIZE });
        // Bytes of mostly 0 to 7 make flags, lengths and addresses that often mean something.
        harness.bytes.set(
          content.map((byte, at) => (at % 4 === 0 ? byte : byte % 41 === 0 ? 1 : 0)),
        );
        harness.enableQueueAt(0, { queueSize, descriptorTable, availableRing, usedRing });
        harness.driverOk();
        let index = 0;
        for (const step of steps) {
          index = (index + step) & 0xffff;
          harness.ringWith(0, index);
          harness.pump();
        }
        harness.checkCanaries();
      },
    ),
    { numRuns: 60 },
  );
});
