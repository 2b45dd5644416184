import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DescriptorChain } from '../../../src/ring/chain.ts';
import { ChainCursor } from '../../../src/ring/cursor.ts';
import { Driver, layoutAt, type Segment } from '../../support/driver.ts';
import { CanaryMemory } from '../../support/harness.ts';

const SIZE = 256 * 1024;
const DATA = 0x8000;

let ram: CanaryMemory;
let chain: DescriptorChain;
const cursor = new ChainCursor();

beforeEach(() => {
  ram = new CanaryMemory(SIZE);
  chain = new DescriptorChain(ram.memory);
});

afterEach(() => ram.checkCanaries());

/** Buffers of these lengths from `at` on, with a gap after each. */
function segments(at: number, lengths: readonly number[]): Segment[] {
  let address = at;
  return lengths.map((length) => {
    const segment = { address, length };
    address += length + 3;
    return segment;
  });
}

function chainOf(readable: readonly Segment[], writable: readonly Segment[]): void {
  const driver = new Driver(ram.memory, layoutAt(0, 64));
  const head = driver.add(readable, writable);
  const fault = chain.load(driver.layout.descriptorTable, 64, head, false);
  if (fault !== null) throw new Error(fault);
}

/** The bytes of the segments, one after the other. */
function gather(list: readonly Segment[]): number[] {
  return list.flatMap(({ address, length }) => [...ram.bytes.slice(address, address + length)]);
}

function scatter(list: readonly Segment[], bytes: Uint8Array): void {
  let offset = 0;
  for (const { address, length } of list) {
    ram.bytes.set(bytes.subarray(offset, offset + length), address);
    offset += length;
  }
}

