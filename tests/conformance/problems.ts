import type { Clause } from './clause.ts';
import { unknownIds, type Verdict } from './verdict.ts';
import type { VitestReport } from './vitest-report.ts';

/** Everything that keeps us from saying that we conform, one line each; none when we do. */
export function findProblems(
  clauses: readonly Clause[],
  verdicts: readonly Verdict[],
  report: VitestReport,
): string[] {
  const idsWith = (result: Verdict['result']) =>
    verdicts.filter((verdict) => verdict.result === result).map(({ clause }) => clause.id);
  return [
    ...line('A test failed', idsWith('failed')),
    ...line('Neither a test nor a reason', idsWith('missing')),
    ...line('A reason, and yet a test', idsWith('contradicted')),
    ...line('Named by a test, but no clause', unknownIds(clauses, report.tests)),
    ...line('Could not be run', report.brokenFiles),
  ];
}

function line(complaint: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${complaint}: ${names.join(', ')}`];
}
