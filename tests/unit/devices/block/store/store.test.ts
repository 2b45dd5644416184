import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { NOT_HERE, ZEROS } from '../../../../../src/devices/block/store/page-map.ts';
import { isUnborn } from '../../../../../src/devices/block/store/recovery.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
import { FaultFile, PowerCut } from '../../../../support/fault-file.ts';
import { randomNumbers } from '../../../../support/noise.ts';

const BLOCKS = 48;
const SIZE = BLOCKS * PAGE_SIZE;

/** Stores blocks that are filled with `tag` and their number. */
function write(store: Store, block: number, count: number, tag: number): void {
  for (let index = 0; index < count; index++) {
    const words = new Uint32Array(
      store.buffer.buffer,
      index * PAGE_SIZE,
      PAGE_SIZE / Uint32Array.BYTES_PER_ELEMENT,
    );
    words.fill(tag * 1000 + block + index);
  }
  store.write(block, count);
}

/** What `write` has put there: its tag; or that there is nothing. */
function tagOf(store: Store, block: number): number | 'zeros' | 'not here' | 'torn' {
  if (store.where(block) === NOT_HERE) return 'not here';
  if (store.where(block) === ZEROS) return 'zeros';
  store.read(block, 1);
  const words = new Uint32Array(store.buffer.buffer, 0, PAGE_SIZE / 4);
  const sound = words.every((word) => word === words[0]) && words[0] % 1000 === block;
  return sound ? Math.floor(words[0] / 1000) : 'torn';
}

const tagsOf = (store: Store) => Array.from({ length: BLOCKS }, (_, block) => tagOf(store, block));

describe('a store', () => {
  test('gives back what was written, before and after it is opened again', () => {
    const file = new FaultFile();
    let store = Store.create(file, SIZE, 'the base');
    write(store, 3, 20, 1);
    write(store, 5, 2, 2);
    store.clear(10, 3, ZEROS);
    store.clear(20, 10, NOT_HERE);
    const expected = tagsOf(store);
    expect(expected.slice(2, 14)).toEqual([
      'not here',
      ...[1, 1, 2, 2, 1, 1, 1],
      ...['zeros', 'zeros', 'zeros'],
      1,
    ]);
    expect(expected.slice(19)).toEqual([1, ...new Array(28).fill('not here')]);
    expect(store.stored).toBe(17 * PAGE_SIZE);
    store.close();
    expect(file.closed).toBe(true);
    store = Store.open(new FaultFile(file.content));
    expect(tagsOf(store)).toEqual(expected);
    expect([store.size, store.base]).toEqual([SIZE, 'the base']);
  });

  test('reads at once what lies one behind the other', () => {
    const store = Store.create(new FaultFile(), SIZE, '');
    write(store, 0, 32, 1);
    expect(store.read(0, 32)).toBe(32);
    expect(store.read(30, 10)).toBe(2);
    store.flush();
    write(store, 4, 1, 2);
    expect(store.read(0, 32)).toBe(4);
    expect(store.read(4, 32)).toBe(1);
  });

  test('takes room for what was written, not for how often, and gives it back', () => {
    const file = new FaultFile();
    const store = Store.create(file, 4096 * PAGE_SIZE, '');
    for (let round = 0; round < 2000; round++) {
      write(store, round % 16, 16, round);
      store.flush();
    }
    expect(store.fileSize).toBeLessThan(4 * 2 ** 20);
    for (let block = 0; block < 4096; block += 32) write(store, block, 32, 1);
    store.flush();
    expect(file.getSize()).toBeGreaterThan(16 * 2 ** 20);
    store.clear(0, 4096, NOT_HERE);
    for (let round = 0; round < 600; round++) {
      write(store, 0, 1, round);
      store.flush();
    }
    expect(file.getSize()).toBeLessThan(8 * 2 ** 20);
    expect(tagsOf(Store.open(new FaultFile(file.content)))[0]).toBe(599);
  });

  test('flushes with one flush of the file and one page of records, and not at all for nothing', () => {
    const file = new FaultFile();
    const store = Store.create(file, SIZE, '');
    file.operationsLeft = 4;
    write(store, 7, 1, 1);
    store.flush();
    expect(file.operationsLeft).toBe(1);
    store.flush();
    expect(file.operationsLeft).toBe(1);
  });

  test('grows with two flushes of the file, and what was written before it is durable', () => {
    const file = new FaultFile();
    const store = Store.create(file, SIZE, 'the base');
    write(store, 7, 1, 1);
    let flushes = 0;
    const flush = file.flush.bind(file);
    file.flush = () => {
      flushes++;
      flush();
    };
    store.grow(2 * SIZE + 512);
    expect([store.size, flushes]).toEqual([2 * SIZE + 512, 2]);
    const again = Store.open(file.afterPowerCut(() => 0));
    expect([again.size, again.base, tagOf(again, 7)]).toEqual([2 * SIZE + 512, 'the base', 1]);
    expect(() => store.grow(SIZE)).toThrow(RangeError);
  });

  test('is refused when its file was cut off before its log', () => {
    const file = new FaultFile();
    const store = Store.create(file, SIZE, '');
    write(store, 0, 3, 1);
    store.flush();
    const part = new FaultFile(file.content.slice(0, 2 * PAGE_SIZE));
    expect(() => Store.open(part)).toThrow('the file ends before');
    expect(part.content).toEqual(file.content.slice(0, 2 * PAGE_SIZE));
  });

  test('costs memory and records only for what is there, however large the disk', () => {
    const file = new FaultFile();
    const store = Store.create(file, 2 ** 41, '');
    const last = 2 ** 41 / PAGE_SIZE - 1;
    write(store, last, 1, 1);
    store.clear(0, last, NOT_HERE);
    store.close();
    const again = Store.open(new FaultFile(file.content));
    expect(again.where(last)).not.toBe(NOT_HERE);
    expect(again.nextHere(0, last + 1)).toBe(last);
    expect(again.stored).toBe(PAGE_SIZE);
  });
});

