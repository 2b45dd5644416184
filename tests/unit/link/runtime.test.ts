import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QueueWord, Word } from '../../../src/link/control-block.ts';
import { writeDescriptor } from '../../support/driver.ts';
import { EchoDevice } from '../../support/echo-device.ts';
import {
  Harness,
  VIRTIO_F_EVENT_IDX,
  VIRTIO_F_INDIRECT_DESC,
  VIRTIO_F_VERSION_1,
} from '../../support/harness.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

let device: EchoDevice;
let harness: Harness;

beforeEach(() => {
  device = new EchoDevice([256, 256]);
  harness = new Harness(device);
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  harness.checkCanaries();
  vi.restoreAllMocks();
});

/** A harness with one running queue. */
function start(queueSize = 8) {
  const driver = harness.enableQueue(0, queueSize);
  harness.driverOk();
  return driver;
}

describe('a request', () => {
  test('goes round: available, doorbell, work, sync, used, notification', () => {
    const driver = start();
    const answer = harness.space(16);
    const head = driver.add([harness.buffer('hello')], [answer]);
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()).toEqual([{ id: head, len: 5 }]);
    expect(text(harness.contents(answer)).slice(0, 5)).toBe('hello');
    expect(harness.usedNotifications).toEqual([1, 0]);
    expect(harness.control.load(Word.completed)).toBe(1);
  });

  test('goes round in every slot, past the wrap of both indices at 65536', () => {
    const driver = start(8);
    const question = harness.space(4);
    const answer = harness.space(4);
    for (let round = 0; round < 65536 + 12; round += 4) {
      for (let chain = 0; chain < 4; chain++) driver.add([question], [answer]);
      harness.ring(0);
      harness.pump();
      if (driver.collectUsed().length !== 4) throw new Error(`round ${round}`);
    }
    expect(driver.usedIndex).toBe(12);
  });

  test('of many segments and an indirect table gives the same bytes (SPLIT-001)', () => {
    harness = new Harness(device, { features: [VIRTIO_F_VERSION_1, VIRTIO_F_INDIRECT_DESC] });
    const driver = start();
    const answer = [harness.space(3), harness.space(1), harness.space(20)];
    const question = ['ring', 'b', 'ox ', 'in a tab'].map((part) => harness.buffer(part));
    driver.add(question, answer, { indirect: true, direct: 2 });
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()[0].len).toBe(16);
    expect(text(harness.contents(answer[0]))).toBe('rin');
    expect(text(harness.contents(answer[1]))).toBe('g');
    expect(text(harness.contents(answer[2])).slice(0, 12)).toBe('box in a tab');
  });
});

describe('the doorbell rule', () => {
  test('nothing is taken beyond the doorbell, however far avail.idx is', () => {
    const driver = start();
    driver.add([harness.buffer('1')]);
    harness.ring(0);
    driver.add([harness.buffer('2')]);
    driver.add([harness.buffer('3')]);
    harness.pump();
    expect(device.taken).toBe(1);
    harness.ring(0);
    harness.pump();
    expect(device.taken).toBe(3);
  });

  test('a spurious doorbell is harmless (SPLIT-016)', () => {
    const driver = start();
    for (let times = 0; times < 3; times++) harness.ring(0);
    harness.pump();
    driver.add([harness.buffer('1')]);
    for (let times = 0; times < 3; times++) {
      harness.ring(0);
      harness.pump();
    }
    expect(device.taken).toBe(1);
    expect(driver.collectUsed()).toHaveLength(1);
    expect(harness.needsReset).toBe(false);
  });

  test('nothing is taken from a queue that is not enabled', () => {
    start();
    harness.ringWith(1, 3);
    harness.pump();
    expect(device.taken).toBe(0);
    expect(harness.needsReset).toBe(false);
  });

  test('nothing is taken before DRIVER_OK (BASIC-001)', () => {
    const driver = harness.enableQueue(0, 8);
    driver.add([harness.buffer('early')]);
    harness.ring(0);
    harness.pump();
    expect(harness.runtime.driverOk).toBe(false);
    expect(harness.runtime.queues[0].waiting).toBe(0);
    expect(device.taken).toBe(0);
    expect(driver.usedIndex).toBe(0);
    harness.driverOk();
    expect(harness.runtime.driverOk).toBe(true);
    expect(device.taken).toBe(1);
    expect(driver.collectUsed()).toHaveLength(1);
  });

  test('avail_event follows each doorbell with EVENT_IDX, flags stay 0 (SPLIT-015)', () => {
    harness = new Harness(device, { features: [VIRTIO_F_VERSION_1, VIRTIO_F_EVENT_IDX] });
    const driver = start();
    for (let index = 1; index <= 20; index++) {
      driver.add([harness.buffer('x')]);
      harness.ring(0);
      expect(driver.availEvent).toBe(index);
      expect(driver.usedFlags).toBe(0);
      harness.pump();
      driver.collectUsed();
    }
  });
});

