import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { NOT_HERE } from '../../../../../src/devices/block/store/page-map.ts';
import { rebaseStore } from '../../../../../src/devices/block/store/rebase.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
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
  type ImagePlan,
  images,
  MemoryBase,
  placesOf,
  SIZE,
} from './overlay.ts';

/** Bytes of the old base and of the new one; null for zeros. The old one may be longer than the disk. */
const bases = fc.record({
  from: fc.option(images(SIZE + 4 * PAGE_SIZE), { freq: 4 }),
  onto: fc.option(images(), { freq: 4 }),
  slow: fc.boolean(),
});

type Plan = ImagePlan | null;

/** A store between two bases, and what its disk has to be at any moment. */
class Trial {
  readonly from: MemoryBase | null;
  readonly onto: MemoryBase | null;
  file = new FaultFile();
  store: Store;
  content: Buffer = Buffer.alloc(0);

  constructor({ from, onto, slow }: { from: Plan; onto: Plan; slow: boolean }) {
    this.from = from && new MemoryBase(bytesOf(from), slow);
    this.onto = onto && new MemoryBase(bytesOf(onto), slow);
    this.store = Store.create(this.file, SIZE, this.from ? 'old' : '', CROWDED);
  }

  async begin(all: Change[]): Promise<void> {
    for (const each of all) change(this.store, each);
    this.store.flush();
    this.content = await contentOf(this.store, this.from);
  }

  /** @throws what `rebaseStore` throws */
  rebase(signal?: AbortSignal): Promise<void> {
    const onto = this.onto && { image: this.onto, name: 'new' };
    return rebaseStore(this.store, this.#base, onto, { signal });
  }

  /** The base that the store is over now, by its name. */
  get #base(): MemoryBase | null {
    switch (this.store.base) {
      case '':
        return null;
      case 'old':
        return this.from;
      default:
        return this.onto;
    }
  }

