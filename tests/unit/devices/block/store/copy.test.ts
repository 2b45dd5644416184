import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { copyStore } from '../../../../../src/devices/block/store/copy.ts';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { ZEROS } from '../../../../../src/devices/block/store/page-map.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
import { FaultFile } from '../../../../support/fault-file.ts';
import { expectBytes } from '../disk.ts';
import {
  bytesOf,
  CROWDED,
  change,
  changes,
  contentOf,
  images,
  MemoryBase,
  placesOf,
  SIZE,
} from './overlay.ts';

test('a copy has what the store has, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(changes, images(), async (all, plan) => {
      const file = new FaultFile();
      const from = Store.create(file, SIZE, 'the base', CROWDED);
      for (const each of all) change(from, each);
      const before = file.content;
      const copy = new FaultFile(new Uint8Array(8 * PAGE_SIZE).fill(1));
      const to = await copyStore(from, copy);
      expect([to.size, to.base, to.stored]).toEqual([SIZE, 'the base', from.stored]);
      // It is durable: nothing is lost when the power is cut.
      const again = Store.open(copy.afterPowerCut(() => 0));
      expect(placesOf(again)).toEqual(placesOf(from));
      const base = new MemoryBase(bytesOf(plan));
      expect((await contentOf(again, base)).equals(await contentOf(from, base))).toBe(true);
      expect(Buffer.from(file.content).equals(before)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('a copy takes room for what is stored, however large the disk', async () => {
  const size = 2 ** 41;
  const from = Store.create(new FaultFile(), size, '');
  from.buffer.fill(1);
  from.write(0, 32);
  from.clear(2 ** 20, 100_000, ZEROS);
  from.write(size / PAGE_SIZE - 3, 3);
  const file = new FaultFile();
  const progress: number[][] = [];
  const onProgress = (...numbers: number[]) => progress.push(numbers);
  const to = await copyStore(from, file, { onProgress });
  expect(to.stored).toBe(100_035 * PAGE_SIZE);
  expect(file.getSize()).toBeLessThan(2 ** 22);
  expect(progress.at(-1)).toEqual([to.stored, to.stored]);
});

test('a copy is cancelled between two steps', async () => {
  const from = Store.create(new FaultFile(), SIZE, '');
  from.write(0, 32);
  from.write(33, 3);
  const controller = new AbortController();
  const reason = new Error('enough');
  const cancelled = new FaultFile();
  // The first step writes data, after the four pages of an empty store.
  const write = cancelled.write.bind(cancelled);
  let writes = 0;
  cancelled.write = (...parts) => {
    if (++writes === 3) controller.abort(reason);
    return write(...parts);
  };
  await expect(copyStore(from, cancelled, { signal: controller.signal })).rejects.toBe(reason);
  expect(writes).toBe(3);
  const untouched = new FaultFile();
  await expect(copyStore(from, untouched, { signal: controller.signal })).rejects.toBe(reason);
  expect(untouched.getSize()).toBe(0);
});

test('long work lets others have their turn, and tells how far it is', async () => {
  const from = Store.create(new FaultFile(), 2 ** 30, '');
  for (let block = 0; block < 64; block += 2) from.write(block, 1);
  // Each step takes long.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
  onTestFinished(() => clock.mockRestore());
  const progress: number[] = [];
  const onProgress = (done: number) => progress.push(done);
  const controller = new AbortController();
  setImmediate(() => controller.abort(new Error('enough')));
  const copying = copyStore(from, new FaultFile(), { onProgress, signal: controller.signal });
  await expect(copying).rejects.toThrow('enough');
  expect(progress.length).toBeGreaterThan(0);
  expect(progress).toEqual(progress.map((_, index) => (index + 1) * PAGE_SIZE));
  expect(progress.at(-1)).toBeLessThan(32 * PAGE_SIZE);
});

test('a copy is of the moment when it was begun, whatever is changed meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.array(changes), async (before, meanwhile) => {
      const sourceFile = new FaultFile();
      const from = Store.create(sourceFile, SIZE, '', CROWDED);
      for (const each of before) change(from, each);
      const expected = await contentOf(from, null);
      const copy = new FaultFile();
      // Between any two writes of the copy something is changed and flushed.
      const write = copy.write.bind(copy);
      copy.write = (...parts) => {
        for (const each of meanwhile.shift() ?? []) change(from, each);
        from.flush();
        return write(...parts);
      };
      const copying = copyStore(from, copy);
      // At the latest now.
      for (const each of meanwhile.shift() ?? []) change(from, each);
      from.flush();
      const to = await copying;
      expectBytes(await contentOf(to, null), expected);
      const now = await contentOf(from, null);
      const again = Store.open(sourceFile.afterPowerCut(() => 0));
      expectBytes(await contentOf(again, null), now);
    }),
    { numRuns: 150 },
  );
});

test('what a copy has kept from being used again is free when it is over, however it ends', async () => {
  const file = new FaultFile();
  const from = Store.create(file, SIZE, '', CROWDED);
  const controller = new AbortController();
  controller.abort();
  for (let round = 0; round < 100; round++) {
    change(from, { block: 0, count: 30, to: 1 });
    const copying = copyStore(from, new FaultFile());
    change(from, { block: 0, count: 30, to: 2 });
    from.flush();
    const cancelled = copyStore(from, new FaultFile(), { signal: controller.signal });
    await Promise.all([copying, expect(cancelled).rejects.toThrow('aborted')]);
  }
  expect(from.fileSize).toBeLessThan(200 * PAGE_SIZE);
});
