import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCounterexamples } from './counterexamples.ts';
import { properties } from './properties.ts';

/** What each run of the tests plays at least. */
const LEAST_CASES = 100_000;
/** A property that takes longer than this hangs, in milliseconds. */
const LONGEST = 240_000;

const counterexamples = readCounterexamples();
/** Cases that were played. */
let played = 0;

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterAll(() => {
  vi.restoreAllMocks();
});

describe('a hostile driver', () => {
  for (const property of properties) {
    test(
      `${property.name}: ${property.claim}`,
      () => {
        const before = played;
        const examples = counterexamples
          .filter((example) => example.property === property.name)
          .map((example): [unknown] => [example.case]);
        const check = (example: unknown) => {
          played++;
          property.check(example);
        };
        fc.assert(fc.property(property.arbitrary, check), {
          numRuns: property.cases + examples.length,
          examples,
        });
        // Drivers that are always refused, or never, would show half of what is claimed.
        for (const [what, times] of Object.entries(property.seen)) {
          expect([what, times > (played - before) / 500]).toEqual([what, true]);
        }
      },
      LONGEST,
    );
  }

  test(`was played in at least ${LEAST_CASES} cases`, () => {
    expect(played).toBeGreaterThanOrEqual(LEAST_CASES);
  });

  test('is kept when it breaks something, for a property that is there', () => {
    const names = properties.map(({ name }) => name);
    for (const { property } of counterexamples) expect(names).toContain(property);
  });
});
