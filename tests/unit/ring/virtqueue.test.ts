import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DescriptorChain } from '../../../src/ring/chain.ts';
import { layoutFault, type QueueLayout, Virtqueue } from '../../../src/ring/virtqueue.ts';
import { Driver, layoutAt } from '../../support/driver.ts';
import { CanaryMemory } from '../../support/harness.ts';

const SIZE = 2 * 1024 * 1024;
const DATA = 0x1f0000;
/** Where queues begin: 0 is no address. */
const QUEUE = 16;

let ram: CanaryMemory;
let chain: DescriptorChain;

beforeEach(() => {
  ram = new CanaryMemory(SIZE);
  chain = new DescriptorChain(ram.memory);
});

afterEach(() => ram.checkCanaries());

function create(layout: QueueLayout, indirectAllowed = false): Virtqueue {
  const queue = Virtqueue.create(ram.memory, layout, indirectAllowed);
  if (typeof queue === 'string') throw new Error(queue);
  return queue;
}

describe('Virtqueue.create', () => {
  const LAYOUT = { queueSize: 16, descriptorTable: 4096, availableRing: 8192, usedRing: 12288 };
  const MISPLACED = 'queue is not aligned or not in RAM';
  const MISSIZED = 'queue size is no power of two from 1 to 32768';

  test('takes a sound layout and writes nothing', () => {
    expect(create(LAYOUT).queueSize).toBe(16);
    expect(ram.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test.each([0, 3, 6, 15, 17, 32767, 32769, 65536, 2 ** 31, 2 ** 32 - 1, -1, 1.5, Number.NaN])(
    'refuses a queue size of %d',
    (queueSize) => {
      expect(Virtqueue.create(ram.memory, { ...LAYOUT, queueSize }, false)).toBe(MISSIZED);
      expect(layoutFault(ram.memory, { ...LAYOUT, queueSize })).toBe(MISSIZED);
    },
  );

  test('keeps to the alignment of each part: 16, 2 and 4', () => {
    for (const [part, alignment] of [
      ['descriptorTable', 16],
      ['availableRing', 2],
      ['usedRing', 4],
    ] as const) {
      for (let shift = 0; shift < 32; shift++) {
        const queue = Virtqueue.create(
          ram.memory,
          { ...LAYOUT, [part]: LAYOUT[part] + shift },
          false,
        );
        if (shift % alignment === 0) expect(queue).toBeInstanceOf(Virtqueue);
        else expect(queue).toBe(MISPLACED);
      }
    }
  });

  test.each(['descriptorTable', 'availableRing', 'usedRing'])('refuses 0 as %s', (part) => {
    const refused = Virtqueue.create(ram.memory, { ...LAYOUT, [part]: 0 }, false);
    expect(refused).toBe('queue without an address');
  });

  test.each([
    ['descriptorTable', 16 * 16],
    ['availableRing', 6 + 2 * 16],
    ['usedRing', 6 + 8 * 16 + 2],
  ])('wants all of %s in RAM', (part, length) => {
    const last = SIZE - length;
    expect(create({ ...LAYOUT, [part]: last }).queueSize).toBe(16);
    for (const address of [last + 16, SIZE, 0x80000000, 0xfffffff0, 2 ** 32]) {
      const refused = Virtqueue.create(ram.memory, { ...LAYOUT, [part]: address }, false);
      expect(refused).toBe(MISPLACED);
    }
  });
});

describe.each([1, 2, 4, 256, 32768])('a queue of %i', (queueSize) => {
  test('gives every chain and takes it back, past the wraps at 65536', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, queueSize));
    const queue = create(driver.layout);
    let total = 0;
    while (total < 65536 + 3 * queueSize) {
      const heads: number[] = [];
      const lengths: number[] = [];
      for (let fill = 0; fill < queueSize; fill++) {
        const length = (total + fill) % 1000;
        lengths.push(length);
        heads.push(driver.add([], [{ address: DATA, length }]));
      }
      if (queue.waiting(driver.availableIndex) !== queueSize) throw new Error(`at ${total}`);
      for (const head of heads) {
        if (!queue.take(driver.availableIndex, chain)) throw new Error(`${queue.fault}`);
        if (chain.head !== head) throw new Error(`head ${chain.head}, expected ${head}`);
        queue.giveBack(chain.head, chain.writableLength);
      }
      if (queue.take(driver.availableIndex, chain)) throw new Error('one too many');
      if (driver.collectUsed().length !== 0) throw new Error('visible before publish');
      queue.publish(queue.nextUsed);
      total += queueSize;
      const used = driver.collectUsed();
      const wrong = used.find(({ id, len }, at) => id !== heads[at] || len !== lengths[at]);
      if (used.length !== queueSize || wrong !== undefined) throw new Error(`at ${total}`);
    }
    expect(queue.fault).toBeNull();
    expect(driver.usedIndex).toBe(total % 65536);
  });

  test('refuses an available index that leaps by more than its size', () => {
    const leap = queueSize + 1;
    const queue = create(layoutAt(QUEUE, queueSize));
    expect(queue.take(leap, chain)).toBe(false);
    expect(queue.fault).toBe('more chains available than the queue has entries');
    expect(queue.waiting(1)).toBe(0);
    expect(queue.take(1, chain)).toBe(false);
  });
});

