import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BaseImage, BlockBackend } from '../../../../src/devices/block/backend.ts';
import { ArraySource, ArrayTarget } from '../../../../src/devices/block/buffers.ts';
import type { DiskState } from '../../../../src/devices/block/disk-state.ts';
import { MemoryBackend } from '../../../../src/devices/block/memory-backend.ts';
import { Store } from '../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../src/devices/block/store/store-backend.ts';
import { FaultFile } from '../../../support/fault-file.ts';
import { expectBytes, memoryDisk, pattern } from './disk.ts';

const SECTOR = 512;
const SIZE = 3 * 65536 + 5 * SECTOR;
const IMAGE = pattern(SIZE, 7);
const REFERENCED = { keptDisks: 'referenced' as const };
const INCLUDED = { keptDisks: 'included' as const };

const operation = fc.record({
  kind: fc.constantFrom('write', 'zero', 'grow'),
  sector: fc.nat(SIZE / SECTOR - 1),
  sectors: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(255),
});
const operations = fc.array(operation, { maxLength: 12 });
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(disk: BlockBackend, work: readonly Operation[]): Promise<void> {
  for (const { kind, sector, sectors, seed } of work) {
    const offset = sector * SECTOR;
    const length = Math.min(sectors * SECTOR, disk.size - offset);
    if (kind === 'write') await disk.write(offset, length, new ArraySource(pattern(length, seed)));
    else if (kind === 'zero') await disk.writeZeroes(offset, length, true);
    else disk.grow(disk.size + sectors * SECTOR);
  }
}

/** What a disk refuses it with. */
function refusal(disk: BlockBackend, saved: DiskState): Promise<string> {
  return disk.accepts(saved).then(
    () => 'accepted',
    ({ code, message }) => `${code}: ${message}`,
  );
}

async function contentOf(disk: BaseImage): Promise<Uint8Array> {
  const bytes = new Uint8Array(disk.size);
  await disk.read(0, bytes.length, new ArrayTarget(bytes));
  return bytes;
}

test.each([
  ['made of an image', () => memoryDisk(IMAGE)],
  [
    'over an image that is elsewhere',
    async () => MemoryBackend.over(await memoryDisk(IMAGE), 'it'),
  ],
])('a disk in memory, %s, goes back to what it was, and so does another', async (_, make) => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (before, after) => {
      const disk = await make();
      await perform(disk, before);
      const saved = disk.save();
      const [content, changes] = [await contentOf(disk), disk.changes(0, 100)];
      await perform(disk, after);
      const other = await make();
      await perform(other, after);
      for (const restored of [disk, other]) {
        await restored.accepts(saved);
        restored.restore(structuredClone(saved));
        expectBytes(await contentOf(restored), content);
        expect(restored.changes(0, 100)).toEqual(changes);
      }
      // The snapshot is still what it was.
      await perform(disk, after);
      disk.restore(saved);
      expectBytes(await contentOf(disk), content);
    }),
    { numRuns: 60 },
  );
});

test('a disk refuses what was changed on another image, or elsewhere, or makes no sense', async () => {
  const disk = await memoryDisk(IMAGE);
  const other = await memoryDisk(pattern(SIZE, 8));
  const kept = new StoreBackend(Store.create(new FaultFile(), SIZE, 'base'), null);
  const notHere = 'snapshot-disk: Its changes are in memory, and those in the snapshot were kept';
  expect(await refusal(disk, other.save())).toMatch(/Its image is one with the checksum/);
  expect(await refusal(disk, kept.save(REFERENCED))).toContain(notHere);
  expect(await refusal(disk, kept.save(INCLUDED))).toContain(notHere);
  expect(await refusal(kept, disk.save())).toContain('kept in the browser');
  // Another disk that was made of the same image is as good.
  expect(await refusal(disk, (await memoryDisk(IMAGE)).save())).toBe('accepted');

  await kept.write(0, 8192, new ArraySource(pattern(8192)));
  for (const change of [
    { size: SIZE - 1 },
    { size: 4096 },
    { content: { changed: Float64Array.of(5, 2, 4, 1) } },
    { content: { stored: Float64Array.of(0, 2 ** 40) } },
    { content: { bytes: new Uint8Array(4096) } },
  ]) {
    const saved = kept.save(INCLUDED);
    const nonsense = { ...saved, ...change, content: { ...saved.content, ...change.content } };
    expect(await refusal(kept, nonsense as DiskState)).toContain('makes no sense');
  }
});

test('a kept disk is accepted as long as it holds the same, also after it was opened again', async () => {
  const file = new FaultFile();
  const disk = new StoreBackend(Store.create(file, SIZE, 'base'), null);
  await disk.write(8192, 8192, new ArraySource(pattern(8192)));
  const saved = disk.save(REFERENCED);
  expect(await refusal(disk, saved)).toBe('accepted');
  await disk.close();
  const again = new StoreBackend(Store.open(file), null);
  expect(await refusal(again, saved)).toBe('accepted');
  await again.write(8192, SECTOR, new ArraySource(pattern(SECTOR, 9)));
  expect(await refusal(again, saved)).toMatch(/was written to since/);
  await again.write(8192, SECTOR, new ArraySource(pattern(8192).subarray(0, SECTOR)));
  expect(await refusal(again, saved)).toBe('accepted');
  await again.writeZeroes(8192, 4096);
  expect(await refusal(again, saved)).toMatch(/was written to since/);
});
