import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { DirtyList } from '../../../src/devices/dirty-list.ts';
import { ControlBlock, DIRTY_CAPACITY, Word } from '../../../src/link/control-block.ts';

let control: ControlBlock;
let list: DirtyList;

beforeEach(() => {
  control = new ControlBlock(new SharedArrayBuffer(ControlBlock.byteLength(2)), 2);
  list = new DirtyList(control);
});

/** What the CPU thread finds: [address, length] rows. */
function posted(): number[][] {
  return Array.from({ length: control.load(Word.dirtyCount) }, (_, range) => {
    const base = control.dirtyBase(range);
    return [control.words[base] >>> 0, control.words[base + 1] >>> 0];
  });
}

test('ranges are posted together, not before', () => {
  list.add(0x1000, 10);
  list.add(0x3000, 20);
  expect(posted()).toEqual([]);
  list.post();
  expect(posted()).toEqual([
    [0x1000, 10],
    [0x3000, 20],
  ]);
});

test('a post begins anew', () => {
  list.add(0x1000, 10);
  list.post();
  list.add(0x2000, 5);
  list.post();
  expect(posted()).toEqual([[0x2000, 5]]);
  list.post();
  expect(posted()).toEqual([]);
});

test('what is gathered meanwhile leaves the posted list alone', () => {
  list.add(0x1000, 10);
  list.post();
  for (let range = 0; range < 300; range++) list.add(0x4000 + range * 16, 8);
  expect(posted()).toEqual([[0x1000, 10]]);
});

test('neighbours are joined, empty ranges left out', () => {
  list.add(0x1000, 10);
  list.add(0x9000, 0);
  list.add(0x100a, 6);
  list.add(0x1010, 0);
  list.add(0x1010, 1);
  list.post();
  expect(posted()).toEqual([[0x1000, 17]]);
});

test('addresses and lengths of 2^31 and more come through', () => {
  list.add(0x80000000, 0x7f000000);
  list.add(0xffffff00, 0xff);
  list.post();
  expect(posted()).toEqual([
    [0x80000000, 0x7f000000],
    [0xffffff00, 0xff],
  ]);
});

test('a full list widens its last range in both directions', () => {
  for (let range = 0; range < DIRTY_CAPACITY - 1; range++) list.add(range * 64, 8);
  list.add(0x80000, 16);
  list.add(0x90000, 16);
  list.add(0x70000, 16);
  list.add(0x88000, 16);
  list.post();
  const rows = posted();
  expect(rows).toHaveLength(DIRTY_CAPACITY);
  expect(rows[DIRTY_CAPACITY - 1]).toEqual([0x70000, 0x20010]);
  expect(rows[DIRTY_CAPACITY - 2]).toEqual([(DIRTY_CAPACITY - 2) * 64, 8]);
});

test('a full list stays within its words', () => {
  control.words.fill(-7, control.configurationWriteBase(0), control.queueBase(2));
  for (let range = 0; range < 2 * DIRTY_CAPACITY; range++) list.add(range * 64, 8);
  list.post();
  expect(posted()).toHaveLength(DIRTY_CAPACITY);
  const behind = control.words.slice(control.configurationWriteBase(0), control.queueBase(2));
  expect(behind.every((word) => word === -7)).toBe(true);
});

test('whatever was added is covered, also when the list is full', () => {
  const range = fc.tuple(fc.nat(0x1fff), fc.nat(16));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 600, size: 'max' }), (ranges) => {
      const written = new Uint8Array(0x2100);
      for (const [address, length] of ranges) {
        list.add(address, length);
        written.fill(1, address, address + length);
      }
      list.post();
      const rows = posted();
      expect(rows.length).toBeLessThanOrEqual(DIRTY_CAPACITY);
      const covered = new Uint8Array(0x2100);
      for (const [address, length] of rows) covered.fill(1, address, address + length);
      const missed = written.findIndex((byte, at) => byte === 1 && covered[at] === 0);
      expect(missed).toBe(-1);
      // And nothing more, as long as there is room for every range and none lies over another.
      const total = ranges.reduce((sum, [, length]) => sum + length, 0);
      const apart = total === written.filter((byte) => byte === 1).length;
      if (ranges.length <= DIRTY_CAPACITY && apart)
        expect(Buffer.compare(covered, written)).toBe(0);
    }),
    // A counterexample of hundreds of ranges takes minutes to shrink, and is clear as it is.
    { numRuns: 60, endOnFailure: true },
  );
});

test('all of RAM a thousand times is all of RAM once', () => {
  for (let time = 0; time < 1000; time++) list.add(time % 2 === 0 ? 0 : 4096, 0x10000000);
  list.post();
  expect(posted()).toEqual([[0, 0x10001000]]);
});

test('whatever was added is covered, by no more bytes than it spans', () => {
  const range = fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 5000 }));
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 400 }), (ranges) => {
      for (const [address, length] of ranges) list.add(address, length);
      list.post();
      const rows = posted();
      const covered = (byte: number) =>
        rows.some(([address, length]) => byte >= address && byte < address + length);
      for (const [address, length] of ranges) {
        for (const byte of [address, address + length - 1]) expect(covered(byte)).toBe(true);
      }
      const lowest = Math.min(...ranges.map(([address]) => address));
      const highest = Math.max(...ranges.map(([address, length]) => address + length));
      const total = rows.reduce((sum, [, length]) => sum + length, 0);
      expect(total).toBeLessThanOrEqual(2 * (highest - lowest));
    }),
  );
});