describe('take', () => {
  test('goes only as far as the index it is given', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8));
    const queue = create(driver.layout);
    for (let fill = 0; fill < 8; fill++) driver.add([{ address: DATA, length: 1 }]);
    expect(queue.waiting(0)).toBe(0);
    expect(queue.take(0, chain)).toBe(false);
    expect(queue.take(2, chain)).toBe(true);
    expect(queue.take(2, chain)).toBe(true);
    expect(queue.take(2, chain)).toBe(false);
    expect(queue.waiting(8)).toBe(6);
    expect(queue.fault).toBeNull();
  });

  test('looks at 16 bits of the index', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8));
    const queue = create(driver.layout);
    driver.add([{ address: DATA, length: 1 }]);
    expect(queue.waiting(0x10001)).toBe(1);
    expect(queue.waiting(-65535)).toBe(1);
  });

  test('refuses an index that steps back', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8));
    const queue = create(driver.layout);
    for (let fill = 0; fill < 3; fill++) driver.add([{ address: DATA, length: 1 }]);
    while (queue.take(3, chain));
    expect(queue.fault).toBeNull();
    expect(queue.take(2, chain)).toBe(false);
    expect(queue.fault).toBe('more chains available than the queue has entries');
  });

  test.each([8, 9, 0x8000, 0xffff])('refuses head %i of a queue of 8', (head) => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8));
    const queue = create(driver.layout);
    driver.makeAvailable(head);
    expect(queue.take(1, chain)).toBe(false);
    expect(queue.fault).toBe('descriptor index beyond the table');
  });

  test('after a fault gives nothing more, also when the driver mends it', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8));
    const queue = create(driver.layout);
    driver.makeAvailable(9);
    queue.take(1, chain);
    ram.memory.write16(driver.layout.availableRing + 4, 0);
    expect(queue.take(1, chain)).toBe(false);
    expect(queue.waiting(1)).toBe(0);
  });

  test('knows whether indirect descriptors were negotiated', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 8), () => DATA + 4096);
    const allowing = create(driver.layout, true);
    const refusing = create(driver.layout, false);
    driver.add([{ address: DATA, length: 1 }], [], { indirect: true });
    expect(allowing.take(1, chain)).toBe(true);
    expect(refusing.take(1, chain)).toBe(false);
    expect(refusing.fault).toBe('indirect descriptor without VIRTIO_F_INDIRECT_DESC');
  });

  test('counts chains that are under way or not published against the queue size', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 4));
    const queue = create(driver.layout);
    for (let fill = 0; fill < 4; fill++) driver.add([{ address: DATA, length: 1 }]);
    while (queue.take(4, chain)) queue.giveBack(chain.head, 0);
    expect(queue.fault).toBeNull();
    queue.publish(2);
    driver.makeAvailable(0);
    driver.makeAvailable(1);
    expect(queue.take(6, chain)).toBe(true);
    expect(queue.take(6, chain)).toBe(true);
    expect(queue.take(7, chain)).toBe(false);
    expect(queue.fault).toBe('more chains available than the queue has entries');
  });

  test('writes to none of the driver-owned parts (SPLIT-003)', () => {
    const driver = new Driver(ram.memory, layoutAt(QUEUE, 16));
    const queue = create(driver.layout);
    for (let fill = 0; fill < 16; fill++) driver.add([{ address: DATA, length: 1 }]);
    const before = ram.bytes.slice(0, driver.layout.usedRing);
    while (queue.take(16, chain)) queue.giveBack(chain.head, 0);
    queue.publish(queue.nextUsed);
    expect(Buffer.compare(ram.bytes.subarray(0, driver.layout.usedRing), before)).toBe(0);
  });
});