describe('a cursor', () => {
  test('that was never set has nothing', () => {
    const fresh = new ChainCursor();
    expect(fresh.remaining).toBe(0);
    expect(fresh.nextPiece(10)).toBe(false);
    expect(fresh.read32()).toBe(0);
    expect(fresh.write8(1)).toBe(false);
  });

  test('gives the pieces of each part with their addresses, skipping empty ones', () => {
    const readable = segments(DATA, [3, 0, 0, 5]);
    const writable = segments(DATA + 100, [0, 4]);
    chainOf(readable, writable);
    cursor.toReadable(chain);
    expect(cursor.remaining).toBe(8);
    const pieces: number[][] = [];
    while (cursor.nextPiece(100)) pieces.push([cursor.address, cursor.length, cursor.remaining]);
    expect(pieces).toEqual([
      [readable[0].address, 3, 5],
      [readable[3].address, 5, 0],
    ]);
    cursor.toWritable(chain);
    expect(cursor.remaining).toBe(4);
    expect(cursor.nextPiece(100)).toBe(true);
    expect([cursor.address, cursor.length]).toEqual([writable[1].address, 4]);
    expect(cursor.nextPiece(100)).toBe(false);
  });

  test('keeps to the limit of a piece', () => {
    chainOf(segments(DATA, [10]), []);
    cursor.toReadable(chain);
    expect(cursor.nextPiece(0)).toBe(false);
    expect(cursor.nextPiece(-1)).toBe(false);
    expect(cursor.nextPiece(4)).toBe(true);
    expect([cursor.address, cursor.length, cursor.remaining]).toEqual([DATA, 4, 6]);
    expect(cursor.nextPiece(100)).toBe(true);
    expect([cursor.address, cursor.length, cursor.remaining]).toEqual([DATA + 4, 6, 0]);
  });

  test('of a part without segments is at its end', () => {
    chainOf(segments(DATA, [10]), []);
    cursor.toWritable(chain);
    expect(cursor.remaining).toBe(0);
    expect(cursor.fill(1, 10)).toBe(0);
    expect(cursor.copyIn(new Uint8Array(4), 0, 4)).toBe(0);
  });

  test('of a part of empty segments is at its end', () => {
    chainOf(segments(DATA, [0, 0]), segments(DATA + 100, [0]));
    expect(cursor.toReadable(chain).nextPiece(1)).toBe(false);
    expect(cursor.toWritable(chain).write8(1)).toBe(false);
  });

  test('starts at an offset, at the end when it is too far', () => {
    const readable = segments(DATA, [4, 0, 4]);
    chainOf(readable, []);
    scatter(readable, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    for (let offset = 0; offset < 8; offset++) {
      cursor.toReadable(chain, offset);
      expect(cursor.remaining).toBe(8 - offset);
      expect(cursor.read8()).toBe(offset);
    }
    for (const offset of [8, 9, 2 ** 33]) {
      cursor.toReadable(chain, offset);
      expect(cursor.remaining).toBe(0);
      expect(cursor.read8()).toBe(0);
    }
  });

  test('reads zero beyond the end of its part', () => {
    const readable = segments(DATA, [1, 1, 1]);
    chainOf(readable, segments(DATA + 100, [8]));
    ram.bytes.fill(0xff);
    chainOf(readable, segments(DATA + 100, [8]));
    expect(cursor.toReadable(chain).read32()).toBe(0x00ffffff);
    expect(cursor.read16()).toBe(0);
    expect(cursor.toReadable(chain, 2).read16()).toBe(0xff);
  });

  test('copies no more than its part holds, and says how much', () => {
    const writable = segments(DATA, [3, 4]);
    chainOf([], writable);
    const source = Uint8Array.from({ length: 20 }, (_, byte) => byte + 1);
    expect(cursor.toWritable(chain).copyIn(source, 5, 15)).toBe(7);
    expect(gather(writable)).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(cursor.toWritable(chain, 2).fill(0xaa, 100)).toBe(5);
    expect(gather(writable)).toEqual([6, 7, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa]);
  });

  test('never writes to the readable part (SPLIT-002)', () => {
    const readable = segments(DATA, [8]);
    chainOf(readable, segments(DATA + 100, [4]));
    cursor.toWritable(chain).fill(0xff, 1000);
    while (cursor.write8(1));
    expect(gather(readable)).toEqual(new Array(8).fill(0));
  });
});

describe('any framing (SPLIT-001)', () => {
  const content = fc.uint8Array({ minLength: 1, maxLength: 600 });
  const cuts = fc.array(fc.nat(600), { maxLength: 12 });

  /** Lengths of the parts into which `cuts` divide `length` bytes; some may be 0. */
  function lengths(length: number, places: readonly number[]): number[] {
    const borders = [...places.map((place) => Math.min(place, length)), 0, length];
    borders.sort((a, b) => a - b);
    return borders.slice(1).map((border, index) => border - borders[index]);
  }

  test('reads the same bytes, in any steps', () => {
    fc.assert(
      fc.property(
        content,
        cuts,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        fc.nat(600),
        (bytes, places, steps, offset) => {
          const readable = segments(DATA, lengths(bytes.length, places));
          scatter(readable, bytes);
          chainOf(readable, segments(DATA + 10_000, [4]));
          const from = Math.min(offset, bytes.length);
          cursor.toReadable(chain, offset);
          const target = new Uint8Array(bytes.length);
          let at = from;
          for (let step = 0; cursor.remaining > 0; step++) {
            const length = Math.min(steps[step % steps.length], target.length - at);
            expect(cursor.copyOut(target, at, length)).toBe(length);
            at += length;
          }
          expect(at).toBe(bytes.length);
          expect(target.subarray(from)).toEqual(bytes.subarray(from));
          const single = cursor.toReadable(chain);
          for (let byte = 0; byte + 4 <= bytes.length; byte += 4) {
            const view = new DataView(bytes.buffer, bytes.byteOffset + byte, 4);
            expect(single.read32()).toBe(view.getUint32(0, true));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('writes the same bytes, in any steps, and nothing between the segments', () => {
    fc.assert(
      fc.property(
        content,
        cuts,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        (bytes, places, steps) => {
          const writable = segments(DATA, lengths(bytes.length, places));
          ram.bytes.fill(0x11);
          chainOf([], writable);
          const before = ram.bytes.slice();
          cursor.toWritable(chain);
          let at = 0;
          for (let step = 0; cursor.remaining > 0; step++) {
            const length = steps[step % steps.length];
            if (step % 3 === 2) {
              cursor.write8(bytes[at]);
              at++;
            } else {
              at += cursor.copyIn(bytes, at, Math.min(length, bytes.length - at));
            }
          }
          expect(gather(writable)).toEqual([...bytes]);
          for (const { address, length } of writable) {
            ram.bytes.set(before.subarray(address, address + length), address);
          }
          expect(Buffer.compare(ram.bytes, before)).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