  async check(): Promise<void> {
    expectBytes(await contentOf(this.store, this.#base), this.content);
  }

  /** The same after a power cut. */
  async checkAfterPowerCut(random: () => number): Promise<void> {
    this.file = this.file.afterPowerCut(random);
    this.store = Store.open(this.file, CROWDED);
    await this.check();
  }

  /** It is over the new base, durably, and has nothing that it does not need. */
  async checkEnd(): Promise<void> {
    expect(this.store.base).toBe(this.onto ? 'new' : '');
    await this.checkAfterPowerCut(() => 0);
    const below = Buffer.alloc(BLOCKS * PAGE_SIZE);
    below.set(this.onto?.bytes ?? []);
    const baseEnd = Math.ceil((this.onto?.size ?? 0) / PAGE_SIZE);
    for (const [block, place] of placesOf(this.store).entries()) {
      if (place === 'not here' || (place === 'data' && block >= baseEnd)) continue;
      const range = [block * PAGE_SIZE, Math.min(SIZE, (block + 1) * PAGE_SIZE)];
      const same = below.subarray(...range).equals(this.content.subarray(...range));
      expect(same, `block ${block}, which is ${place}`).toBe(false);
    }
  }
}

describe('a store that is put on another base', () => {
  test('is the same disk, and has what the new base has not', async () => {
    await fc.assert(
      fc.asyncProperty(bases, changes, async (images, all) => {
        const trial = new Trial(images);
        await trial.begin(all);
        await trial.rebase();
        await trial.checkEnd();
      }),
      { numRuns: 150 },
    );
  });

  test('is the same disk after a power cut at any moment, and goes on from there', async () => {
    const cut = fc.record({ after: fc.nat(40), seed: fc.integer() });
    await fc.assert(
      fc.asyncProperty(bases, changes, cut, async (images, all, { after, seed }) => {
        const trial = new Trial(images);
        await trial.begin(all);
        const random = randomNumbers(seed);
        trial.file.operationsLeft = after;
        await trial.rebase().catch(expectFailure(/power/));
        await trial.checkAfterPowerCut(random);
        await trial.rebase();
        await trial.checkEnd();
      }),
      { numRuns: 250 },
    );
  });

  test('is the same disk when writes and flushes fail, before and after a power cut', async () => {
    const failure = fc.record({
      after: fc.integer({ min: 1, max: 30 }),
      again: fc.integer({ min: 1, max: 6 }),
      flushes: fc.nat(2),
      forgetful: fc.boolean(),
      cut: fc.option(fc.integer()),
    });
    await fc.assert(
      fc.asyncProperty(bases, changes, failure, async (images, all, { after, again, ...fault }) => {
        const trial = new Trial(images);
        await trial.begin(all);
        trial.file.untilFailure = after;
        trial.file.failingFlushes = fault.flushes;
        trial.file.forgetful = fault.forgetful;
        await trial.rebase().catch(expectFailure(/takes no more|failed/));
        await trial.check();
        trial.file.untilFailure = again;
        if (fault.cut !== null) await trial.checkAfterPowerCut(randomNumbers(fault.cut));
        else await trial.rebase().catch(expectFailure(/takes no more|failed/));
        await trial.check();
        trial.file.untilFailure = Number.POSITIVE_INFINITY;
        trial.file.failingFlushes = 0;
        await trial.rebase();
        await trial.checkEnd();
      }),
      { numRuns: 250 },
    );
  });
});

const all = (tag: number) => new Uint8Array(SIZE).fill(tag);

test('what was copied is taken back when the work is cancelled, or a base fails', async () => {
  const file = new FaultFile();
  const store = Store.create(file, 1024 * PAGE_SIZE, 'old');
  store.buffer.fill(9);
  store.write(3, 1);
  const from = new MemoryBase(new Uint8Array(1024 * PAGE_SIZE).fill(1));
  const controller = new AbortController();
  const onto = new MemoryBase(new Uint8Array(1024 * PAGE_SIZE).fill(2));
  const read = onto.read.bind(onto);
  let stored = 0;
  const during = (offset: number, act: () => void) => {
    onto.read = (...parts) => {
      if (parts[0] === offset) {
        ({ stored } = store);
        act();
      }
      return read(...parts);
    };
  };
  const failing = (reason: Error) => () => {
    throw reason;
  };
  for (const act of [() => controller.abort(new Error('enough')), failing(new Error('enough'))]) {
    during(512 * PAGE_SIZE, act);
    const { signal } = controller;
    const work = rebaseStore(store, from, { image: onto, name: 'new' }, { signal });
    await expect(work).rejects.toThrow('enough');
  }
  expect(stored).toBeGreaterThan(500 * PAGE_SIZE);
  expect(store.base).toBe('old');
  expect(store.stored).toBe(PAGE_SIZE);
  expect(Store.open(file.afterPowerCut(() => 0)).stored).toBe(PAGE_SIZE);
});

test('without room the store is as it was, and takes no more', async () => {
  const file = new FaultFile();
  const store = Store.create(file, 1024 * PAGE_SIZE, 'old');
  file.quota = file.getSize() + 100 * PAGE_SIZE;
  const from = new MemoryBase(new Uint8Array(1024 * PAGE_SIZE).fill(1));
  await expect(rebaseStore(store, from, null)).rejects.toMatchObject({ code: 'disk-full' });
  expect([store.base, store.stored]).toEqual(['old', 0]);
});

test('once the disk is on the new base, nothing that fails is told as a failure', async () => {
  const file = new FaultFile();
  const store = Store.create(file, SIZE, 'old');
  store.buffer.fill(1);
  store.write(0, 3);
  const onto = { image: new MemoryBase(all(1)), name: 'new' };
  const flush = file.flush.bind(file);
  // What the new base has too cannot be dropped.
  file.flush = () => {
    if (store.base === 'new') throw new Error('the flush failed');
    flush();
  };
  await rebaseStore(store, new MemoryBase(all(2)), onto);
  const again = Store.open(file.afterPowerCut(() => 0));
  expect(again.base).toBe('new');
  const content = await contentOf(again, onto.image);
  expect([content[0], content[3 * PAGE_SIZE]]).toEqual([1, 2]);
});

test('a base longer than the disk is refused, and one without a name', async () => {
  const store = Store.create(new FaultFile(), SIZE, 'old');
  const longer = { image: new MemoryBase(new Uint8Array(SIZE + 512)), name: 'new' };
  await expect(rebaseStore(store, null, longer)).rejects.toMatchObject({ code: 'disk-size' });
  const nameless = { image: new MemoryBase(all(1)), name: '' };
  await expect(rebaseStore(store, null, nameless)).rejects.toThrow(RangeError);
  const tooLong = { image: new MemoryBase(all(1)), name: 'x'.repeat(1025) };
  await expect(rebaseStore(store, null, tooLong)).rejects.toThrow(RangeError);
  store.flush();
  expect(store.base).toBe('old');
});

test('what a base has beyond the end of the disk never comes onto it', async () => {
  const store = Store.create(new FaultFile(), SIZE, 'old');
  await rebaseStore(store, new MemoryBase(new Uint8Array(SIZE + PAGE_SIZE - 1536).fill(1)), null);
  store.read(BLOCKS - 1, 1);
  expect(store.blocks[0].lastIndexOf(1)).toBe(3 * 512 - 1);
});

test('progress is told in bytes of the longer base, and a disk without bases has none', async () => {
  const store = Store.create(new FaultFile(), SIZE, 'old');
  const progress: (number | null)[][] = [];
  const watch = { onProgress: (...numbers: (number | null)[]) => progress.push(numbers) };
  const shorter = { image: new MemoryBase(new Uint8Array(PAGE_SIZE)), name: 'new' };
  await rebaseStore(store, new MemoryBase(new Uint8Array(3 * PAGE_SIZE)), shorter, watch);
  expect(progress.at(-1)).toEqual([3 * PAGE_SIZE, 3 * PAGE_SIZE]);
  await rebaseStore(store, null, null, watch);
  expect(progress.at(-1)).toEqual([0, 0]);
  expect(store.nextHere(0, BLOCKS)).toBe(BLOCKS);
  expect(store.where(0)).toBe(NOT_HERE);
});
