import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BaseImage } from '../../../../../src/devices/block/backend.ts';
import { MemoryBackend } from '../../../../../src/devices/block/memory-backend.ts';
import { RawBackend } from '../../../../../src/devices/block/raw-backend.ts';
import { type CommitTarget, commitStore } from '../../../../../src/devices/block/store/commit.ts';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../../src/devices/block/store/store-backend.ts';
import { FaultFile } from '../../../../support/fault-file.ts';
import { randomNumbers } from '../../../../support/noise.ts';
import { expectBytes } from '../disk.ts';
import {
  BLOCKS,
  bytesOf,
  type Change,
  CROWDED,
  change,
  changes,
  contentOf,
  expectFailure,
  images,
  MemoryBase,
  SIZE,
} from './overlay.ts';

/** How a base in a file is opened. */
type Open = (file: FaultFile) => BaseImage & CommitTarget;

const openRaw: Open = (file) => new RawBackend(file);
const lowest = new MemoryBase(new Uint8Array(20 * PAGE_SIZE).fill(3));
const openStore: Open = (file) => new StoreBackend(Store.open(file, CROWDED), lowest);

/** The file of a raw image, at least as long as the disk. */
function rawFile(bytes: Uint8Array): FaultFile {
  const whole = new Uint8Array(Math.max(SIZE, bytes.length));
  whole.set(bytes);
  return new FaultFile(whole);
}

/** The file of a store that is a base, of which half a disk lies below it. */
function storeFile(all: Change[]): FaultFile {
  const file = new FaultFile();
  const store = Store.create(file, SIZE, 'lowest', CROWDED);
  for (const each of all) change(store, each);
  store.flush();
  return file;
}

/** A store and its base, and what its disk has to be at any moment. */
class Trial {
  file = new FaultFile();
  store = Store.create(this.file, SIZE, 'old', CROWDED);
  baseFile: FaultFile;
  base: BaseImage & CommitTarget;
  content: Buffer = Buffer.alloc(0);
  readonly #open: Open;

  constructor(baseFile: FaultFile, open: Open) {
    this.#open = open;
    this.baseFile = baseFile;
    this.base = open(baseFile);
  }

  async begin(all: Change[]): Promise<void> {
    for (const each of all) change(this.store, each);
    this.store.flush();
    this.content = await contentOf(this.store, this.base);
  }

  /** @throws what `commitStore` throws */
  commit(): Promise<void> {
    return commitStore(this.store, this.base, { name: () => 'new' });
  }

  /** The power fails both files at once. */
  cutPowerAfter(operations: number): void {
    let left = operations;
    const shared = { get: () => left, set: (value: number) => (left = value) };
    for (const file of [this.file, this.baseFile]) {
      Object.defineProperty(file, 'operationsLeft', shared);
    }
  }

