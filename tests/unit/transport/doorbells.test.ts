import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QueueWord, Word } from '../../../src/link/control-block.ts';
import { Feature } from '../../../src/transport/features.ts';
import { layoutAt, layoutLength } from '../../support/driver.ts';
import { ISR_QUEUE, NOTIFY, Rig } from './rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  rig.ram.checkCanaries();
  vi.restoreAllMocks();
});

/** The available index that the worker may consume up to. */
const rung = (queue = 0) => rig.control.load(rig.control.queueBase(queue) + QueueWord.doorbell);
const signals = () => rig.control.load(Word.signal);

describe('the doorbell rule', () => {
  test('a doorbell carries the available index of its moment to the worker', () => {
    const driver = rig.start();
    driver.add([rig.buffer('1')]);
    driver.add([rig.buffer('2')]);
    expect(rung()).toBe(0);
    const before = signals();
    rig.notify(0);
    driver.add([rig.buffer('3')]);
    expect(rung()).toBe(2);
    expect(signals()).toBeGreaterThan(before);
    expect(rig.link.busy).toBe(true);
    rig.pump();
    expect(rig.device.taken).toBe(2);
  });

  test('each queue has its own', () => {
    rig.negotiate();
    rig.enableQueue(0);
    const driver = rig.enableQueue(1);
    rig.driverOk();
    driver.add([rig.buffer('x')]);
    rig.notify(1);
    expect([rung(0), rung(1)]).toEqual([0, 1]);
  });

  test('chains that are there at DRIVER_OK are found without one', () => {
    rig.negotiate();
    const driver = rig.enableQueue(0);
    driver.add([rig.buffer('x')]);
    driver.add([rig.buffer('y')]);
    rig.poll();
    expect(rig.device.taken).toBe(0);
    rig.driverOk();
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(2);
  });

  test('the index passes 65535', () => {
    const driver = rig.start([Feature.version1], 8);
    const question = rig.buffer('q');
    for (let round = 0; round < 65536 / 8 + 1; round++) {
      for (let chain = 0; chain < 8; chain++) driver.add([question]);
      rig.notify(0);
      rig.poll();
      rig.syncPoint();
      rig.poll();
      if (driver.collectUsed().length !== 8) throw new Error(`round ${round}`);
    }
    expect(rung()).toBe(8);
  });
});

describe('avail_event', () => {
  test('is set to the index of the doorbell, with EVENT_IDX; flags stay 0 (SPLIT-015)', () => {
    const driver = rig.start([Feature.version1, Feature.eventIndex]);
    for (let count = 1; count <= 4; count++) {
      driver.add([rig.buffer('x')]);
      rig.notify(0);
      // In the same moment: the worker has not even looked.
      expect(driver.availEvent).toBe(count);
      expect(driver.usedFlags).toBe(0);
    }
  });

  test('is set at DRIVER_OK, so that the next chain brings a doorbell', () => {
    rig.negotiate([Feature.version1, Feature.eventIndex]);
    const driver = rig.enableQueue(0);
    driver.add([rig.buffer('x')]);
    driver.add([rig.buffer('y')]);
    rig.driverOk();
    expect(driver.availEvent).toBe(2);
  });

  test('is not touched without EVENT_IDX; flags are 0 (SPLIT-014)', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    expect(driver.availEvent).toBe(0);
    expect(driver.usedFlags).toBe(0);
  });
});