describe('the sync rule', () => {
  test('nothing is visible in used.idx before the CPU thread has passed a sync point', () => {
    const driver = start();
    driver.add([harness.buffer('hello')], [harness.space(8)]);
    harness.ring(0);
    for (let polls = 0; polls < 5; polls++) {
      harness.poll();
      expect(driver.usedIndex).toBe(0);
      expect(harness.control.load(harness.control.queueBase(0) + QueueWord.published)).toBe(0);
    }
    expect(harness.control.load(Word.syncRequest)).toBe(1);
    harness.syncPoint();
    expect(driver.usedIndex).toBe(0);
    harness.poll();
    expect(driver.usedIndex).toBe(1);
    expect(harness.control.load(harness.control.queueBase(0) + QueueWord.published)).toBe(1);
  });

  test('data and used element are written before the sync is asked for (SPLIT-012, SPLIT-013)', () => {
    const driver = start();
    const answer = harness.space(5);
    driver.add([harness.buffer('hello')], [answer]);
    harness.ring(0);
    harness.poll();
    expect(harness.control.load(Word.syncRequest)).toBe(1);
    expect(text(harness.contents(answer))).toBe('hello');
    expect(harness.memory.read32(driver.layout.usedRing + 8)).toBe(5);
    expect(driver.usedIndex).toBe(0);
  });

  test('every writable segment is posted as dirty, no readable one is', () => {
    const driver = start();
    const answers = [harness.space(100), harness.space(0), harness.space(3)];
    harness.allocate(64);
    answers.push(harness.space(7));
    driver.add([harness.buffer('hello')], answers);
    harness.ring(0);
    harness.pump();
    const covered = (address: number) =>
      harness.dirty.some(
        (range) => address >= range.address && address < range.address + range.length,
      );
    for (const { address, length } of answers) {
      for (let byte = 0; byte < length; byte++) expect(covered(address + byte)).toBe(true);
    }
    const bytes = harness.dirty.reduce((sum, range) => sum + range.length, 0);
    expect(bytes).toBe(110);
  });

  test('chains that come while a sync is outstanding go into the next batch', () => {
    const driver = start();
    driver.add([harness.buffer('1')], [harness.space(1)]);
    harness.ring(0);
    harness.poll();
    const second = harness.space(1);
    driver.add([harness.buffer('2')], [second]);
    harness.ring(0);
    harness.poll();
    expect(device.taken).toBe(2);
    expect(text(harness.contents(second))).toBe('2');
    expect(harness.control.load(Word.syncRequest)).toBe(1);
    harness.syncPoint();
    expect(harness.dirty).toHaveLength(1);
    harness.poll();
    expect(driver.usedIndex).toBe(1);
    expect(harness.control.load(Word.syncRequest)).toBe(2);
    harness.pump();
    expect(driver.usedIndex).toBe(2);
    expect(harness.dirty).toHaveLength(2);
    expect(harness.dirty[1]).toEqual(second);
  });

  test('one sync serves a batch of several chains and queues', () => {
    const first = harness.enableQueue(0, 16);
    const second = harness.enableQueue(1, 16);
    harness.driverOk();
    for (let chain = 0; chain < 10; chain++) {
      first.add([harness.buffer('a')]);
      second.add([harness.buffer('b')]);
    }
    harness.ring(0);
    harness.ring(1);
    harness.pump();
    expect(harness.syncs).toBe(1);
    expect(first.collectUsed()).toHaveLength(10);
    expect(second.collectUsed()).toHaveLength(10);
  });

  test('an idle device asks for no sync', () => {
    start();
    harness.ring(0);
    harness.pump();
    expect(harness.syncs).toBe(0);
    expect(harness.attention.peek()).toBe(0);
  });
});

