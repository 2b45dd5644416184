import type { Clause } from './clause.ts';
import type { RanTest } from './vitest-report.ts';

/**
 * - `missing`: neither a test that ran nor a reason
 * - `contradicted`: a reason why it does not apply, and yet a test
 */
export type Result = 'passed' | 'failed' | 'not applicable' | 'missing' | 'contradicted';

/** How a clause fares. */
export interface Verdict {
  clause: Clause;
  /** The tests that name it. */
  tests: RanTest[];
  result: Result;
}

/** Ids in `title`. A title may name several, each in full. */
export function idsIn(title: string, prefixes: readonly string[]): string[] {
  return [...new Set(title.match(idPattern(prefixes, 'g')))];
}

/** Matches an id with one of these prefixes. */
export function idPattern(prefixes: readonly string[], flags = ''): RegExp {
  return new RegExp(`(?<![A-Z0-9-])(?:${prefixes.join('|')})-\\d{3}(?!\\d)`, flags);
}

/** What stands before the number in the ids of `clauses`, each once, in their order. */
export function prefixesOf(clauses: readonly Clause[]): string[] {
  return [...new Set(clauses.map(({ id }) => prefixOf(id)))];
}

export function prefixOf(id: string): string {
  return id.slice(0, id.lastIndexOf('-'));
}

/** Judges each clause by the tests that name it. */
export function judge(clauses: readonly Clause[], tests: readonly RanTest[]): Verdict[] {
  const byId = testsById(tests, prefixesOf(clauses));
  return clauses.map((clause) => {
    const naming = byId.get(clause.id) ?? [];
    return { clause, tests: naming, result: resultOf(clause, naming) };
  });
}

/** Ids that tests name and that no clause has: slips of the pen, most likely. */
export function unknownIds(clauses: readonly Clause[], tests: readonly RanTest[]): string[] {
  const known = new Set(clauses.map(({ id }) => id));
  const named = testsById(tests, prefixesOf(clauses)).keys();
  return [...named].filter((id) => !known.has(id)).sort();
}

function testsById(tests: readonly RanTest[], prefixes: string[]): Map<string, RanTest[]> {
  const byId = new Map<string, RanTest[]>();
  for (const test of tests) {
    for (const id of idsIn(test.name, prefixes)) {
      const naming = byId.get(id);
      if (naming === undefined) byId.set(id, [test]);
      else naming.push(test);
    }
  }
  return byId;
}

function resultOf(clause: Clause, tests: readonly RanTest[]): Result {
  const ran = tests.filter((test) => test.ran);
  if (ran.some((test) => !test.passed)) return 'failed';
  if (clause.notApplicable === undefined) return ran.length > 0 ? 'passed' : 'missing';
  return tests.length > 0 ? 'contradicted' : 'not applicable';
}
