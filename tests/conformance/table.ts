import { prefixOf, type Result, type Verdict } from './verdict.ts';
import type { RanTest } from './vitest-report.ts';

const RESULTS: readonly Result[] = [
  'passed',
  'failed',
  'not applicable',
  'missing',
  'contradicted',
];

/** What is wrong with a clause that is neither in order nor failed by a test. */
const REMARKS: Partial<Record<Result, string>> = {
  missing: 'no test names it, and there is no reason why it would not apply',
  contradicted: 'either the reason or the test is out of date',
};

/** The table: clauses grouped by prefix, each with its tests or its reason, and the totals. */
export function formatTable(verdicts: readonly Verdict[]): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const prefix = prefixOf(verdict.clause.id);
    groups.set(prefix, [...(groups.get(prefix) ?? []), verdict]);
  }
  const tables = [...groups].map(([prefix, group]) => formatGroup(prefix, group, verdicts));
  return `${tables.join('\n')}\n${formatTotals(groups, verdicts)}`;
}

function formatGroup(prefix: string, group: Verdict[], all: readonly Verdict[]): string {
  const widths = {
    id: longest(all.map(({ clause }) => clause.id)),
    level: longest(all.map(({ clause }) => clause.level)),
    result: longest(RESULTS),
  };
  const lines = [`== ${prefix}`];
  let section = '';
  for (const { clause, tests, result } of group) {
    if (clause.section !== section) lines.push('', clause.section);
    section = clause.section;
    const id = clause.id.padEnd(widths.id);
    const start = `  ${id}  ${clause.level.padEnd(widths.level)}  ${result.padEnd(widths.result)}  `;
    const details = [...reasons(clause.notApplicable, result), ...tests.map(formatTest)];
    lines.push(start + clause.text, ...details.map((line) => ' '.repeat(start.length) + line));
  }
  return `${lines.join('\n')}\n`;
}

function reasons(notApplicable: string | undefined, result: Result): string[] {
  const reason = notApplicable === undefined ? [] : [`because ${notApplicable}`];
  const remark = REMARKS[result];
  return remark === undefined ? reason : [...reason, remark];
}

function formatTest({ file, name, ran, passed }: RanTest): string {
  const mark = passed ? '+' : ran ? 'FAILED' : 'skipped';
  return `${mark} ${file}: ${name}`;
}

function formatTotals(groups: Map<string, Verdict[]>, verdicts: readonly Verdict[]): string {
  const rows = [
    ['', 'clauses', ...RESULTS],
    ...[...groups].map(([prefix, group]) => [prefix, ...counts(group)]),
    ['all', ...counts(verdicts)],
  ];
  const widths = rows[0].map((_, column) => longest(rows.map((row) => row[column])));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  '),
  );
  return `${lines.join('\n')}\n`;
}

function counts(verdicts: readonly Verdict[]): string[] {
  const byResult = RESULTS.map(
    (result) => verdicts.filter((verdict) => verdict.result === result).length,
  );
  return [verdicts.length, ...byResult].map(String);
}

function longest(cells: readonly string[]): number {
  return Math.max(...cells.map((cell) => cell.length));
}
