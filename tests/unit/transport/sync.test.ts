import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Word } from '../../../src/link/control-block.ts';
import { Feature } from '../../../src/transport/features.ts';
import { Rig } from './rig.ts';

/** The sync rule, from the CPU thread's side. */

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

afterEach(() => rig.ram.checkCanaries());

const requested = () => rig.control.load(Word.syncRequest);
const done = () => rig.control.load(Word.syncDone);

test('code is dropped of exactly the ranges that the device may have written', () => {
  const driver = rig.start();
  const answers = [rig.space(4096), rig.space(1), rig.space(100)];
  // Not one after the other, lest they be joined.
  driver.add([rig.buffer('only read')], [answers[0], answers[2]]);
  driver.add([rig.buffer('only read, too')], [answers[1]]);
  driver.add([rig.buffer('nothing to write')]);
  rig.notify(0);
  rig.pump();
  expect(rig.dropped).toEqual([answers[0], answers[2], answers[1]]);
});

test('code is dropped before the sync is acknowledged, and that before the index is published', () => {
  const driver = rig.start();
  let drops = 0;
  rig.onDrop = () => {
    drops++;
    expect(done()).not.toBe(requested());
    rig.poll();
    expect(driver.usedIndex).toBe(0);
  };
  driver.add([rig.buffer('abc')], [rig.space(2), rig.space(64)]);
  rig.notify(0);
  rig.poll();
  rig.syncPoint();
  expect(drops).toBe(2);
  expect(done()).toBe(requested());
  expect(driver.usedIndex).toBe(0);
  rig.poll();
  expect(driver.usedIndex).toBe(1);
});

test('a sync is made once for each request of it', () => {
  const driver = rig.start();
  for (let round = 1; round <= 3; round++) {
    driver.add([rig.buffer('x')], [rig.space(16)]);
    rig.notify(0);
    rig.poll();
    rig.syncPoint();
    rig.link.sync();
    expect(rig.dropped).toHaveLength(round);
    rig.pump();
    driver.collectUsed();
  }
});

test('a device that asks for nothing is not synced', () => {
  rig.start();
  const before = done();
  rig.changeConfiguration(0, [1]);
  rig.syncPoint();
  rig.link.sync();
  expect(done()).toBe(before);
  expect(rig.dropped).toEqual([]);
});

test('a worker that publishes at once is interrupted for in the same sync point', () => {
  const driver = rig.start();
  driver.add([rig.buffer('x')], [rig.space(1)]);
  rig.notify(0);
  rig.poll();
  // Once the sync is made, the worker goes on while the CPU thread looks at the attention word.
  rig.meanwhile();
  rig.syncPoint();
  expect(driver.usedIndex).toBe(1);
  expect(rig.interrupted).toBe(true);
});

test('a sync that is asked for while another one is made is not forgotten', () => {
  const driver = rig.start();
  driver.add([rig.buffer('first')], [rig.space(8)]);
  rig.notify(0);
  rig.poll();
  driver.add([rig.buffer('second')], [rig.space(8)]);
  rig.link.ringDoorbell(0);
  // The worker publishes the first, has done the second, and asks again, all in this sync point.
  rig.meanwhile();
  rig.syncPoint();
  rig.meanwhile(() => {});
  expect(driver.usedIndex).toBe(1);
  rig.pump();
  expect(driver.usedIndex).toBe(2);
});

test('indirect chains are synced like any others', () => {
  const driver = rig.start([Feature.version1, Feature.indirectDescriptors]);
  const answer = rig.space(32);
  driver.add([rig.buffer('x')], [answer], { indirect: true });
  rig.notify(0);
  rig.pump();
  expect(rig.dropped).toEqual([answer]);
});

test('however the two threads interleave, no request is forgotten and none goes untold', () => {
  const round = fc.record({
    requests: fc.integer({ min: 0, max: 3 }),
    notify: fc.boolean(),
    syncPoint: fc.boolean(),
  });
  const turns = fc.infiniteStream(fc.boolean());
  fc.assert(
    fc.property(
      fc.array(round, { maxLength: 12 }),
      turns,
      fc.boolean(),
      (rounds, turns, events) => {
        rig = new Rig();
        const driver = rig.start(
          events ? [Feature.version1, Feature.eventIndex] : [Feature.version1],
        );
        rig.meanwhile(() => {
          if (turns.next().value) rig.poll();
        });
        let made = 0;
        let used = 0;
        const handleInterrupt = () => {
          if (!rig.interrupted) return;
          rig.readIsr();
          used += driver.collectUsed().length;
          driver.usedEvent = driver.collectedIndex;
        };
        for (const { requests, notify, syncPoint } of rounds) {
          for (let count = 0; count < requests && driver.freeDescriptors > 0; count++) {
            driver.add([rig.space(1)]);
            made++;
          }
          if (notify) rig.notify(0);
          if (syncPoint) rig.syncPoint();
          handleInterrupt();
        }
        rig.notify(0);
        rig.meanwhile(() => {});
        for (let turn = 0; turn < 10; turn++) {
          rig.pump();
          handleInterrupt();
        }
        expect(used).toBe(made);
      },
    ),
    { numRuns: 60 },
  );
});