describe('completion', () => {
  test('in any order is given back in the order of completion', () => {
    device.holding = true;
    const driver = start();
    const heads = ['a', 'b', 'c', 'd'].map((letter) =>
      driver.add([harness.buffer(letter)], [harness.space(1)]),
    );
    harness.ring(0);
    harness.pump();
    expect(driver.usedIndex).toBe(0);
    for (const index of [2, 0, 1, 0]) device.release(index);
    harness.pump();
    expect(driver.collectUsed().map(({ id }) => id)).toEqual([
      heads[2],
      heads[0],
      heads[3],
      heads[1],
    ]);
  });

  test('of one and the same chain twice counts once', () => {
    device.holding = true;
    const driver = start();
    driver.add([harness.buffer('a')], [harness.space(1)]);
    driver.add([harness.buffer('b')], [harness.space(1)]);
    harness.ring(0);
    harness.pump();
    const { chain } = device.held[0];
    device.release(0);
    harness.runtime.queues[0].complete(chain, 0);
    harness.pump();
    expect(driver.collectUsed()).toHaveLength(1);
    // Chain objects are used again; the one that was completed twice must not be given out twice.
    for (const letter of ['c', 'd']) driver.add([harness.buffer(letter)], [harness.space(1)]);
    harness.ring(0);
    harness.pump();
    expect(new Set(device.held.map((held) => held.chain)).size).toBe(3);
  });

  test('is batched by run, not by chain', () => {
    const driver = start(256);
    for (let chain = 0; chain < 200; chain++) driver.add([harness.buffer('x')]);
    harness.ring(0);
    harness.pump();
    expect(harness.syncs).toBe(1);
    expect(harness.usedNotifications[0]).toBe(1);
  });
});

describe('a device reset', () => {
  test('tears the queues down, tells the device and is acknowledged (BASIC-009)', () => {
    const driver = start();
    driver.add([harness.buffer('x')]);
    harness.reset();
    expect(device.calls).toContain('reset');
    expect(harness.runtime.queues[0].queueSize).toBe(0);
    harness.ringWith(0, 1);
    harness.pump();
    expect(device.taken).toBe(0);
    expect(driver.usedIndex).toBe(0);
    expect(harness.control.load(Word.resetDone)).toBe(1);
  });

  test('in flight: what was not published is never published', () => {
    const driver = start();
    driver.add([harness.buffer('x')], [harness.space(1)]);
    harness.ring(0);
    harness.poll();
    expect(harness.control.load(Word.syncRequest)).toBe(1);
    harness.reset();
    expect(driver.usedIndex).toBe(0);
    expect(harness.usedNotifications[0]).toBe(0);
  });

  test('in flight, with the sync made but not yet seen: never published', () => {
    const driver = start();
    driver.add([harness.buffer('x')], [harness.space(1)]);
    harness.ring(0);
    harness.poll();
    harness.syncPoint();
    harness.reset();
    expect(driver.usedIndex).toBe(0);
  });

  test('a chain that is completed after it is never given back', () => {
    device.holding = true;
    const driver = start();
    driver.add([harness.buffer('x')], [harness.space(1)]);
    harness.ring(0);
    harness.pump();
    harness.reset();
    device.release(0);
    harness.pump();
    expect(driver.usedIndex).toBe(0);
    expect(harness.control.load(Word.completed)).toBe(0);
  });

  test('a chain of an earlier life is not given back in the next one', () => {
    device.holding = true;
    start().add([harness.buffer('old')], [harness.space(3)]);
    harness.ring(0);
    harness.pump();
    harness.reset();
    const driver = start();
    device.release(0);
    harness.pump();
    expect(driver.usedIndex).toBe(0);
    device.holding = false;
    const head = driver.add([harness.buffer('new')], [harness.space(3)]);
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()).toEqual([{ id: head, len: 3 }]);
  });

  test('the device serves again after it, from index 0 (BASIC-012)', () => {
    for (let life = 0; life < 5; life++) {
      const driver = start();
      for (let request = 0; request < 11; request++) {
        driver.add([harness.buffer(`${request}`)], [harness.space(4)]);
        harness.ring(0);
        harness.pump();
        expect(driver.collectUsed()).toHaveLength(1);
      }
      harness.reset();
    }
  });

  test('a batch as large as all of the last life is published all the same (BASIC-012)', () => {
    for (let life = 0; life < 2; life++) {
      const driver = harness.enableQueue(0, 8);
      for (let request = 0; request < 3; request++) driver.add([harness.buffer('x')]);
      harness.ring(0);
      // The worker's first look finds the queue and its requests together.
      harness.driverOk();
      expect(driver.usedIndex).toBe(3);
      harness.reset();
    }
  });

  test('before anything was set up is acknowledged too', () => {
    harness.reset();
    harness.reset();
    expect(harness.control.load(Word.resetDone)).toBe(2);
    expect(device.calls).toEqual(['reset', 'reset']);
  });
});

