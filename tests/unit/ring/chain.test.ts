import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DescriptorChain, MAXIMUM_CHAIN_LENGTH } from '../../../src/ring/chain.ts';
import { writeDescriptor } from '../../support/driver.ts';
import { CanaryMemory } from '../../support/harness.ts';

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;

const SIZE = 1024 * 1024;
const TABLE = 0x1000;
const INDIRECT_TABLE = 0x40000;

let ram: CanaryMemory;
let chain: DescriptorChain;

beforeEach(() => {
  ram = new CanaryMemory(SIZE);
  chain = new DescriptorChain(ram.memory);
});

afterEach(() => ram.checkCanaries());

/** Address, length, flags, next. */
type Row = [address: number | bigint, length: number, flags?: number, next?: number];

function table(at: number, rows: readonly Row[]): void {
  for (const [index, [address, length, flags = 0, next = 0]] of rows.entries()) {
    writeDescriptor(ram.memory, at, index, { address, length, flags, next });
  }
}

function load(head = 0, entries = 8, indirectAllowed = true) {
  return chain.load(TABLE, entries, head, indirectAllowed);
}

/** What the chain says, as [address, length] rows. */
function segments(): { readable: number[][]; writable: number[][] } {
  const rows = Array.from({ length: chain.segments }, (_, index) => [
    chain.address(index),
    chain.length(index),
  ]);
  return {
    readable: rows.slice(0, chain.readableSegments),
    writable: rows.slice(chain.readableSegments),
  };
}

describe('a direct chain', () => {
  test('of one readable descriptor', () => {
    table(TABLE, [[0x5000, 100]]);
    expect(load()).toBeNull();
    expect(segments()).toEqual({ readable: [[0x5000, 100]], writable: [] });
    expect(chain).toMatchObject({ head: 0, segments: 1, readableLength: 100, writableLength: 0 });
  });

  test('of one writable descriptor', () => {
    table(TABLE, [[0x5000, 100, WRITE]]);
    expect(load()).toBeNull();
    expect(segments()).toEqual({ readable: [], writable: [[0x5000, 100]] });
    expect(chain).toMatchObject({ readableLength: 0, writableLength: 100 });
  });

  test('over the whole table, in any order of descriptors', () => {
    table(TABLE, [
      [0x5000, 1, NEXT, 4],
      [0x6000, 2, WRITE | NEXT, 5],
      [0x7000, 3, NEXT, 0],
      [0x8000, 4, WRITE],
      [0x9000, 5, WRITE | NEXT, 1],
      [0xa000, 6, WRITE | NEXT, 3],
    ]);
    expect(load(2, 8)).toBeNull();
    expect(segments()).toEqual({
      readable: [
        [0x7000, 3],
        [0x5000, 1],
      ],
      writable: [
        [0x9000, 5],
        [0x6000, 2],
        [0xa000, 6],
        [0x8000, 4],
      ],
    });
    expect(chain).toMatchObject({ head: 2, readableLength: 4, writableLength: 17 });
  });

  test('as long as the queue is sound', () => {
    table(
      TABLE,
      Array.from({ length: 8 }, (_, index): Row => [0x5000, 1, index < 7 ? NEXT : 0, index + 1]),
    );
    expect(load()).toBeNull();
    expect(chain.segments).toBe(8);
  });

  test('ignores next without NEXT, and flags that mean nothing', () => {
    table(TABLE, [[0x5000, 1, 0xfff8, 0xffff]]);
    expect(load()).toBeNull();
    expect(chain.segments).toBe(1);
  });

  test('may hold buffers of no bytes, and end at the end of RAM', () => {
    table(TABLE, [
      [SIZE - 16, 16, NEXT, 1],
      [SIZE, 0, NEXT, 2],
      [0, 0, WRITE],
    ]);
    expect(load()).toBeNull();
    expect(chain).toMatchObject({ segments: 3, readableLength: 16, writableLength: 0 });
  });

  test('may use one buffer many times', () => {
    table(TABLE, [
      [0x5000, 10, NEXT, 1],
      [0x5000, 10, WRITE],
    ]);
    expect(load()).toBeNull();
    expect(chain).toMatchObject({ readableLength: 10, writableLength: 10 });
  });

  test('is loaded anew each time', () => {
    table(TABLE, [
      [0x5000, 1, NEXT, 1],
      [0x6000, 2, WRITE],
      [0x7000, 3],
    ]);
    load(0);
    expect(load(2)).toBeNull();
    expect(segments()).toEqual({ readable: [[0x7000, 3]], writable: [] });
    expect(chain).toMatchObject({ head: 2, segments: 1, readableLength: 3, writableLength: 0 });
  });

  test('is loaded anew after a fault', () => {
    table(TABLE, [
      [0x5000, 1, NEXT, 200],
      [0x6000, 2],
    ]);
    expect(load(0)).not.toBeNull();
    expect(load(1)).toBeNull();
    expect(chain).toMatchObject({ segments: 1, readableLength: 2 });
  });
});

