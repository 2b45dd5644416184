import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { CanaryMemory } from '../../support/harness.ts';

const SIZE = 64 * 1024;

let ram: CanaryMemory;
let memory: GuestMemory;

beforeEach(() => {
  ram = new CanaryMemory(SIZE);
  memory = ram.memory;
});

afterEach(() => ram.checkCanaries());

describe('a GuestMemory', () => {
  test.each([
    [1, 4096],
    [2, 4096],
    [4, 4095],
    [4, 4094],
  ])('at offset %i of %i bytes is refused: not aligned to 4', (byteOffset, size) => {
    expect(() => new GuestMemory(new ArrayBuffer(8192), byteOffset, size)).toThrow(RangeError);
  });

  test('that does not lie in its buffer is refused', () => {
    expect(() => new GuestMemory(new ArrayBuffer(8192), 4096, 4100)).toThrow(RangeError);
    expect(() => new GuestMemory(new ArrayBuffer(8192), 8196, 0)).toThrow(RangeError);
  });

  test('begins at its offset', () => {
    const buffer = new ArrayBuffer(64);
    new GuestMemory(buffer, 16, 32).write32(4, 0x04030201);
    expect([...new Uint8Array(buffer, 19, 6)]).toEqual([0, 1, 2, 3, 4, 0]);
  });
});

describe('contains', () => {
  test.each([
    [0, 0, true],
    [0, SIZE, true],
    [0, SIZE + 1, false],
    [SIZE, 0, true],
    [SIZE, 1, false],
    [SIZE - 1, 1, true],
    [SIZE + 1, 0, false],
    [-1, 1, false],
    [-1, 2, false],
    [4, -1, false],
    [0x80000000, 16, false],
    [0xffffffff, 1, false],
    [0xffffffff, 0xffffffff, false],
    [2 ** 32, 1, false],
    [2 ** 32 + 4, 1, false],
    [2 ** 53, 1, false],
    [1, 2 ** 53, false],
    [Number.NaN, 1, false],
    [1, Number.NaN, false],
    [Number.POSITIVE_INFINITY, 1, false],
    [0, Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false],
  ])('of address %d and length %d is %s', (address, length, expected) => {
    expect(memory.contains(address, length)).toBe(expected);
    expect(memory.range(address, length) !== null).toBe(expected);
  });

  test('range keeps what it was asked for', () => {
    const range = memory.range(100, 50);
    expect(range).toMatchObject({ address: 100, length: 50 });
    expect(range?.memory).toBe(memory);
  });
});

type Access = (address: number) => unknown;
const ACCESSES: [string, number, (memory: GuestMemory) => Access][] = [
  ['read8', 1, (m) => (a) => m.read8(a)],
  ['read16', 2, (m) => (a) => m.read16(a)],
  ['read32', 4, (m) => (a) => m.read32(a)],
  ['write8', 1, (m) => (a) => m.write8(a, 0xff)],
  ['write16', 2, (m) => (a) => m.write16(a, 0xffff)],
  ['write32', 4, (m) => (a) => m.write32(a, 0xffffffff)],
  ['load16', 2, (m) => (a) => m.load16(a)],
  ['store16', 2, (m) => (a) => m.store16(a, 0xffff)],
  ['fill', 8, (m) => (a) => m.fill(a, 0xff, 8)],
  ['copyOut', 8, (m) => (a) => m.copyOut(a, new Uint8Array(8), 0, 8)],
  ['copyIn', 8, (m) => (a) => m.copyIn(a, new Uint8Array(8).fill(0xff), 0, 8)],
  ['copyIn in parts', 8, (m) => (a) => m.copyIn(a, new Uint8Array(16).fill(0xff), 8, 8)],
  ['copyOut of a page', 4096, (m) => (a) => m.copyOut(a, new Uint8Array(4096), 0, 4096)],
  ['copyIn of a page', 4096, (m) => (a) => m.copyIn(a, new Uint8Array(4096).fill(1), 0, 4096)],
];