describe('a doorbell that means nothing is harmless (SPLIT-016)', () => {
  test('for a queue that does not exist', () => {
    rig.start();
    for (const queue of [2, 0x7fff, 0xffff]) rig.notify(queue);
    rig.pump();
    expect(rig.device.taken).toBe(0);
  });

  test('for a queue that is not enabled', () => {
    rig.start();
    const before = signals();
    rig.notify(1);
    expect(signals()).toBe(before);
  });

  test('before DRIVER_OK: RAM is neither read nor written (BASIC-001)', () => {
    rig.negotiate([Feature.version1, Feature.eventIndex]);
    const driver = rig.enableQueue(0);
    driver.add([rig.buffer('x')]);
    const ram = rig.ram.bytes.slice();
    rig.notify(0);
    rig.pump();
    expect(rung()).toBe(0);
    expect(rig.device.taken).toBe(0);
    expect(Buffer.compare(rig.ram.bytes, ram)).toBe(0);
  });

  test('without anything new', () => {
    const driver = rig.start();
    for (let count = 0; count < 5; count++) rig.notify(0);
    rig.pump();
    expect(rig.device.taken).toBe(0);
    expect(driver.usedIndex).toBe(0);
    expect(rig.interrupted).toBe(false);
  });

  test('after a reset, and while one goes on', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.status = 0;
    rig.notify(0);
    rig.poll();
    rig.notify(0);
    rig.pump();
    expect(rig.device.taken).toBe(0);
  });

  test('of one byte, or beside the register', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.write(NOTIFY, 1, 0);
    rig.write(NOTIFY + 1, 2, 0);
    rig.write(NOTIFY + 2, 2, 0);
    expect(rung()).toBe(0);
    rig.write(NOTIFY, 4, 0xabcd0000); // 32 bits are taken: the queue is in the lower half
    expect(rung()).toBe(1);
  });

  test('reading the register gives 0 and does nothing', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    expect([1, 2, 4].map((width) => rig.read(NOTIFY, width))).toEqual([0, 0, 0]);
    expect(rung()).toBe(0);
  });
});

test('an available index that moves too far fails the device, and nothing is taken', () => {
  const driver = rig.start([Feature.version1], 8);
  driver.memory.write16(driver.layout.availableRing + 2, 9);
  rig.notify(0);
  rig.pump();
  expect(rig.status & 64).toBe(64);
  expect(rig.device.taken).toBe(0);
  // It does nothing more, whatever it is told.
  rig.notify(0);
  rig.pump();
  expect(driver.usedIndex).toBe(0);
});

describe('waiting at the doorbell', () => {
  test('an answer that comes at once is served in the same port access', () => {
    const driver = rig.start();
    rig.meanwhile();
    const answer = rig.space(5);
    driver.add([rig.buffer('hello')], [answer]);
    rig.notify(0);
    expect(rig.dropped).toEqual([answer]);
    expect(driver.collectUsed()).toHaveLength(1);
    expect(rig.text(answer)).toBe('hello');
    expect(rig.interrupted).toBe(true);
    expect(rig.readIsr()).toBe(ISR_QUEUE);
  });

  test('is given up when it does not pay, tried again now and then, and pays again', () => {
    rig.start();
    // The worker never answers.
    for (let count = 0; count < 64; count++) rig.link.waitAfterDoorbell(0);
    let looks = 0;
    rig.meanwhile(() => looks++);
    const looksAt = Array.from({ length: 32 }, () => {
      looks = 0;
      rig.link.waitAfterDoorbell(0);
      return looks > 0;
    });
    expect(looksAt.filter((looked) => looked)).toHaveLength(2);
    // From now on it asks for a sync at once.
    rig.meanwhile(() => {
      rig.control.store(Word.syncRequest, 1 + rig.control.load(Word.syncDone));
    });
    const answers = Array.from({ length: 32 }, () => rig.link.waitAfterDoorbell(0));
    expect(answers.at(-1)).toBe(true);
  });

  test('of a driver that polls ends the slice unless the answer is there', () => {
    rig = new Rig({ polledQueues: [0] });
    const driver = rig.start();
    driver.add([rig.buffer('hello')], [rig.space(5)]);
    rig.notify(0);
    expect([rig.link.isPolled, rig.sliceEnds]).toEqual([true, 1]);
    rig.pump();
    expect(rig.link.isPolled).toBe(false);
    rig.meanwhile();
    driver.add([rig.buffer('hello')], [rig.space(5)]);
    rig.notify(0);
    expect([rig.link.isPolled, rig.sliceEnds]).toEqual([false, 1]);
    // Nobody polls the other queue.
    rig.meanwhile(() => {});
    rig.notify(1);
    expect([rig.link.isPolled, rig.sliceEnds]).toEqual([false, 1]);
  });
});

test('a queue at the very end of RAM is rung for', () => {
  rig.negotiate([Feature.version1, Feature.eventIndex]);
  const layout = layoutAt(rig.memory.size - 256, 8);
  expect(layout.usedRing + layoutLength(8)).toBeGreaterThan(rig.memory.size);
  const usedRing = rig.memory.size - 72;
  rig.describeQueue(0, { ...layout, usedRing });
  rig.write(0x1c, 2, 1);
  rig.driverOk();
  rig.pump();
  expect(rig.status & 64).toBe(0);
});