describe('a file without room', () => {
  test('refuses a write whole, and keeps and flushes what was there', () => {
    const file = new FaultFile();
    const store = Store.create(file, 4096 * PAGE_SIZE, '');
    file.quota = file.getSize() + 100 * PAGE_SIZE;
    let written = 0;
    const fill = () => {
      for (; written < 4096; written += 16) write(store, written, 16, 1);
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(store.where(written)).toBe(NOT_HERE);
    store.flush();
    expect(() => write(store, 0, 32, 2)).toThrow('takes no more');
    expect(tagOf(store, 0)).toBe(1);
    const again = Store.open(new FaultFile(file.content));
    for (let block = 0; block < written; block++) expect(tagOf(again, block)).toBe(1);
  });

  test('has room again for what was cleared', () => {
    const file = new FaultFile();
    const store = Store.create(file, 4096 * PAGE_SIZE, '');
    file.quota = file.getSize();
    const fill = (tag: number) => {
      for (let block = 0; block < 4096; block++) write(store, block, 1, tag);
    };
    expect(() => fill(1)).toThrow('takes no more');
    store.clear(0, 4096, NOT_HERE);
    store.flush();
    write(store, 0, 32, 2);
    store.flush();
    expect(tagOf(Store.open(new FaultFile(file.content)), 31)).toBe(2);
  });
});

type Step =
  | { kind: 'write'; block: number; count: number }
  | { kind: 'clear'; block: number; count: number; to: typeof ZEROS | typeof NOT_HERE }
  | { kind: 'flush' }
  | { kind: 'grow'; count: number }
  | { kind: 'failing flush' }
  | { kind: 'failure'; after: number; forgetful: boolean }
  | { kind: 'reopen' }
  | { kind: 'power cut'; seed: number; after: number };

const range = { block: fc.nat(BLOCKS - 1), count: fc.integer({ min: 1, max: 32 }) };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), ...range }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('clear' as const),
        ...range,
        to: fc.constantFrom(ZEROS, NOT_HERE),
      }),
    },
    { weight: 5, arbitrary: fc.constant({ kind: 'flush' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'failing flush' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('grow' as const),
        count: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('failure' as const),
        after: fc.integer({ min: 1, max: 12 }),
        forgetful: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('power cut' as const),
        seed: fc.integer(),
        after: fc.nat(30),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

/** Pages are used again soon, and checkpoints come often. */
const CROWDED = { growth: 4, logLimit: 3, reserve: 2 };
/** No page is free for longer than it must. */
const FULL = { growth: 1, logLimit: 3, reserve: 0 };

/** Blocks of a store that is to grow, up to BLOCKS of them. */
const SMALL = 30;

/** A store, and what its size and each of its blocks may be after a power cut. */
class Trial {
  file = new FaultFile();
  store = Store.create(this.file, SMALL * PAGE_SIZE, '', CROWDED);
  /** Sizes that were durable at the last flush that returned, or that were tried since then. */
  sizes = new Set([this.store.size]);
  current: unknown[] = tagsOf(this.store);
  /** What was durable at the last flush that returned, and what flushes since then have tried. */
  possible: Set<unknown>[] = this.current.map((tag) => new Set([tag]));
  #tag = 0;
  #cut: { seed: number } | null = null;

  run(step: Step): void {
    try {
      this.#perform(step);
    } catch (error) {
      if (!(error instanceof PowerCut) && !(error instanceof Error && /power/.test(error.message)))
        throw error;
      this.#restart(this.#cut?.seed ?? 0);
    }
  }

  #perform(step: Step): void {
    const blocks = this.store.size / PAGE_SIZE;
    if (step.kind === 'write') {
      const block = step.block % blocks;
      this.#write(block, Math.min(step.count, blocks - block));
    } else if (step.kind === 'clear') this.#clear({ ...step, block: step.block % blocks });
    else if (step.kind === 'grow') this.#grow(Math.min(BLOCKS, blocks + step.count) * PAGE_SIZE);
    else if (step.kind === 'flush') this.#flush();
    else if (step.kind === 'failing flush') this.#failingFlush();
    else if (step.kind === 'failure') {
      this.file.untilFailure = step.after;
      this.file.forgetful = step.forgetful;
    } else if (step.kind === 'reopen') this.#reopen();
    else {
      this.#cut = { seed: step.seed };
      this.file.operationsLeft = step.after;
    }
  }

  #write(block: number, count: number): void {
    const tag = ++this.#tag;
    // Where an operation fails, a write may make durable what was written before it.
    if (this.file.untilFailure < Number.POSITIVE_INFINITY) this.#remember();
    if (this.#succeeds(() => write(this.store, block, count, tag))) {
      this.current.fill(tag, block, block + count);
    }
    for (const at of [block, block + count - 1]) {
      expect(tagOf(this.store, at)).toBe(this.current[at]);
    }
  }

  #clear({ block, count, to }: Extract<Step, { kind: 'clear' }>): void {
    const end = Math.min(this.store.size / PAGE_SIZE, block + count);
    this.store.clear(block, end - block, to);
    this.current.fill(to === ZEROS ? 'zeros' : 'not here', block, end);
  }

  #flush(): void {
    this.#remember();
    if (this.#succeeds(() => this.store.flush())) this.#settle();
  }

  #grow(size: number): void {
    const before = this.store.size;
    if (size === before) return;
    this.#remember();
    this.sizes.add(size);
    const grown = this.#succeeds(() => this.store.grow(size));
    expect(this.store.size).toBe(grown ? size : before);
    if (grown) this.#settle();
  }

  /** All that is known is durable. */
  #settle(): void {
    this.possible = this.current.map((tag) => new Set([tag]));
    this.sizes = new Set([this.store.size]);
  }

  /** @returns whether no operation of the file failed; a power cut is thrown on */
  #succeeds(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (!/failed|could be written/.test((error as Error).message)) throw error;
      return false;
    }
  }

  #failingFlush(): void {
    this.file.failingFlushes = 1;
    this.#flush();
    this.file.failingFlushes = 0;
  }

  #remember(): void {
    for (const [block, tags] of this.possible.entries()) tags.add(this.current[block]);
  }

  #reopen(): void {
    this.file.untilFailure = Number.POSITIVE_INFINITY;
    this.#flush();
    this.store.close();
    this.file = new FaultFile(this.file.content);
    this.store = Store.open(this.file, CROWDED);
    expect(tagsOf(this.store)).toEqual(this.current);
  }

  #restart(seed: number): void {
    const random = randomNumbers(seed);
    this.file = this.file.afterPowerCut(random);
    // The power may be cut again while the store mends itself.
    this.file.operationsLeft = Math.floor(random() * 12);
    try {
      this.store = Store.open(this.file, CROWDED);
    } catch (error) {
      if (!/power/.test((error as Error).message)) throw error;
    }
    // A store that knows nothing of power cuts may have taken one for a failure that does no harm.
    if (this.file.operationsLeft < 0) {
      this.file = this.file.afterPowerCut(random);
      this.store = Store.open(this.file, CROWDED);
    }
    this.file.operationsLeft = Number.POSITIVE_INFINITY;
    const tags = tagsOf(this.store);
    for (const [block, tag] of tags.entries()) {
      expect([...this.possible[block]], `block ${block}`).toContain(tag);
    }
    expect([...this.sizes]).toContain(this.store.size);
    this.current = tags;
    this.#settle();
  }
}

