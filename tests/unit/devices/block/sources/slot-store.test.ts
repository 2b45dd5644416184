import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZE } from '../../../../../src/devices/block/sources/block-cache.ts';
import {
  checksum,
  KEY_LENGTH,
  SlotStore,
} from '../../../../../src/devices/block/sources/slot-store.ts';
import { StoredSource } from '../../../../../src/devices/block/sources/stored-source.ts';
import { expectBytes } from '../disk.ts';
import { settled } from '../slow-backend.ts';
import { imageBytes } from './image-bytes.ts';
import { MemoryFile } from './memory-file.ts';
import { SlowSource } from './slow-source.ts';

const KEY = imageBytes(KEY_LENGTH);
const BLOCKS = 12;
/** Its last block is no whole one. */
const SIZE = (BLOCKS - 1) * BLOCK_SIZE + 1537;
const IMAGE = imageBytes(SIZE);

const open = (file: MemoryFile, { key = KEY, slots = 4 } = {}) =>
  new SlotStore(file, key, slots * BLOCK_SIZE);

const contentOf = (block: number) => IMAGE.slice(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);

/** The block, checked, or null when it is not there. */
function look(store: SlotStore, block: number): Uint8Array | null {
  const content = contentOf(block);
  const bytes = new Uint8Array(content.length);
  if (!store.read(block, bytes)) return null;
  expectBytes(bytes, content);
  return bytes;
}

const there = (store: SlotStore) =>
  [...new Array(BLOCKS).keys()].filter((block) => look(store, block) !== null);

