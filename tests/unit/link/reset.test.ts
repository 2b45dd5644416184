import { expect, test } from 'vitest';
import { Word } from '../../../src/link/control-block.ts';
import { EchoDevice } from '../../support/echo-device.ts';
import { Harness } from '../../support/harness.ts';

test('a reset does not touch the dirty list that the CPU thread may be reading', () => {
  const harness = new Harness(new EchoDevice());
  harness.enableQueue(0, 8).add([harness.buffer('x')], [harness.space(1)]);
  harness.driverOk();
  harness.ring(0);
  harness.poll();
  const first = [
    ...harness.control.words.slice(harness.control.dirtyBase(0), harness.control.dirtyBase(1)),
  ];
  harness.requestReset();
  harness.poll();
  const driver = harness.enableQueue(0, 8);
  driver.add([harness.buffer('y')], [harness.space(100)]);
  harness.ring(0);
  harness.control.store(Word.driverOk, 1);
  harness.poll();
  expect(harness.control.load(Word.syncRequest)).toBe(1);
  expect([
    ...harness.control.words.slice(harness.control.dirtyBase(0), harness.control.dirtyBase(1)),
  ]).toEqual(first);
  harness.pump();
  expect(driver.usedIndex).toBe(1);
});

test('configuration writes that came before a reset are heard before it', () => {
  const device = new EchoDevice();
  const harness = new Harness(device);
  harness.writeConfiguration(0, 1, 5);
  harness.reset();
  expect(device.calls).toEqual(['write 0 1 5', 'reset']);
});

test.each([
  ['of the device', (harness: Harness) => harness.requestReset()],
  ['of the queue alone', (harness: Harness) => harness.requestQueueReset(0)],
])('a reset %s waits for the chain that is being served, not for those behind it', (_, request) => {
  const device = new EchoDevice();
  const harness = new Harness(device);
  const driver = harness.enableQueue(0, 8);
  harness.driverOk();
  for (let chain = 0; chain < 4; chain++) driver.add([harness.buffer('x')], [harness.space(1)]);
  harness.ring(0);
  device.onTake = () => {
    if (device.taken === 1) request(harness);
  };
  harness.pump();
  expect(device.taken).toBe(1);
  expect(driver.usedIndex).toBe(0);
});