test('goes on with a file whose end was cut off by a truncation that failed', () => {
  const file = new FaultFile();
  const truncate = file.truncate.bind(file);
  let cuts = 0;
  file.truncate = (size) => {
    const cutsOff = size < file.getSize();
    truncate(size);
    if (!cutsOff) return;
    cuts++;
    throw new Error('the operation failed');
  };
  const store = Store.create(file, SIZE, '', CROWDED);
  write(store, 0, 16, 1);
  store.flush();
  store.clear(0, 16, NOT_HERE);
  for (let tag = 2; cuts === 0; tag++) {
    write(store, 0, 1, tag);
    store.flush();
  }
  // The last page is that of a log in which nothing is written yet.
  for (let block = 0; block < 32; block++) {
    write(store, block, 1, 100);
    store.setBase(`the base ${block}`);
    expect(Store.open(new FaultFile(file.content), CROWDED).base).toBe(store.base);
  }
});

test('what was flushed, and a size that was grown to, survive a power cut at any moment', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const trial = new Trial();
      for (const step of all) trial.run(step);
    }),
    { numRuns: 2000 },
  );
});

test('a power cut while a store is made leaves a store, or a file that another can be made in', () => {
  for (let operations = 0; operations < 12; operations++) {
    for (let seed = 0; seed < 40; seed++) {
      const file = new FaultFile();
      file.operationsLeft = operations;
      try {
        Store.create(file, SIZE, '');
      } catch (error) {
        expect((error as Error).message).toMatch(/power/);
      }
      const left = file.afterPowerCut(randomNumbers(seed));
      if (isUnborn(left)) Store.create(left, SIZE, '');
      expect(tagOf(Store.open(new FaultFile(left.content)), 0)).toBe('not here');
    }
  }
});