  async check(): Promise<void> {
    expectBytes(await contentOf(this.store, this.base), this.content);
    // Who finds the new name has to find what it stands for.
    if (this.store.base === 'new') expectBytes(await this.#baseContent(), this.content);
  }

  async checkAfterPowerCut(random: () => number): Promise<void> {
    this.file = this.file.afterPowerCut(random);
    this.baseFile = this.baseFile.afterPowerCut(random);
    this.store = Store.open(this.file, CROWDED);
    this.base = this.#open(this.baseFile);
    await this.check();
  }

  /** The base has all, durably, and the store has nothing. */
  async checkEnd(): Promise<void> {
    await this.checkAfterPowerCut(() => 0);
    expect([this.store.base, this.store.stored]).toEqual(['new', 0]);
    expectBytes(await this.#baseContent(), this.content);
  }

  #baseContent(): Promise<Buffer> {
    return contentOf(Store.create(new FaultFile(), SIZE, 'new'), this.base);
  }
}

/** @param plans what a base has to be @param make a trial with such a base */
function describeCommits<Plan>(
  name: string,
  plans: fc.Arbitrary<Plan>,
  make: (plan: Plan) => Trial,
): void {
  describe(`a store whose base is ${name}`, () => {
    test('gives it what was changed, and is empty then', async () => {
      await fc.assert(
        fc.asyncProperty(plans, changes, async (plan, all) => {
          const trial = make(plan);
          await trial.begin(all);
          await trial.commit();
          await trial.checkEnd();
        }),
        { numRuns: 100 },
      );
    });

    test('is the same disk after a power cut at any moment, and goes on from there', async () => {
      const cut = fc.record({ after: fc.nat(40), seed: fc.integer() });
      await fc.assert(
        fc.asyncProperty(plans, changes, cut, async (plan, all, { after, seed }) => {
          const trial = make(plan);
          await trial.begin(all);
          trial.cutPowerAfter(after);
          await trial.commit().catch(expectFailure(/power/));
          await trial.checkAfterPowerCut(randomNumbers(seed));
          await trial.commit();
          await trial.checkEnd();
        }),
        { numRuns: 150 },
      );
    });

    test('is the same disk when writes and flushes fail, before and after a power cut', async () => {
      const fault = fc.record({
        which: fc.constantFrom('file' as const, 'baseFile' as const),
        after: fc.integer({ min: 1, max: 20 }),
        flushes: fc.nat(1),
        forgetful: fc.boolean(),
      });
      const cut = fc.option(fc.integer());
      await fc.assert(
        fc.asyncProperty(plans, changes, fault, cut, async (plan, all, { which, ...how }, seed) => {
          const trial = make(plan);
          await trial.begin(all);
          const file = trial[which];
          file.untilFailure = how.after;
          file.failingFlushes = how.flushes;
          file.forgetful = how.forgetful;
          await trial.commit().catch(expectFailure(/takes no more|failed|could be written/));
          await trial.check();
          file.untilFailure = Number.POSITIVE_INFINITY;
          file.failingFlushes = 0;
          if (seed !== null) await trial.checkAfterPowerCut(randomNumbers(seed));
          await trial.commit();
          await trial.checkEnd();
        }),
        { numRuns: 150 },
      );
    });
  });
}

describeCommits('a raw image', images(SIZE + 4 * PAGE_SIZE), (plan) => {
  return new Trial(rawFile(bytesOf(plan)), openRaw);
});
describeCommits('another store', changes, (plan) => new Trial(storeFile(plan), openStore));

test('without another name the base keeps the one that it has', async () => {
  const base = await MemoryBackend.create({ size: SIZE });
  const store = Store.create(new FaultFile(), SIZE, 'old');
  change(store, { block: 2, count: 3, to: 1 });
  const progress: (number | null)[][] = [];
  await commitStore(store, base, { onProgress: (...numbers) => progress.push(numbers) });
  expect([store.base, store.stored]).toEqual(['old', 0]);
  expect(progress.at(-1)).toEqual([3 * PAGE_SIZE, 3 * PAGE_SIZE]);
  expect(base.usage.changed).toBe(3 * PAGE_SIZE);
});

test('a commit that is cancelled leaves all in the store', async () => {
  const store = Store.create(new FaultFile(), SIZE, 'old');
  change(store, { block: 0, count: 32, to: 1 });
  change(store, { block: 32, count: BLOCKS - 32, to: 2 });
  const { stored } = store;
  const controller = new AbortController();
  const file = new FaultFile(new Uint8Array(SIZE));
  const write = file.write.bind(file);
  file.write = (...parts) => {
    controller.abort(new Error('enough'));
    return write(...parts);
  };
  const { signal } = controller;
  await expect(commitStore(store, new RawBackend(file), { signal })).rejects.toThrow('enough');
  expect([store.base, store.stored]).toEqual(['old', stored]);
  expect(file.content[32 * PAGE_SIZE - 1]).toBe(1);
  expect(file.content[32 * PAGE_SIZE]).toBe(0);
});

test('a base that is shorter than the disk is refused', async () => {
  const store = Store.create(new FaultFile(), SIZE, 'old');
  const base = await MemoryBackend.create({ size: SIZE - 512 });
  await expect(commitStore(store, base)).rejects.toMatchObject({ code: 'disk-size' });
});