describe.each(ACCESSES)('%s', (_name, width, make) => {
  test('reaches the last byte of RAM', () => {
    make(memory)(SIZE - width);
  });

  test.each([
    SIZE - width + 1,
    SIZE,
    -1,
    -width,
    0x7ffffffc,
    0x80000000,
    0xfffffffc,
    2 ** 32,
    2 ** 32 + 8,
    2 ** 33,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])('throws at %d and writes nothing', (address) => {
    expect(() => make(memory)(address)).toThrow(RangeError);
    expect(ram.bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('an access at any alignment', () => {
  test('is little-endian and agrees with a DataView', () => {
    const view = new DataView(ram.bytes.buffer, ram.bytes.byteOffset, SIZE);
    fc.assert(
      fc.property(fc.nat(SIZE - 4), fc.nat(0xffffffff), (address, value) => {
        memory.write32(address, value);
        expect(view.getUint32(address, true)).toBe(value);
        expect(memory.read32(address)).toBe(value);
        expect(memory.read16(address)).toBe(value & 0xffff);
        expect(memory.read8(address)).toBe(value & 0xff);
        memory.write16(address, value >>> 16);
        expect(view.getUint16(address, true)).toBe(value >>> 16);
        expect(view.getUint16(address + 2, true)).toBe(value >>> 16);
        memory.write8(address, value >>> 8);
        expect(view.getUint8(address)).toBe((value >>> 8) & 0xff);
        memory.store16(address & ~1, value);
        expect(memory.load16(address & ~1)).toBe(value & 0xffff);
        expect(view.getUint16(address & ~1, true)).toBe(value & 0xffff);
      }),
    );
  });

  test('touches its own bytes only', () => {
    for (let address = 16; address < 24; address++) {
      for (const [width, write] of [
        [1, () => memory.write8(address, 0xffffffff)],
        [2, () => memory.write16(address, 0xffffffff)],
        [4, () => memory.write32(address, 0xffffffff)],
      ] as const) {
        ram.bytes.fill(0);
        write();
        const written = [...ram.bytes.keys()].filter((at) => ram.bytes[at] !== 0);
        expect(written).toEqual(Array.from({ length: width }, (_, byte) => address + byte));
      }
    }
  });

  test('reads values with the highest bit as unsigned', () => {
    for (let address = 0; address < 4; address++) {
      memory.write32(address, 0xfedcba98);
      expect(memory.read32(address)).toBe(0xfedcba98);
    }
  });
});

describe('a copy', () => {
  const LENGTHS = [0, 1, 7, 8, 63, 64, 65, 100, 4095, 4096, 4097, 8192, 10_000];

  test.each(LENGTHS)('of %i bytes comes out and goes in unharmed, and alone', (length) => {
    for (const address of [0, 1, 4096, 4097, 8192, SIZE - length]) {
      for (const offset of [0, 1, 33]) {
        const source = Uint8Array.from({ length: length + 64 }, (_, byte) => (byte * 7 + 1) & 0xff);
        ram.bytes.fill(0xee);
        memory.copyIn(address, source, offset, length);
        const expected = new Uint8Array(SIZE).fill(0xee);
        expected.set(source.subarray(offset, offset + length), address);
        expect(Buffer.compare(ram.bytes, expected)).toBe(0);
        const target = new Uint8Array(length + 64).fill(0xdd);
        const wanted = target.slice();
        wanted.set(source.subarray(offset, offset + length), offset);
        memory.copyOut(address, target, offset, length);
        expect(Buffer.compare(target, wanted)).toBe(0);
      }
    }
  });

  test('of a page sees what is there now, not what was there at the first copy', () => {
    const target = new Uint8Array(4096);
    memory.copyOut(8192, target, 0, 4096);
    ram.bytes.fill(9, 8192, 12288);
    memory.copyOut(8192, target, 0, 4096);
    expect(target.every((byte) => byte === 9)).toBe(true);
  });

  test.each([8, 100, 4096])('of %i bytes does not leave the other array', (length) => {
    const array = new Uint8Array(length);
    for (const offset of [1, length, -1]) {
      expect(() => memory.copyOut(0, array, offset, length)).toThrow(RangeError);
      expect(() => memory.copyIn(0, array, offset, length)).toThrow(RangeError);
    }
    expect(() => memory.copyOut(0, new Uint8Array(length - 1), 0, length)).toThrow(RangeError);
    expect(() => memory.copyIn(0, new Uint8Array(length - 1), 0, length)).toThrow(RangeError);
  });

  test('of a negative or impossible length is refused', () => {
    for (const length of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => memory.copyOut(8, new Uint8Array(8), 0, length)).toThrow(RangeError);
      expect(() => memory.copyIn(8, new Uint8Array(8), 0, length)).toThrow(RangeError);
      expect(() => memory.fill(8, 1, length)).toThrow(RangeError);
    }
  });

  test('fill sets its range only', () => {
    memory.fill(100, 0x1ff, 50);
    const set = [...ram.bytes.keys()].filter((at) => ram.bytes[at] !== 0);
    expect(set).toEqual(Array.from({ length: 50 }, (_, byte) => 100 + byte));
    expect(ram.bytes[100]).toBe(0xff);
  });
});
