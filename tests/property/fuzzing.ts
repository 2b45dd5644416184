import fc from 'fast-check';
import type { Counterexample } from './counterexamples.ts';
import type { Property } from './property.ts';

/** When a run ends: at whichever comes first. */
export interface Budget {
  milliseconds: number;
  cases: number;
}

export interface Progress {
  /** The property that was played last. */
  property: string;
  /** Cases of all properties so far. */
  cases: number;
  /** Since the beginning. */
  milliseconds: number;
  /** What is left of the budget, in words. */
  left: string;
  over: boolean;
}

/** Cases of one property before the next has its turn, at most. */
const TURN = 1000;

/**
 * Plays cases of `properties` in turns, each as often as its share of the cases of a test run,
 * until the budget is spent or a property does not hold.
 * @param seed of the first turn; each turn has another
 * @returns what was found, made as small as it will get, or null
 */
export function fuzzProperties(
  properties: readonly Property<unknown>[],
  budget: Budget,
  seed: number,
  report: (progress: Progress) => void,
): Counterexample | null {
  const start = performance.now();
  const most = Math.max(...properties.map(({ cases }) => cases));
  let cases = 0;
  for (let turn = 0; ; turn++) {
    const property = properties[turn % properties.length];
    const share = Math.ceil((TURN * property.cases) / most);
    const numRuns = Math.min(share, budget.cases - cases);
    const found = play(property, numRuns, (seed + turn) | 0);
    if (found !== null) return found;
    cases += numRuns;
    const milliseconds = performance.now() - start;
    const over = milliseconds >= budget.milliseconds || cases >= budget.cases;
    const left = leftOf(budget, milliseconds, cases);
    report({ property: property.name, cases, milliseconds, left, over });
    if (over) return null;
  }
}

function play(property: Property<unknown>, numRuns: number, seed: number): Counterexample | null {
  const check = (example: unknown) => property.check(example);
  const result = fc.check(fc.property(property.arbitrary, check), { numRuns, seed });
  if (!result.failed) return null;
  const [example] = result.counterexample ?? [];
  const error = result.errorInstance;
  const message = error instanceof Error ? error.message : String(error);
  return { property: property.name, error: message, case: example };
}

function leftOf(budget: Budget, milliseconds: number, cases: number): string {
  if (budget.cases !== Number.POSITIVE_INFINITY) return `${budget.cases - cases} cases`;
  const seconds = Math.max(0, Math.ceil((budget.milliseconds - milliseconds) / 1000));
  return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`;
}
