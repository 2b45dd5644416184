import { projectDirectory } from '../../guest/build/paths.ts';
import { clauses } from './clauses.ts';
import { findProblems } from './problems.ts';
import { runVitest } from './run-vitest.ts';
import { formatTable } from './table.ts';
import { idPattern, judge, prefixesOf } from './verdict.ts';
import { readVitestReport } from './vitest-report.ts';

/**
 * `npm run conformance`: runs the unit tests that name a clause of the specification and prints how
 * each clause fares.
 * @returns the exit code: 1 when a clause has neither a test nor a reason, or a test failed
 */
export async function conformance(): Promise<number> {
  const json = await runVitest(idPattern(prefixesOf(clauses)));
  const report = readVitestReport(json, projectDirectory);
  const verdicts = judge(clauses, report.tests);
  process.stdout.write(formatTable(verdicts));
  const problems = findProblems(clauses, verdicts, report);
  for (const problem of problems) process.stdout.write(`\n${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}
