import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Device } from '../../../src/ring/device.ts';
import { GuestMemory, GuestRange } from '../../../src/ring/guest-memory.ts';
import { CanaryMemory } from '../../support/harness.ts';

const SIZES = Array.from({ length: 16 }, (_, power) => 2 ** power);

let ram: CanaryMemory;

beforeEach(() => {
  ram = new CanaryMemory(512 * 1024);
});

afterEach(() => ram.checkCanaries());

function deviceAt(address: number, queueSize: number): Device {
  const range = ram.memory.range(address, Device.usedLenForQueueSize(queueSize));
  const device = range && Device.create(range);
  if (device === null) throw new Error('no device');
  return device;
}

describe('Device.usedLenForQueueSize', () => {
  test.each(SIZES)('of %i counts flags, idx, the elements and avail_event', (queueSize) => {
    expect(Device.usedLenForQueueSize(queueSize)).toBe(2 + 2 + 8 * queueSize + 2);
  });
});

describe('Device.create', () => {
  test.each(SIZES)('takes a range for a queue of %i', (queueSize) => {
    expect(deviceAt(4096, queueSize).queueSize).toBe(queueSize);
  });

  test('takes a range at the very beginning and the very end of RAM', () => {
    expect(deviceAt(0, 8).queueSize).toBe(8);
    const length = Device.usedLenForQueueSize(1);
    const memory = new GuestMemory(new ArrayBuffer(16), 0, 16);
    const device = Device.create(memory.range(0, length) as GuestRange);
    expect(device?.queueSize).toBe(1);
  });

  test('gives null for every other length', () => {
    const right = new Set(SIZES.map((size) => 6 + 8 * size));
    // Past the largest queue as well; a range of 65536 entries is the next candidate.
    for (let length = 0; length <= 6 + 8 * 32768 + 64; length++) {
      const device = Device.create(new GuestRange(ram.memory, 4096, length));
      if ((device !== null) !== right.has(length)) throw new Error(`length ${length}`);
    }
    expect(Device.create(new GuestRange(ram.memory, 0, 6 + 8 * 65536))).toBeNull();
  });

  test.each([-1, -6, 14.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 14])(
    'gives null for the impossible length %d',
    (length) => {
      expect(Device.create(new GuestRange(ram.memory, 0, length))).toBeNull();
    },
  );

  test('gives null unless the range is aligned to 4', () => {
    for (let address = 4096; address < 4112; address++) {
      const range = ram.memory.range(address, Device.usedLenForQueueSize(8)) as GuestRange;
      expect(Device.create(range) !== null).toBe(address % 4 === 0);
    }
  });

  test('writes nothing', () => {
    ram.bytes.fill(0x77);
    deviceAt(4096, 8);
    expect(ram.bytes.every((byte) => byte === 0x77)).toBe(true);
  });
});

describe('insertUsed', () => {
  test('writes id and len little-endian into the slot, and nothing else', () => {
    ram.bytes.fill(0x77);
    deviceAt(4096, 8).insertUsed({ id: 0x12345678, len: 0x9abcdef0 }, 3);
    const expected = new Uint8Array(ram.bytes.length).fill(0x77);
    expected.set([0x78, 0x56, 0x34, 0x12, 0xf0, 0xde, 0xbc, 0x9a], 4096 + 4 + 3 * 8);
    expect(Buffer.compare(ram.bytes, expected)).toBe(0);
  });

  test('is not visible before publishUsed (SPLIT-012)', () => {
    const device = deviceAt(4096, 8);
    device.insertUsed({ id: 1, len: 2 }, 0);
    expect(ram.memory.read16(4098)).toBe(0);
    expect(ram.memory.read32(4100)).toBe(1);
    device.publishUsed(1);
    expect(ram.memory.read16(4098)).toBe(1);
  });

  test.each(SIZES)('wraps a free-running index to a queue of %i', (queueSize) => {
    const device = deviceAt(4096, queueSize);
    for (const index of [0, 1, queueSize - 1, queueSize, queueSize + 1, 65535, 65536, 70001]) {
      const slot = 4096 + 4 + 8 * (index % queueSize);
      ram.memory.write32(slot, 0);
      device.insertUsed({ id: 0xabcd, len: index }, index);
      expect(ram.memory.read32(slot)).toBe(0xabcd);
      expect(ram.memory.read32(slot + 4)).toBe(index);
    }
  });

  test('of an element that is changed afterwards keeps what it was given', () => {
    const element = { id: 5, len: 6 };
    const device = deviceAt(4096, 4);
    device.insertUsed(element, 0);
    element.id = 7;
    expect(ram.memory.read32(4100)).toBe(5);
  });
});

describe('publishUsed', () => {
  test('stores idx only', () => {
    ram.bytes.fill(0x77);
    deviceAt(4096, 8).publishUsed(0x1234);
    const expected = new Uint8Array(ram.bytes.length).fill(0x77);
    expected.set([0x34, 0x12], 4098);
    expect(Buffer.compare(ram.bytes, expected)).toBe(0);
  });

  test('is free-running: it wraps at 65536 and not at the queue size', () => {
    const device = deviceAt(4096, 4);
    for (const index of [0, 3, 4, 5, 32768, 65535, 65536, 65537, 131071]) {
      device.publishUsed(index);
      expect(ram.memory.read16(4098)).toBe(index % 65536);
    }
  });
});

test('a guest that rewrites the whole ring changes neither size nor slots', () => {
  const device = deviceAt(4096, 8);
  for (let index = 0; index < 40; index++) {
    ram.bytes.fill(0xff, 4096, 4096 + 70);
    device.insertUsed({ id: index, len: 1 }, index);
    device.publishUsed(index + 1);
    expect(ram.memory.read32(4096 + 4 + 8 * (index % 8))).toBe(index);
    expect(ram.memory.read16(4098)).toBe(index + 1);
  }
  expect(device.queueSize).toBe(8);
});

test('any batches leave what a plain model leaves, and touch nothing else', () => {
  const element = fc.record({ id: fc.nat(0xffffffff), len: fc.nat(0xffffffff) });
  fc.assert(
    fc.property(
      fc.nat(15),
      fc.nat(65535),
      fc.array(fc.array(element, { maxLength: 40 }), { maxLength: 5 }),
      (power, start, batches) => {
        const queueSize = 2 ** power;
        const length = 6 + 8 * queueSize;
        ram.bytes.fill(0x5a, 0, 8192 + length);
        const device = deviceAt(8192, queueSize);
        const model = ram.bytes.slice(0, 8192 + length + 64);
        const view = new DataView(model.buffer);
        let index = start;
        for (const batch of batches) {
          for (const used of batch) {
            device.insertUsed(used, index);
            const slot = 8192 + 4 + 8 * (index % queueSize);
            view.setUint32(slot, used.id, true);
            view.setUint32(slot + 4, used.len, true);
            index++;
          }
          device.publishUsed(index);
          view.setUint16(8194, index % 65536, true);
        }
        expect(Buffer.compare(ram.bytes.subarray(0, model.length), model)).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