describe('an indirect chain', () => {
  test('of no direct descriptors (SPLIT-005)', () => {
    table(TABLE, [[INDIRECT_TABLE, 32, INDIRECT]]);
    table(INDIRECT_TABLE, [
      [0x5000, 1, NEXT, 1],
      [0x6000, 2, WRITE],
    ]);
    expect(load()).toBeNull();
    expect(segments()).toEqual({ readable: [[0x5000, 1]], writable: [[0x6000, 2]] });
  });

  test('after several direct descriptors, readable and writable (SPLIT-005)', () => {
    table(TABLE, [
      [0x5000, 1, NEXT, 1],
      [0x6000, 2, WRITE | NEXT, 2],
      [INDIRECT_TABLE, 16, INDIRECT],
    ]);
    table(INDIRECT_TABLE, [[0x7000, 3, WRITE]]);
    expect(load()).toBeNull();
    expect(segments()).toEqual({
      readable: [[0x5000, 1]],
      writable: [
        [0x6000, 2],
        [0x7000, 3],
      ],
    });
  });

  test('ignores WRITE on the descriptor that refers to the table (SPLIT-004)', () => {
    table(TABLE, [[INDIRECT_TABLE, 32, INDIRECT | WRITE]]);
    table(INDIRECT_TABLE, [
      [0x5000, 1, NEXT, 1],
      [0x6000, 2, WRITE],
    ]);
    expect(load()).toBeNull();
    expect(segments()).toEqual({ readable: [[0x5000, 1]], writable: [[0x6000, 2]] });
  });

  test('begins at entry 0 and follows next within the table', () => {
    table(TABLE, [[INDIRECT_TABLE, 64, INDIRECT]]);
    table(INDIRECT_TABLE, [
      [0x5000, 1, NEXT, 3],
      [0x6000, 2],
      [0x7000, 3],
      [0x8000, 4, NEXT, 1],
    ]);
    expect(load(0, 1)).toBeNull();
    expect(segments().readable).toEqual([
      [0x5000, 1],
      [0x8000, 4],
      [0x6000, 2],
    ]);
  });

  test('may be longer than the queue, at any address', () => {
    const at = INDIRECT_TABLE + 7;
    table(TABLE, [[at, 16 * 100, INDIRECT]]);
    table(
      at,
      Array.from({ length: 100 }, (_, index): Row => [index, 1, index < 99 ? NEXT : 0, index + 1]),
    );
    expect(load(0, 4)).toBeNull();
    expect(chain.segments).toBe(100);
    expect(chain.address(99)).toBe(99);
  });
});