describe('a queue reset', () => {
  test('takes one queue away and leaves the other (BASIC-011)', () => {
    const first = harness.enableQueue(0, 8);
    const second = harness.enableQueue(1, 8);
    harness.driverOk();
    harness.resetQueue(0);
    expect(device.calls).toContain('queue reset 0');
    first.add([harness.buffer('x')]);
    harness.ringWith(0, 1);
    second.add([harness.buffer('y')]);
    harness.ring(1);
    harness.pump();
    expect(device.taken).toBe(1);
    expect(first.usedIndex).toBe(0);
    expect(second.collectUsed()).toHaveLength(1);
  });

  test('with a batch outstanding publishes the other queue only', () => {
    const first = harness.enableQueue(0, 8);
    const second = harness.enableQueue(1, 8);
    harness.driverOk();
    first.add([harness.buffer('x')], [harness.space(1)]);
    second.add([harness.buffer('y')], [harness.space(1)]);
    harness.ring(0);
    harness.ring(1);
    harness.poll();
    harness.resetQueue(0);
    expect(first.usedIndex).toBe(0);
    expect(second.usedIndex).toBe(1);
  });

  test('and enabling again serves the new layout from index 0 (BASIC-012, BASIC-013)', () => {
    const old = start(8);
    for (let request = 0; request < 3; request++) old.add([harness.buffer('x')]);
    harness.ring(0);
    harness.pump();
    harness.resetQueue(0);
    const driver = harness.enableQueue(0, 32);
    harness.pump();
    expect(harness.runtime.queues[0].queueSize).toBe(32);
    const head = driver.add([harness.buffer('again')], [harness.space(8)]);
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()).toEqual([{ id: head, len: 5 }]);
    expect(old.usedIndex).toBe(3);
  });

  test('a chain that is completed after it is never given back', () => {
    device.holding = true;
    start().add([harness.buffer('x')], [harness.space(1)]);
    harness.ring(0);
    harness.pump();
    harness.resetQueue(0);
    const driver = harness.enableQueue(0, 8);
    harness.pump();
    device.release(0);
    harness.pump();
    expect(driver.usedIndex).toBe(0);
  });
});

describe('pause', () => {
  test('stands still: takes nothing, publishes nothing, says so; then goes on', () => {
    const driver = start();
    driver.add([harness.buffer('1')], [harness.space(1)]);
    harness.ring(0);
    harness.poll();
    harness.pause(true);
    expect(harness.control.load(Word.paused)).toBe(1);
    driver.add([harness.buffer('2')], [harness.space(1)]);
    harness.ring(0);
    const before = harness.bytes.slice();
    harness.pump();
    expect(device.taken).toBe(1);
    expect(driver.usedIndex).toBe(0);
    expect(Buffer.compare(harness.bytes, before)).toBe(0);
    harness.pause(false);
    expect(harness.control.load(Word.paused)).toBe(0);
    expect(driver.collectUsed()).toHaveLength(2);
  });

  test('a reset is carried out even so', () => {
    start();
    harness.pause(true);
    harness.reset();
    expect(device.calls).toContain('reset');
  });
});

describe('the configuration space', () => {
  test('writes reach the device in order, unsigned, and past the wrap of their ring', () => {
    const expected: string[] = [];
    for (let write = 0; write < 1000; write++) {
      const value = (0xfffffff0 + write) >>> 0;
      harness.writeConfiguration(write % 16, 4, value);
      expected.push(`write ${write % 16} 4 ${value}`);
      if (write % 256 === 255) harness.pump();
    }
    harness.pump();
    expect(device.calls).toEqual(expected);
  });

  test('a change bumps the generation and asks for attention', () => {
    harness.runtime.changeConfiguration((configuration) => {
      expect(harness.control.load(Word.configurationGeneration) & 1).toBe(1);
      configuration[3] = 7;
    });
    expect(harness.control.load(Word.configurationGeneration)).toBe(2);
    expect(harness.control.configuration[3]).toBe(7);
    harness.syncPoint();
    expect(harness.configurationNotifications).toBe(1);
  });
});

describe('features', () => {
  test.each([0, 1, 28, 31, 32, 33, 63])('bit %i is seen, and its neighbours are not', (bit) => {
    harness.negotiate([bit]);
    for (let other = 0; other < 64; other++) {
      expect(harness.runtime.hasFeature(other)).toBe(other === bit);
    }
  });
});

