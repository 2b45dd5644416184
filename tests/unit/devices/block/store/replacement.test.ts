import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArraySource } from '../../../../../src/devices/block/buffers.ts';
import type { DiskState } from '../../../../../src/devices/block/disk-state.ts';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../../src/devices/block/store/store-backend.ts';
import { FaultFile } from '../../../../support/fault-file.ts';
import { randomNumbers } from '../../../../support/noise.ts';
import { pattern } from '../disk.ts';
import {
  type Change,
  CROWDED,
  change,
  changes,
  contentOf,
  expectFailure,
  MemoryBase,
  placesOf,
  SIZE,
} from './overlay.ts';

// A kept disk that a snapshot includes: it becomes what it was.

const INCLUDED = { keptDisks: 'included' as const };
const base = new MemoryBase(pattern(20 * PAGE_SIZE, 3));

/** What is to be compared of a disk. */
interface Look {
  size: number;
  places: string[];
  /** A checksum of all bytes. */
  content: string;
}

async function look(store: Store): Promise<Look> {
  const content = createHash('sha1')
    .update(await contentOf(store, base))
    .digest('hex');
  return { size: store.size, places: placesOf(store), content };
}

/** A disk that was something, and has become something else. */
class Trial {
  readonly file = new FaultFile();
  readonly store = Store.create(this.file, SIZE, 'the base', CROWDED);
  readonly disk = new StoreBackend(this.store, base);
  saved!: DiskState;
  was!: Look;
  is!: Look;

  static async make(before: readonly Change[], after: readonly Change[], growth: number) {
    const trial = new Trial();
    for (const each of before) change(trial.store, each);
    trial.saved = structuredClone(trial.disk.save(INCLUDED));
    trial.was = await look(trial.store);
    for (const each of after) change(trial.store, each);
    if (growth > 0) trial.store.grow(SIZE + growth * PAGE_SIZE);
    trial.is = await look(trial.store);
    return trial;
  }

  async restore(): Promise<void> {
    await this.disk.accepts(this.saved);
    this.disk.restore();
  }

  /** What the next opening finds. */
  async after(content: Uint8Array): Promise<Look> {
    return look(Store.open(new FaultFile(content), CROWDED));
  }
}

const trials = fc.tuple(changes, changes, fc.nat(3));
/** Operations of the file until something happens to it. */
const moment = fc.integer({ min: 1, max: 50 });

test('a disk becomes what it was, durably, and so does another', async () => {
  await fc.assert(
    fc.asyncProperty(trials, async (given) => {
      const trial = await Trial.make(...given);
      await trial.disk.accepts(trial.saved);
      expect(await look(trial.store)).toEqual(trial.is);
      trial.disk.restore();
      expect(await look(trial.store)).toEqual(trial.was);
      // Of what was not flushed, nothing arrives.
      expect(await trial.after(trial.file.afterPowerCut(() => 0).content)).toEqual(trial.was);
      // It goes on: what is written is kept as ever.
      for (const each of given[1]) change(trial.store, each);
      const again = await look(trial.store);
      trial.store.flush();
      expect(await trial.after(trial.file.content)).toEqual(again);

      const other = Store.create(new FaultFile(), PAGE_SIZE, 'the base', CROWDED);
      const disk = new StoreBackend(other, base);
      await disk.accepts(trial.saved);
      disk.restore();
      expect(await look(other)).toEqual(trial.was);
    }),
    { numRuns: 150 },
  );
});

test('a power cut in the middle leaves the one disk or the other, whole', async () => {
  let replaced = 0;
  await fc.assert(
    fc.asyncProperty(trials, moment, fc.integer(), async (given, operations, seed) => {
      const trial = await Trial.make(...given);
      trial.store.flush();
      trial.file.operationsLeft = operations;
      await trial.restore().catch(expectFailure(/power/));
      const left = trial.file.afterPowerCut(randomNumbers(seed));
      const found = await trial.after(left.content);
      if (found.content !== trial.is.content) replaced++;
      expect([trial.is, trial.was]).toContainEqual(found);
    }),
    { numRuns: 600 },
  );
  expect(replaced).toBeGreaterThan(20);
});

test('a file that fails leaves the disk as it is, and it can be tried again', async () => {
  await fc.assert(
    fc.asyncProperty(
      trials,
      moment,
      fc.boolean(),
      fc.integer(),
      async (given, when, forgetful, seed) => {
        const trial = await Trial.make(...given);
        trial.store.flush();
        Object.assign(trial.file, { untilFailure: when, forgetful });
        const failed = await trial.restore().then(
          () => false,
          () => true,
        );
        trial.file.untilFailure = Number.POSITIVE_INFINITY;
        expect(await look(trial.store)).toEqual(failed ? trial.is : trial.was);
        // What is written before the next flush takes no page of either, whichever the next opening finds.
        for (let tag = 0; tag < 8; tag++) change(trial.store, { block: tag, count: 32, to: tag });
        const left = () => trial.file.afterPowerCut(randomNumbers(seed)).content;
        expect([trial.was, failed && trial.is]).toContainEqual(await trial.after(left()));
        const written = await look(trial.store);
        trial.store.flush();
        expect(await trial.after(left())).toEqual(written);
        await trial.restore();
        expect(await trial.after(trial.file.afterPowerCut(() => 0).content)).toEqual(trial.was);
      },
    ),
    { numRuns: 400 },
  );
});

test('without room it is refused, unless the blocks are here already', async () => {
  const everything: Change = { block: 0, count: 30, to: 1 };
  const trial = await Trial.make([everything], [{ ...everything, to: 2 }], 0);
  trial.store.flush();
  trial.file.quota = trial.file.getSize();
  await expect(trial.restore()).rejects.toMatchObject({ code: 'disk-full' });
  expect(await look(trial.store)).toEqual(trial.is);
  const saved = trial.disk.save(INCLUDED);
  change(trial.store, { block: 7, count: 1, to: 'zeros' });
  trial.saved = saved;
  await trial.restore();
  expect(await trial.after(trial.file.content)).toEqual(trial.is);
});

test('what was made ready takes no room when the machine goes on as it was', async () => {
  const trial = await Trial.make(
    [{ block: 0, count: 12, to: 1 }],
    [{ block: 0, count: 12, to: 2 }],
    0,
  );
  for (let round = 0; round < 50; round++) {
    await trial.disk.accepts(trial.saved);
    await trial.disk.write(PAGE_SIZE, PAGE_SIZE, new ArraySource(pattern(PAGE_SIZE, round)));
    trial.disk.flush();
  }
  expect(trial.store.fileSize).toBeLessThan(60 * PAGE_SIZE);
});

test('what was begun before, and takes its time, does not come after it', async () => {
  const slow = new MemoryBase(pattern(4 * PAGE_SIZE, 3), true);
  const disk = new StoreBackend(Store.create(new FaultFile(), SIZE, ''), slow);
  const saved = disk.save(INCLUDED);
  const writing = disk.write(512, 512, new ArraySource(pattern(512, 9)));
  await disk.accepts(saved);
  disk.restore();
  await writing;
  expect(disk.changes(0, 1).ranges).toEqual([]);
});