describe('a fault', () => {
  test.each([8, 9, 255, 65535])('head %i of a table of 8', (head) => {
    expect(load(head)).toBe('descriptor index beyond the table');
    expect(chain.segments).toBe(0);
  });

  test.each([8, 65535])('next %i of a table of 8', (next) => {
    table(TABLE, [[0x5000, 1, NEXT, next]]);
    expect(load()).toBe('descriptor index beyond the table');
  });

  test.each([1, 2, 8])('a loop of %i descriptors ends', (length) => {
    table(
      TABLE,
      Array.from({ length }, (_, index): Row => [0x5000, 1, NEXT, (index + 1) % length]),
    );
    expect(load()).toBe('more descriptors than the queue has');
  });

  test('a loop in an indirect table ends', () => {
    table(TABLE, [[INDIRECT_TABLE, 48, INDIRECT]]);
    table(INDIRECT_TABLE, [
      [0x5000, 1, NEXT, 1],
      [0x5000, 1, NEXT, 0],
    ]);
    expect(load()).toBe('more descriptors than the queue has');
  });

  test('a loop in a huge indirect table ends at the most segments of a chain', () => {
    table(TABLE, [[0, SIZE, INDIRECT]]);
    table(0, [[0x5000, 1, NEXT, 0]]);
    expect(load()).toBe('more than 1024 descriptors in a chain');
    expect(chain.segments).toBe(MAXIMUM_CHAIN_LENGTH);
  });

  test.each<[string, number | bigint, number]>([
    ['one byte beyond RAM', SIZE - 15, 16],
    ['at the end of RAM', SIZE, 1],
    ['of no bytes beyond RAM', SIZE + 1, 0],
    ['of all lengths', 0, 0xffffffff],
    ['at 2^31', 0x80000000, 1],
    ['at the end of 32 bits', 0xffffffff, 1],
    ['that wraps at 2^32', 0xfffff000, 0x2000],
    ['whose end wraps into RAM', 0xffffffff, 0xffffffff],
    ['at 2^32', 2n ** 32n, 1],
    ['with only the highest bit', 2n ** 63n, 1],
    ['of RAM plus 2^32', 2n ** 32n + 0x5000n, 16],
    ['of no bytes with high bits', 2n ** 32n + 0x5000n, 0],
    ['at the end of 64 bits', 2n ** 64n - 1n, 1],
    ['that wraps at 2^64', 2n ** 64n - 16n, 32],
  ])('a buffer %s', (_name, address, length) => {
    for (const flags of [0, WRITE, INDIRECT]) {
      table(TABLE, [[address, length, flags]]);
      expect(load()).toBe('buffer outside RAM');
      expect(chain.segments).toBe(0);
    }
    table(TABLE, [[INDIRECT_TABLE, 16, INDIRECT]]);
    table(INDIRECT_TABLE, [[address, length]]);
    expect(load()).toBe('buffer outside RAM');
  });

  test.each([
    ['readable', 0],
    ['writable', WRITE],
  ])('more than 2^32 bytes in all, %s ones, but not just as many', (_name, flags) => {
    const size = 8 * 1024 * 1024;
    const large = new CanaryMemory(size);
    const most = 2 ** 32 / size;
    const tableOf = (rows: number) => {
      const head = { address: 0, length: rows * 16, flags: INDIRECT };
      writeDescriptor(large.memory, 0x10000, 0, head);
      for (let index = 0; index < rows; index++) {
        const next = index < rows - 1 ? NEXT : 0;
        const length = index < most ? size : 1;
        const row = { address: 0, length, flags: flags | next, next: index + 1 };
        writeDescriptor(large.memory, 0, index, row);
      }
    };
    const loaded = new DescriptorChain(large.memory);
    tableOf(most);
    expect(loaded.load(0x10000, 1, 0, true)).toBeNull();
    expect(loaded.readableLength + loaded.writableLength).toBe(2 ** 32);
    tableOf(most + 1);
    expect(loaded.load(0x10000, 1, 0, true)).toBe('more than 2^32 bytes in a chain');
  });

  test('a readable buffer after a writable one', () => {
    table(TABLE, [
      [0x5000, 1, WRITE | NEXT, 1],
      [0x6000, 1],
    ]);
    expect(load()).toBe('readable buffer after a writable one');
  });

  test('the same over the border of the indirect table', () => {
    table(TABLE, [
      [0x5000, 1, WRITE | NEXT, 1],
      [INDIRECT_TABLE, 16, INDIRECT],
    ]);
    table(INDIRECT_TABLE, [[0x6000, 1]]);
    expect(load()).toBe('readable buffer after a writable one');
  });

  test('an indirect descriptor without VIRTIO_F_INDIRECT_DESC', () => {
    table(TABLE, [[INDIRECT_TABLE, 16, INDIRECT]]);
    expect(load(0, 8, false)).toBe('indirect descriptor without VIRTIO_F_INDIRECT_DESC');
  });

  test('an indirect descriptor with NEXT', () => {
    table(TABLE, [
      [INDIRECT_TABLE, 16, INDIRECT | NEXT, 1],
      [0x5000, 1],
    ]);
    expect(load()).toBe('indirect descriptor with NEXT');
  });

  test('an indirect descriptor inside an indirect table', () => {
    table(TABLE, [[INDIRECT_TABLE, 16, INDIRECT]]);
    table(INDIRECT_TABLE, [[INDIRECT_TABLE, 16, INDIRECT]]);
    expect(load()).toBe('indirect descriptor inside an indirect table');
  });

  test.each([0, 1, 15, 17, 31, 100])('an indirect table of %i bytes', (length) => {
    table(TABLE, [[INDIRECT_TABLE, length, INDIRECT]]);
    expect(load()).toBe('indirect table empty or of odd length');
  });

  test('next beyond an indirect table that the direct table would have', () => {
    table(TABLE, [[INDIRECT_TABLE, 32, INDIRECT]]);
    table(INDIRECT_TABLE, [
      [0x5000, 1, NEXT, 2],
      [0, 0],
      [0x6000, 1],
    ]);
    expect(load()).toBe('descriptor index beyond the table');
  });
});

describe('a guest that changes memory after the load', () => {
  test('changes nothing', () => {
    table(TABLE, [
      [0x5000, 1, NEXT, 1],
      [INDIRECT_TABLE, 32, INDIRECT],
    ]);
    table(INDIRECT_TABLE, [
      [0x6000, 2, NEXT, 1],
      [0x7000, 3, WRITE],
    ]);
    expect(load()).toBeNull();
    const before = segments();
    ram.bytes.fill(0xff);
    expect(segments()).toEqual(before);
    expect(chain).toMatchObject({ head: 0, readableLength: 3, writableLength: 3 });
  });
});
