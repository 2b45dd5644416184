import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  BaseImage,
  Pending,
  ReadTarget,
  WriteSource,
} from '../../../../../src/devices/block/backend.ts';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { Store } from '../../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../../src/devices/block/store/store-backend.ts';
import { FaultFile } from '../../../../support/fault-file.ts';
import { pattern } from '../disk.ts';

const SECTOR = 512;
/** The last block of the disk is not whole. */
const SIZE = 12 * PAGE_SIZE + 3 * SECTOR;
/** The base is shorter than the disk. */
const BASE_SIZE = 9 * PAGE_SIZE + SECTOR;

/** An image that gives its bytes at once, or when it is told to. */
class Base implements BaseImage {
  readonly size = BASE_SIZE;
  readonly bytes = pattern(BASE_SIZE, 3);
  readonly waiting: { answer(): void; fail(error: Error): void }[] = [];
  readonly #slow: boolean;
  closed = false;

  constructor(slow: boolean) {
    this.#slow = slow;
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    expect(offset + length).toBeLessThanOrEqual(this.size);
    const put = () => target.put(0, this.bytes, offset, length);
    if (!this.#slow) {
      put();
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const answer = () => {
        put();
        resolve();
      };
      this.waiting.push({ answer, fail: reject });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

class Target implements ReadTarget {
  readonly bytes: Uint8Array;

  constructor(length: number) {
    this.bytes = new Uint8Array(length).fill(0xee);
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.bytes.set(source.subarray(sourceOffset, sourceOffset + length), position);
  }

  putZeroes(position: number, length: number): void {
    this.bytes.fill(0, position, position + length);
  }
}

/** Can be taken once, before the write returns. */
class Source implements WriteSource {
  readonly #bytes: Uint8Array;
  over = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(position: number, target: Uint8Array, targetOffset: number, length: number): void {
    if (this.over) throw new Error('the request is over');
    target.set(this.#bytes.subarray(position, position + length), targetOffset);
  }
}

const SECTORS = SIZE / SECTOR;

type Step =
  | { kind: 'read' | 'write' | 'zero'; sector: number; sectors: number }
  | { kind: 'flush' }
  | { kind: 'reopen' }
  | { kind: 'grow'; sectors: number }
  | { kind: 'answer'; which: number };

const operation = fc.record({
  kind: fc.constantFrom('read' as const, 'write' as const, 'write' as const, 'zero' as const),
  sector: fc.nat(2 * SECTORS),
  sectors: fc.integer({ min: 1, max: 40 }),
});
const answer = fc.record({ kind: fc.constant('answer' as const), which: fc.nat(20) });
const rare = fc.oneof(
  fc.constantFrom({ kind: 'flush' as const }, { kind: 'reopen' as const }),
  fc.record({ kind: fc.constant('grow' as const), sectors: fc.integer({ min: 1, max: 20 }) }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: operation as fc.Arbitrary<Step> },
    { weight: 6, arbitrary: answer as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: rare as fc.Arbitrary<Step> },
  ),
  { minLength: 1, maxLength: 50 },
);

/** A disk, and what it should hold. */
class Trial {
  readonly #base: Base | null;
  #model = new Uint8Array(SIZE);
  readonly #underWay: Promise<unknown>[] = [];
  #file = new FaultFile();
  #backend: StoreBackend;
  #seed = 0;

  constructor(base: Base | null) {
    this.#base = base;
    this.#backend = new StoreBackend(Store.create(this.#file, SIZE, ''), base);
    if (base !== null) this.#model.set(base.bytes);
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'answer') await this.#answer(step.which);
    else if (step.kind === 'flush') this.#backend.flush();
    else if (step.kind === 'reopen') await this.#reopen();
    else if (step.kind === 'grow') this.#grow(step.sectors * SECTOR);
    else {
      const size = this.#model.length;
      const offset = (step.sector * SECTOR) % size;
      this.#begin(step.kind, offset, Math.min(step.sectors * SECTOR, size - offset));
    }
  }

  /** Answers everything, and compares the whole disk. */
  async end(): Promise<void> {
    this.#begin('read', 0, this.#model.length);
    await this.#settle();
    await this.#backend.close();
    expect(this.#file.closed).toBe(true);
    expect(this.#base?.closed ?? true).toBe(true);
  }

  #begin(kind: 'read' | 'write' | 'zero', offset: number, length: number): void {
    if (kind === 'read') this.#read(offset, length);
    else if (kind === 'write') this.#write(offset, length);
    else this.#zero(offset, length);
  }

  #read(offset: number, length: number): void {
    const expected = this.#model.slice(offset, offset + length);
    const target = new Target(length);
    const check = () => expect(Buffer.compare(target.bytes, expected)).toBe(0);
    const pending = this.#backend.read(offset, length, target);
    if (pending === undefined) check();
    else this.#keep(pending.then(check));
  }

  #write(offset: number, length: number): void {
    const bytes = pattern(length, ++this.#seed);
    const source = new Source(bytes);
    this.#model.set(bytes, offset);
    this.#keep(this.#backend.write(offset, length, source));
    source.over = true;
  }

  #zero(offset: number, length: number): void {
    this.#model.fill(0, offset, offset + length);
    this.#keep(this.#backend.writeZeroes(offset, length));
  }

  #grow(bytes: number): void {
    const before = this.#model;
    this.#model = new Uint8Array(before.length + bytes);
    this.#model.set(before);
    this.#backend.grow(this.#model.length);
  }