test('a flush counts though the superblock before it may have failed', () => {
  const file = new FaultFile();
  const store = Store.create(file, SIZE, '', CROWDED);
  // The third epoch brings a checkpoint, whose last flush, that of the superblock, fails.
  for (const block of [0, 1]) {
    write(store, block, 1, 1);
    store.flush();
  }
  write(store, 2, 1, 1);
  const flush = file.flush.bind(file);
  let flushes = 0;
  file.flush = () => {
    if (++flushes % 3 === 0) throw new Error('the flush failed');
    flush();
  };
  store.flush();
  expect(flushes).toBe(3);
  write(store, 3, 1, 1);
  // Nor does it count when the superblock fails again.
  expect(() => store.flush()).toThrow('the flush failed');
  expect(flushes).toBe(6);
  file.flush = flush;
  store.flush();
  // All that was written has arrived, the superblock in doubt too.
  const again = Store.open(new FaultFile(file.content));
  expect(tagsOf(again).slice(0, 5)).toEqual([1, 1, 1, 1, 'not here']);
});

test('the mending after a crash of the browser is not undone by a power cut that follows', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = randomNumbers(seed);
    const file = new FaultFile();
    const store = Store.create(file, SIZE, '', FULL);
    write(store, 0, BLOCKS / 2, 1);
    store.flush();
    write(store, 0, BLOCKS / 2, 2);
    file.failingFlushes = 1;
    expect(() => store.flush()).toThrow('flush failed');
    // The browser is gone; what it wrote is still on its way to the disk when it comes back.
    file.operationsLeft = Math.floor(random() * 8);
    try {
      Store.open(file, FULL);
    } catch (error) {
      expect((error as Error).message).toMatch(/power/);
    }
    const tags = tagsOf(Store.open(file.afterPowerCut(random), FULL)).slice(0, BLOCKS / 2);
    expect(tags.filter((tag) => tag !== 1 && tag !== 2)).toEqual([]);
  }
});
