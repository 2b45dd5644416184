import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BusMap, type BusWindow } from '../../../src/bus/bus-map.ts';

/** A window that answers with its own mark and notes what was written to it. */
class Recorder implements BusWindow {
  readonly reads: [offset: number, width: number][] = [];
  readonly writes: [offset: number, width: number, value: number][] = [];
  readonly mark: number;

  constructor(mark = 1) {
    this.mark = mark;
  }

  read(offset: number, width: number): number {
    this.reads.push([offset, width]);
    return this.mark;
  }

  write(offset: number, width: number, value: number): void {
    this.writes.push([offset, width, value]);
  }
}

const BLOCK_SHIFT = 4;
const BLOCK = 2 ** BLOCK_SHIFT;

describe('a window', () => {
  test('gets offsets from its start, the width, and an unsigned value', () => {
    const map = new BusMap(BLOCK_SHIFT);
    const window = new Recorder(7);
    map.map(0x100, 0x20, window);
    expect(map.read(0x113, 2)).toBe(7);
    expect(map.write(0x11f, 1, 5)).toBe(true);
    expect(map.write(0x100, 4, -1)).toBe(true);
    expect(window.reads).toEqual([[0x13, 2]]);
    expect(window.writes).toEqual([
      [0x1f, 1, 5],
      [0, 4, 0xffffffff],
    ]);
  });

  test('ends where it ends, also inside a block', () => {
    const map = new BusMap(BLOCK_SHIFT);
    map.map(0x104, 0x15, new Recorder());
    expect(map.read(0x103, 1)).toBeUndefined();
    expect(map.write(0x119, 1, 0)).toBe(false);
    expect([0x104, 0x10f, 0x110, 0x118].map((address) => map.read(address, 1))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test('may end at the top of the 32-bit space', () => {
    const map = new BusMap(12);
    const window = new Recorder();
    map.map(0xfffffff0, 0x10, window);
    expect(map.isFree(0xffffffff)).toBe(false);
    // What v86 hands over is signed.
    expect(map.isFree(0xffffffff | 0)).toBe(false);
    expect(map.read(0xffffffff, 1)).toBe(1);
    expect(window.reads).toEqual([[15, 1]]);
    expect(map.isFree(0)).toBe(true);
  });
});

describe('isFree', () => {
  test('tells by the block: never true where a window is, true again after unmap', () => {
    const map = new BusMap(BLOCK_SHIFT);
    const window = new Recorder();
    map.map(0x10c, BLOCK, window);
    expect(map.isFree(0x0ff)).toBe(true);
    expect(map.isFree(0x100)).toBe(false);
    expect(map.isFree(0x11f)).toBe(false);
    expect(map.isFree(0x120)).toBe(true);
    map.unmap(0x10c, BLOCK, window);
    expect(map.isFree(0x10c)).toBe(true);
    expect(map.read(0x10c, 1)).toBeUndefined();
  });
});

describe('overlapping windows', () => {
  test('the last one that was mapped answers, and the other one after it has gone', () => {
    const map = new BusMap(BLOCK_SHIFT);
    const below = new Recorder(1);
    const above = new Recorder(2);
    map.map(0x100, 0x40, below);
    map.map(0x110, 0x10, above);
    const marks = () => [0x10f, 0x110, 0x11f, 0x120].map((address) => map.read(address, 1));
    expect(marks()).toEqual([1, 2, 2, 1]);
    map.unmap(0x110, 0x10, above);
    expect(marks()).toEqual([1, 1, 1, 1]);
  });

  test('unmap takes away that window at that place and nothing else', () => {
    const map = new BusMap(BLOCK_SHIFT);
    const window = new Recorder(1);
    const other = new Recorder(2);
    map.map(0x100, 0x10, window);
    map.map(0x200, 0x10, window);
    map.map(0x200, 0x10, other);
    map.unmap(0x200, 0x10, window);
    map.unmap(0x300, 0x10, window);
    expect(map.read(0x100, 1)).toBe(1);
    expect(map.read(0x200, 1)).toBe(2);
    map.unmap(0x200, 0x10, other);
    expect(map.read(0x200, 1)).toBeUndefined();
  });

  test('one window at two places of one block stays at the other', () => {
    const map = new BusMap(BLOCK_SHIFT);
    const window = new Recorder();
    map.map(0x100, 4, window);
    map.map(0x108, 4, window);
    map.unmap(0x100, 4, window);
    expect(map.read(0x100, 1)).toBeUndefined();
    expect(map.read(0x108, 1)).toBe(1);
  });
});

test('whatever is mapped and unmapped, it answers as a plain list of windows does', () => {
  const placement = fc.record({
    base: fc.nat(120),
    length: fc.integer({ min: 1, max: 40 }),
    keep: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(placement, { maxLength: 12 }), (placements) => {
      const map = new BusMap(BLOCK_SHIFT);
      const model = placements.map((placement, mark) => ({ ...placement, w: new Recorder(mark) }));
      for (const { base, length, w } of model) map.map(base, length, w);
      for (const { base, length, w, keep } of model) if (!keep) map.unmap(base, length, w);
      const kept = model.filter(({ keep }) => keep).reverse();
      for (let address = 0; address < 176; address++) {
        const there = kept.find(({ base, length }) => address >= base && address < base + length);
        expect(map.read(address, 1)).toBe(there?.w.mark);
        if (there !== undefined) expect(map.isFree(address)).toBe(false);
      }
    }),
  );
});
