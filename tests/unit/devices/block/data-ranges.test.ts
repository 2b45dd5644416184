import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArraySource, ArrayTarget } from '../../../../src/devices/block/buffers.ts';
import { type ChangeListing, MemoryBackend } from '../../../../src/devices/block/memory-backend.ts';
import { Store } from '../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../src/devices/block/store/store-backend.ts';
import { runsOf } from '../../../../src/devices/block/zeros.ts';
import { FaultFile } from '../../../support/fault-file.ts';
import { pattern } from './disk.ts';

const PAGE = 4096;
const PAGES = 60;
/** The last page of the disk is not whole. */
const SIZE = PAGES * PAGE - 512;
const BASE_SIZE = 20 * PAGE + 512;

type Backend = MemoryBackend | StoreBackend;

async function disks(): Promise<Backend[]> {
  const image = () => new Blob([pattern(BASE_SIZE, 3)]).stream();
  const base = await MemoryBackend.create({ image: image() });
  return [
    await MemoryBackend.create({ size: SIZE }),
    await MemoryBackend.create({ image: image(), size: SIZE }),
    MemoryBackend.over(await MemoryBackend.create({ image: image(), size: SIZE })),
    new StoreBackend(Store.create(new FaultFile(), SIZE, ''), null),
    new StoreBackend(Store.create(new FaultFile(), SIZE, 'base'), base),
  ];
}

/** All ranges, from listings of `limit` each. */
function listed(disk: Backend, limit: number) {
  const ranges: { offset: number; length: number }[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const listing: ChangeListing = disk.data(from, limit);
    expect(listing.ranges.length).toBeLessThanOrEqual(limit);
    ranges.push(...listing.ranges);
    from = listing.next;
  }
  return ranges;
}

const operation = fc.record({
  kind: fc.constantFrom('write' as const, 'zeros' as const, 'discard' as const),
  page: fc.integer({ min: 0, max: PAGES - 2 }),
  pages: fc.integer({ min: 1, max: 8 }),
});

test('where a disk lists no data, it is zero', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation), fc.integer({ min: 1, max: 3 }), async (all, limit) => {
      for (const disk of await disks()) {
        for (const { kind, page, pages } of all) {
          const offset = page * PAGE;
          const length = Math.min(pages * PAGE, SIZE - offset);
          if (kind === 'zeros') await disk.writeZeroes(offset, length);
          else if (kind === 'discard') await disk.discard(offset, length);
          else await disk.write(offset, length, new ArraySource(pattern(length, page)));
        }
        const bytes = new Uint8Array(SIZE);
        await disk.read(0, SIZE, new ArrayTarget(bytes));
        let end = 0;
        for (const { offset, length } of listed(disk, limit)) {
          expect(offset % PAGE).toBe(0);
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(length).toBeGreaterThan(0);
          end = offset + length;
          bytes.fill(0, offset, end);
        }
        expect(end).toBeLessThanOrEqual(SIZE);
        expect(bytes.some((byte) => byte !== 0)).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
});

test('an empty disk lists nothing, and a store over an image not what it has zeroed', async () => {
  const [empty, , , , overlay] = await disks();
  expect(listed(empty, 9)).toEqual([]);
  await overlay.writeZeroes(2 * PAGE, 3 * PAGE);
  await overlay.write(30 * PAGE, PAGE, new ArraySource(pattern(PAGE, 1)));
  expect(listed(overlay, 1)).toEqual([
    { offset: 0, length: 2 * PAGE },
    { offset: 5 * PAGE, length: 16 * PAGE },
    { offset: 30 * PAGE, length: PAGE },
  ]);
});

test('zeros are told from data by blocks, also at an end that is not whole', () => {
  const bytes = new Uint8Array(5 * 8 + 3);
  bytes[8] = 1;
  bytes[23] = 1;
  bytes[42] = 1;
  expect([...runsOf(bytes, 8)]).toEqual([
    { from: 0, to: 8, zero: true },
    { from: 8, to: 24, zero: false },
    { from: 24, to: 40, zero: true },
    { from: 40, to: 43, zero: false },
  ]);
  expect([...runsOf(new Uint8Array(0), 8)]).toEqual([]);
});
