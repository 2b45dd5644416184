import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  SEGMENT_SIZE,
  type Segment,
  SegmentReader,
  segmentsOf,
  withoutZeros,
} from '../../../src/cli/disk/segments.ts';

async function* inPieces(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let index = 0; from < bytes.length; index++) {
    const size = sizes[index % sizes.length];
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function gather<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function joined(segments: AsyncIterable<Segment>): Promise<Buffer> {
  return Buffer.concat(await gather(bytesOf(segments)));
}

/** A disk of blocks of which some are zeros, and some only begin or end with them. */
const disks = fc
  .array(fc.constantFrom('zeros', 'first byte', 'last byte', 'full'), { maxLength: 40 })
  .map((kinds) => {
    const bytes = new Uint8Array(kinds.length * 4096 + 512);
    for (const [block, kind] of kinds.entries()) {
      if (kind === 'full') bytes.fill(block + 1, block * 4096, (block + 1) * 4096);
      if (kind === 'first byte') bytes[block * 4096] = 1;
      if (kind === 'last byte') bytes[block * 4096 + 4095] = 1;
    }
    return bytes;
  });
const sizes = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 });

describe('segments', () => {
  it('are all of the disk, and no block of zeros is data', async () => {
    await fc.assert(
      fc.asyncProperty(disks, sizes, async (disk, pieces) => {
        const segments = await gather(segmentsOf(inPieces(disk, pieces)));
        expect(segments).toEqual([...withoutZeros(disk)]);
        let at = 0;
        for (const { length, data } of segments) {
          expect(at % 4096).toBe(0);
          const zeroBlocks = [];
          for (let from = at; from < at + length; from += 4096) {
            zeroBlocks.push(
              disk.subarray(from, Math.min(from + 4096, at + length)).every((b) => !b),
            );
          }
          expect(new Set(zeroBlocks)).toEqual(new Set([data === null]));
          if (data) expect(Buffer.from(data).equals(disk.subarray(at, at + length))).toBe(true);
          at += length;
        }
        expect(at).toBe(disk.length);
      }),
      { numRuns: 50 },
    );
  });

  it('keep their data while the next ones are read', async () => {
    const disk = new Uint8Array(3 * SEGMENT_SIZE).map((_, index) => 1 + index / SEGMENT_SIZE);
    const [first, , last] = await gather(segmentsOf(inPieces(disk, [100_000])));
    expect([first.data?.[0], last.data?.[0]]).toEqual([1, 3]);
  });

  it('may be zeros of any length', async () => {
    async function* long(): AsyncGenerator<Segment> {
      yield { length: 2 * SEGMENT_SIZE + 512, data: null };
    }
    expect((await joined(long())).equals(Buffer.alloc(2 * SEGMENT_SIZE + 512))).toBe(true);
  });

  it('can be taken in portions, with zeros behind the end', async () => {
    await fc.assert(
      fc.asyncProperty(disks, sizes, async (disk, portions) => {
        const reader = new SegmentReader(segmentsOf(inPieces(disk, [10_000])));
        let at = 0;
        for (const portion of portions) {
          const expected = Buffer.alloc(portion);
          expected.set(disk.subarray(at, at + portion));
          expect((await joined(reader.take(portion))).equals(expected)).toBe(true);
          at += portion;
        }
        await reader.close();
      }),
      { numRuns: 50 },
    );
  });
});
