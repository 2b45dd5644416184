import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCounterexample, readCounterexamples } from './counterexamples.ts';
import { fuzzProperties, type Progress } from './fuzzing.ts';
import type { Property } from './property.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ringbox-fuzz-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Holds for numbers below `limit`. */
class Below implements Property<unknown> {
  readonly claim = 'numbers are small';
  readonly arbitrary = fc.nat(1_000_000);
  readonly seen = {};
  readonly played: unknown[] = [];
  readonly name: string;
  readonly cases: number;
  readonly #limit: number;

  constructor(name: string, cases: number, limit = Number.POSITIVE_INFINITY) {
    this.name = name;
    this.cases = cases;
    this.#limit = limit;
  }

  check(example: unknown): void {
    this.played.push(example);
    if ((example as number) >= this.#limit) throw new Error('too large');
  }
}

const forever = { milliseconds: Number.POSITIVE_INFINITY };

test('plays just as many cases as it is told, of each property its share', () => {
  const properties = [new Below('many', 1000), new Below('few', 100)];
  const progress: Progress[] = [];
  const found = fuzzProperties(properties, { ...forever, cases: 2750 }, 1, (told) => {
    progress.push(told);
  });
  expect(found).toBeNull();
  expect(properties.map(({ played }) => played.length)).toEqual([2550, 200]);
  expect(progress.map(({ property, cases, left, over }) => [property, cases, left, over])).toEqual([
    ['many', 1000, '1750 cases', false],
    ['few', 1100, '1650 cases', false],
    ['many', 2100, '650 cases', false],
    ['few', 2200, '550 cases', false],
    ['many', 2750, '0 cases', true],
  ]);
});

test('ends when the time is over', () => {
  const progress: Progress[] = [];
  const budget = { milliseconds: 50, cases: Number.POSITIVE_INFINITY };
  expect(
    fuzzProperties([new Below('any', 10)], budget, 1, (told) => progress.push(told)),
  ).toBeNull();
  expect(progress.at(-1)).toMatchObject({ left: '0:00', over: true });
  expect(progress.at(-1)?.milliseconds).toBeGreaterThanOrEqual(50);
});

test('plays other cases in each turn, and the same ones for the same seed', () => {
  const playedWith = (seed: number) => {
    const property = new Below('any', 10);
    fuzzProperties([property], { ...forever, cases: 2000 }, seed, () => {});
    return property.played;
  };
  const played = playedWith(7);
  expect(played.slice(0, 1000)).not.toEqual(played.slice(1000));
  expect(playedWith(7)).toEqual(played);
  expect(playedWith(8)).not.toEqual(played);
});

test('ends with the smallest counterexample, which can be kept and read again', () => {
  const properties = [new Below('sound', 10), new Below('broken', 10, 4321)];
  const found = fuzzProperties(properties, { ...forever, cases: 1e6 }, 1, () => {});
  expect(found).toEqual({ property: 'broken', error: 'too large', case: 4321 });
  if (found === null) return;
  const path = keepCounterexample(found, directory);
  expect(path).toMatch(/\/broken-[0-9a-f]{12}\.json$/);
  expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
  keepCounterexample(found, directory);
  expect(readCounterexamples(directory)).toEqual([found]);
});

test('a directory that is not there has no counterexamples; a file that is none is named', () => {
  expect(readCounterexamples(join(directory, 'none'))).toEqual([]);
  writeFileSync(join(directory, 'odd.json'), '{"property":"rings"}');
  expect(() => readCounterexamples(directory)).toThrow('odd.json is no counterexample');
});