  #keep(pending: Promise<unknown> | undefined): void {
    if (pending !== undefined) this.#underWay.push(pending);
  }

  async #answer(which: number): Promise<void> {
    const waiting = this.#base?.waiting ?? [];
    if (waiting.length === 0) return;
    waiting.splice(which % waiting.length, 1)[0].answer();
    // What follows from it follows in microtasks.
    await new Promise((next) => setImmediate(next));
  }

  async #reopen(): Promise<void> {
    await this.#settle();
    await this.#backend.close();
    this.#file = new FaultFile(this.#file.content);
    this.#backend = new StoreBackend(Store.open(this.#file), this.#base);
    expect(this.#backend.size).toBe(this.#model.length);
  }

  async #settle(): Promise<void> {
    while ((this.#base?.waiting.length ?? 0) > 0) await this.#answer(7);
    await Promise.all(this.#underWay.splice(0));
  }
}

test.each([
  ['without a base', () => null],
  ['over an image that answers at once', () => new Base(false)],
  ['over an image that takes its time', () => new Base(true)],
])('%s a disk holds what was written last, in the order of the calls', async (_, makeBase) => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const trial = new Trial(makeBase());
      for (const step of all) await trial.run(step);
      await trial.end();
    }),
    { numRuns: 250 },
  );
});

test('what is discarded is zero without a base, and as the base has it with one', async () => {
  for (const base of [null, new Base(false)]) {
    const backend = new StoreBackend(Store.create(new FaultFile(), SIZE, ''), base);
    backend.write(0, SIZE, new Source(pattern(SIZE, 9)));
    expect(backend.usage.changed).toBe(13 * PAGE_SIZE);
    backend.discard(0, SIZE);
    expect(backend.usage.changed).toBe(0);
    const target = new Target(SIZE);
    backend.read(0, SIZE, target);
    const expected = new Uint8Array(SIZE);
    if (base !== null) expected.set(base.bytes);
    expect(Buffer.compare(target.bytes, expected)).toBe(0);
  }
});

test('a write that its base fails leaves the block as it was, and what waited goes on', async () => {
  const base = new Base(true);
  const backend = new StoreBackend(Store.create(new FaultFile(), SIZE, ''), base);
  const failing = backend.write(SECTOR, SECTOR, new Source(pattern(SECTOR, 1)));
  const behind = backend.write(0, PAGE_SIZE, new Source(pattern(PAGE_SIZE, 2)));
  base.waiting[0].fail(new Error('the network is down'));
  await expect(failing).rejects.toThrow('the network is down');
  await behind;
  const target = new Target(PAGE_SIZE);
  backend.read(0, PAGE_SIZE, target);
  expect(Buffer.compare(target.bytes, pattern(PAGE_SIZE, 2))).toBe(0);
});