describe('blocks in a file', () => {
  test('are there the next time', () => {
    const file = new MemoryFile();
    const store = open(file);
    for (const block of [7, 0, BLOCKS - 1]) store.write(block, contentOf(block));
    expect(there(store)).toEqual([0, 7, BLOCKS - 1]);
    expect(there(open(file.reopened()))).toEqual([0, 7, BLOCKS - 1]);
  });

  test('take no more than the limit, and give way when they are not read', () => {
    const file = new MemoryFile();
    const store = open(file);
    for (const block of [0, 1, 2, 3]) store.write(block, contentOf(block));
    const { length } = file.bytes;
    look(store, 0);
    store.write(4, contentOf(4));
    expect(there(store)).toEqual([0, 2, 3, 4]);
    for (let block = 0; block < BLOCKS; block++) store.write(block, contentOf(block));
    expect(there(store)).toHaveLength(4);
    expect(file.bytes.length).toBeLessThanOrEqual(length);
    expect(there(open(file.reopened()))).toEqual(there(store));
  });

  test.each([
    ['another version of the image', { key: imageBytes(KEY_LENGTH, 9) }],
    ['another number of slots', { slots: 5 }],
  ])('are gone for %s', (_, options) => {
    const file = new MemoryFile();
    open(file).write(1, contentOf(1));
    const other = open(file, options);
    expect(file.bytes.length).toBeLessThan(4096);
    expect(there(other)).toEqual([]);
    other.write(2, contentOf(2));
    expect(there(open(file.reopened(), options))).toEqual([2]);
    expect(there(open(file.reopened()))).toEqual([]);
  });

  test('of another version are not found when only the new header got to the disk', () => {
    const file = new MemoryFile();
    open(file).write(1, contentOf(1));
    const rest = file.bytes.slice(4096);
    const key = imageBytes(KEY_LENGTH, 9);
    open(file, { key });
    file.truncate(4096 + rest.length);
    file.bytes.set(rest, 4096);
    expect(there(open(file, { key }))).toEqual([]);
  });

  test('of a file that is none of ours are none', () => {
    const file = new MemoryFile();
    file.bytes = imageBytes(3 * BLOCK_SIZE);
    expect(there(open(file))).toEqual([]);
  });

  test('a full file keeps what it has, and takes nothing more', () => {
    const file = new MemoryFile();
    const store = open(file);
    store.write(0, contentOf(0));
    file.quota = file.bytes.length;
    store.write(1, contentOf(1));
    const { writes } = file;
    store.write(2, contentOf(2));
    expect(file.writes).toBe(writes);
    expect(there(store)).toEqual([0]);
  });

  test('a file that fails is as one that has nothing', () => {
    const file = new MemoryFile();
    const store = open(file);
    store.write(0, contentOf(0));
    file.close();
    expect(look(store, 0)).toBeNull();
  });

  test('whatever was lost or damaged, what is found is right', () => {
    const damage = fc.oneof(
      fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({
        at: fc.double({ min: 0, max: 0.9999, noNaN: true }),
        length: fc.integer({ min: 1, max: 100_000 }),
        value: fc.nat(255),
      }),
      // In the header, and in the table of four entries.
      fc.record({
        place: fc.oneof(fc.nat(47), fc.integer({ min: 4096, max: 4096 + 63 })),
        flip: fc.integer({ min: 1, max: 255 }),
      }),
      // A write that never got to the disk.
      fc.record({ undo: fc.nat(30) }),
    );
    const blocks = fc.array(fc.nat(BLOCKS - 1), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(blocks, fc.array(damage, { maxLength: 3 }), blocks, (before, damages, after) => {
        let file = new MemoryFile();
        const store = open(file);
        const versions: Uint8Array<ArrayBuffer>[] = [];
        for (const block of before) {
          versions.push(file.bytes.slice());
          store.write(block, contentOf(block));
        }
        file = file.reopened();
        for (const each of damages) spoil(file, each, versions);
        const again = open(file);
        there(again); // each that is found is checked
        for (const block of after) again.write(block, contentOf(block));
        expect(there(again).length).toBeGreaterThan(0);
        there(open(file.reopened()));
      }),
      { numRuns: 150 },
    );
  });

  test('a table of which any bit has changed leads to no wrong block', () => {
    const file = new MemoryFile();
    const store = open(file);
    for (const block of [2, 5]) store.write(block, contentOf(block));
    for (let bit = 0; bit < 2 * 16 * 8; bit++) {
      const spoiled = file.reopened();
      spoiled.bytes[4096 + (bit >> 3)] ^= 1 << (bit & 7);
      there(open(spoiled)); // each that is found is checked
    }
  });

  test('no change of a single bit goes unnoticed', () => {
    const bytes = imageBytes(70);
    const sum = checksum(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      expect(checksum(bytes)).not.toBe(sum);
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
  });
});

type Damage =
  | { cut: number }
  | { at: number; length: number; value: number }
  | { place: number; flip: number }
  | { undo: number };

function spoil(file: MemoryFile, damage: Damage, versions: Uint8Array<ArrayBuffer>[]): void {
  const { length } = file.bytes;
  if ('cut' in damage) {
    file.truncate(Math.floor(damage.cut * length));
  } else if ('place' in damage) {
    file.bytes[damage.place] ^= damage.flip;
  } else if ('undo' in damage) {
    const before = versions[damage.undo % versions.length];
    // One sector is as it was before.
    const at = 512 * Math.floor((damage.undo * 7919) % (length / 512));
    const end = Math.min(at + 512, length);
    file.bytes.fill(0, at, end);
    file.bytes.set(before.subarray(at, end), Math.min(at, length));
  } else {
    const at = Math.floor(damage.at * length);
    file.bytes.fill(damage.value, at, at + damage.length);
  }
}

describe('a source with a file', () => {
  /** Reads the blocks [first, end) while the source delivers. */
  async function readBlocks(source: StoredSource, slow: SlowSource, first: number, end: number) {
    const target = new Uint8Array(Math.min(end * BLOCK_SIZE, SIZE) - first * BLOCK_SIZE);
    const reading = source.read(first * BLOCK_SIZE, target);
    await settled();
    for (const transfer of [...slow.underWay]) transfer.arrive();
    await reading;
    expectBytes(target, IMAGE.slice(first * BLOCK_SIZE, end * BLOCK_SIZE));
  }

  test('transfers only the blocks that are not in the file, in as few pieces as can be', async () => {
    const file = new MemoryFile();
    const first = new SlowSource(IMAGE);
    const source = new StoredSource(first, open(file, { slots: BLOCKS }));
    await readBlocks(source, first, 3, 5);
    await readBlocks(source, first, BLOCKS - 1, BLOCKS);
    const second = new SlowSource(IMAGE);
    const again = new StoredSource(second, open(file.reopened(), { slots: BLOCKS }));
    await readBlocks(again, second, 3, 5);
    expect(second.transfers).toEqual([]);
    await readBlocks(again, second, 1, BLOCKS);
    expect(second.transfers.map(({ offset, length }) => [offset, length])).toEqual([
      [BLOCK_SIZE, 2 * BLOCK_SIZE],
      [5 * BLOCK_SIZE, (BLOCKS - 6) * BLOCK_SIZE],
    ]);
    await readBlocks(again, second, 0, BLOCKS);
    expect(second.transfers).toHaveLength(3);
  });

  test('fails only when all its transfers have ended, and keeps what came', async () => {
    const slow = new SlowSource(IMAGE);
    const source = new StoredSource(slow, open(new MemoryFile(), { slots: BLOCKS }));
    await readBlocks(source, slow, 1, 2);
    let over = false;
    const reading = source.read(0, new Uint8Array(3 * BLOCK_SIZE)).finally(() => {
      over = true;
    });
    reading.catch(() => {});
    const [, one, other] = slow.transfers;
    one.fail(new Error('no network'));
    await settled();
    expect(over).toBe(false);
    other.arrive();
    await expect(reading).rejects.toThrow('no network');
    await readBlocks(source, slow, 1, 3);
    expect(slow.transfers).toHaveLength(3);
  });

  test('closes both', async () => {
    const file = new MemoryFile();
    const slow = new SlowSource(IMAGE);
    const source = new StoredSource(slow, open(file));
    source.close();
    expect([file.closed, slow.closed]).toEqual([true, true]);
  });
});