describe('a driver that breaks the rules', () => {
  test('makes DEVICE_NEEDS_RESET with a notification (BASIC-002, BASIC-003)', () => {
    const driver = start();
    driver.makeAvailable(8);
    harness.ring(0);
    harness.pump();
    expect(harness.needsReset).toBe(true);
    expect(harness.configurationNotifications).toBe(1);
    expect(console.warn).toHaveBeenCalledTimes(1);
  });

  test('is not served any more, on any queue; chains before the mistake are given back', () => {
    const driver = start();
    const other = harness.enableQueue(1, 8);
    driver.add([harness.buffer('good')], [harness.space(4)]);
    driver.makeAvailable(1000);
    harness.ring(0);
    harness.pump();
    expect(driver.usedIndex).toBe(1);
    driver.add([harness.buffer('late')]);
    other.add([harness.buffer('late')]);
    harness.ring(0);
    harness.ring(1);
    harness.pump();
    expect(device.taken).toBe(1);
    expect(driver.usedIndex).toBe(1);
  });

  test('is served again after a reset', () => {
    start().makeAvailable(8);
    harness.ring(0);
    harness.pump();
    harness.reset();
    expect(harness.needsReset).toBe(false);
    const driver = start();
    driver.add([harness.buffer('good')], [harness.space(4)]);
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()).toHaveLength(1);
  });

  test('that lets the available index leap is refused', () => {
    start(8);
    harness.ringWith(0, 9);
    harness.pump();
    expect(harness.needsReset).toBe(true);
    expect(device.taken).toBe(0);
  });

  test('that makes more chains available than the queue has entries is refused', () => {
    device.holding = true;
    const driver = start(8);
    for (let index = 0; index < 8; index++) driver.add([harness.buffer('x')]);
    harness.ring(0);
    harness.pump();
    expect(device.taken).toBe(8);
    expect(harness.needsReset).toBe(false);
    // Without this, an asynchronous device would gather requests until the worker's memory ends.
    driver.makeAvailable(0);
    harness.ring(0);
    harness.pump();
    expect(device.taken).toBe(8);
    expect(harness.needsReset).toBe(true);
  });

  test.each([
    ['of no power of two', { queueSize: 6 }],
    ['of size 0', { queueSize: 0 }],
    ['of size 65536', { queueSize: 65536 }],
    ['with its used ring beyond RAM', { usedRing: 0xfffffffc }],
    ['with its descriptor table beyond RAM', { descriptorTable: 0x80000000 }],
    ['with its available ring beyond RAM', { availableRing: 0xfffffffe }],
    ['with a used ring that is not aligned', { usedRing: 0x5002 }],
  ])('and enables a queue %s is refused', (_name, mistake) => {
    const layout = {
      queueSize: 8,
      descriptorTable: 0x3000,
      availableRing: 0x4000,
      usedRing: 0x5000,
    };
    harness.enableQueueAt(0, { ...layout, ...mistake });
    harness.driverOk();
    expect(harness.needsReset).toBe(true);
    harness.ringWith(0, 1);
    harness.pump();
    expect(device.taken).toBe(0);
    harness.reset();
    expect(harness.needsReset).toBe(false);
  });

  test('and rewrites a descriptor while the device works changes nothing', () => {
    const driver = start();
    const answer = harness.space(5);
    const victim = harness.space(5);
    const head = driver.add([harness.buffer('hello')], [answer]);
    device.onTake = () => {
      const table = driver.layout.descriptorTable;
      for (let index = 0; index < 8; index++) {
        writeDescriptor(harness.memory, table, index, { ...victim, flags: 2 });
      }
    };
    harness.ring(0);
    harness.pump();
    expect(driver.collectUsed()).toEqual([{ id: head, len: 5 }]);
    expect(text(harness.contents(answer))).toBe('hello');
    expect(harness.contents(victim).every((byte) => byte === 0)).toBe(true);
  });
});

describe('used buffer notifications', () => {
  test('follow flags without EVENT_IDX (SPLIT-006, SPLIT-007, SPLIT-008)', () => {
    const driver = start();
    driver.usedEvent = 40;
    driver.add([harness.buffer('x')]);
    harness.ring(0);
    harness.pump();
    expect(harness.usedNotifications[0]).toBe(1);
    driver.availableFlags = 1;
    driver.add([harness.buffer('x')]);
    harness.ring(0);
    harness.pump();
    expect(harness.usedNotifications[0]).toBe(1);
  });

  test('follow used_event with EVENT_IDX (SPLIT-009, SPLIT-010, SPLIT-011)', () => {
    harness = new Harness(device, { features: [VIRTIO_F_VERSION_1, VIRTIO_F_EVENT_IDX] });
    const driver = start();
    driver.availableFlags = 1;
    driver.usedEvent = 2;
    const seen: number[] = [];
    for (let request = 0; request < 5; request++) {
      driver.add([harness.buffer('x')]);
      harness.ring(0);
      harness.pump();
      driver.collectUsed();
      seen.push(harness.usedNotifications[0]);
    }
    expect(seen).toEqual([0, 0, 1, 1, 1]);
  });
});
