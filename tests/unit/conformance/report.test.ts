import { describe, expect, test } from 'vitest';
import { must, notApplicable, section, should } from '../../conformance/clause.ts';
import { findProblems } from '../../conformance/problems.ts';
import { formatTable } from '../../conformance/table.ts';
import { judge } from '../../conformance/verdict.ts';
import { readVitestReport, type VitestReport } from '../../conformance/vitest-report.ts';

const file = (name: string, status: string, ...tests: [string, string][]) => ({
  name: `/project/tests/unit/${name}`,
  status,
  assertionResults: tests.map(([fullName, result]) => ({ fullName, status: result })),
});
const read = (...files: ReturnType<typeof file>[]) =>
  readVitestReport(JSON.stringify({ testResults: files }), '/project/');

const clauses = [
  ...section('One Section', [must('ABC-001', 'one'), should('ABC-002', 'two')]),
  ...section('Another', [notApplicable('there is none', must('LONG-001', 'three'))]),
];

/** The table and the problems of these test files. */
function settle(report: VitestReport): { table: string; problems: string[] } {
  const verdicts = judge(clauses, report.tests);
  return { table: formatTable(verdicts), problems: findProblems(clauses, verdicts, report) };
}

describe('Vitest’s report', () => {
  test('tells of each test where it is and what came of it', () => {
    const report = read(
      file('a.test.ts', 'passed', ['good', 'passed'], ['left out', 'skipped']),
      file('b.test.ts', 'failed', ['bad', 'failed'], ['planned', 'todo']),
    );
    const a = 'tests/unit/a.test.ts';
    const b = 'tests/unit/b.test.ts';
    expect(report.tests).toEqual([
      { file: a, name: 'good', ran: true, passed: true },
      { file: a, name: 'left out', ran: false, passed: false },
      { file: b, name: 'bad', ran: true, passed: false },
      { file: b, name: 'planned', ran: false, passed: false },
    ]);
    expect(report.brokenFiles).toEqual([]);
  });

  test('tells of files that failed without a failed test', () => {
    const report = read(file('a.test.ts', 'failed'), file('b.test.ts', 'failed', ['x', 'skipped']));
    expect(report.brokenFiles).toEqual(['tests/unit/a.test.ts', 'tests/unit/b.test.ts']);
  });

  test.each(['', '{', '{}', '{"testResults": 3}'])('is not %j', (json) => {
    expect(() => readVitestReport(json, '/project')).toThrow();
  });
});

describe('the table', () => {
  test('has a row for each clause with its tests or its reason, and the totals', () => {
    const { table, problems } = settle(
      read(file('a.test.ts', 'passed', ['x (ABC-001)', 'passed'], ['y (ABC-002)', 'passed'])),
    );
    expect(problems).toEqual([]);
    expect(table.split('\n')).toEqual([
      '== ABC',
      '',
      'One Section',
      '  ABC-001   MUST    passed          one',
      '                                    + tests/unit/a.test.ts: x (ABC-001)',
      '  ABC-002   SHOULD  passed          two',
      '                                    + tests/unit/a.test.ts: y (ABC-002)',
      '',
      '== LONG',
      '',
      'Another',
      '  LONG-001  MUST    not applicable  three',
      '                                    because there is none',
      '',
      '      clauses  passed  failed  not applicable  missing  contradicted',
      'ABC         2       2       0               0        0             0',
      'LONG        1       0       0               1        0             0',
      'all         3       2       0               1        0             0',
      '',
    ]);
  });

  test('shows which test failed and which was skipped', () => {
    const { table } = settle(
      read(file('a.test.ts', 'failed', ['x (ABC-001)', 'failed'], ['y (ABC-002)', 'skipped'])),
    );
    expect(table).toMatch(/ABC-001 +MUST +failed +one\n +FAILED tests\/unit\/a.test.ts: x/);
    expect(table).toMatch(/ABC-002 +SHOULD +missing +two\n +no test .*\n +skipped tests.*: y/);
  });
});

describe('a problem is', () => {
  const fine: [string, string][] = [
    ['x (ABC-001)', 'passed'],
    ['y (ABC-002)', 'passed'],
  ];

  test('a clause without test or reason', () => {
    expect(settle(read(file('a.test.ts', 'passed', fine[0]))).problems).toEqual([
      'Neither a test nor a reason: ABC-002',
    ]);
  });

  test('a test that failed', () => {
    const report = read(file('a.test.ts', 'failed', ...fine, ['z (ABC-002)', 'failed']));
    expect(settle(report).problems).toEqual(['A test failed: ABC-002']);
  });

  test('a test of what does not apply', () => {
    const report = read(file('a.test.ts', 'passed', ...fine, ['z (LONG-001)', 'passed']));
    expect(settle(report).problems).toEqual(['A reason, and yet a test: LONG-001']);
  });

  test('an id that no clause has', () => {
    const report = read(file('a.test.ts', 'passed', ...fine, ['z (ABC-003)', 'passed']));
    expect(settle(report).problems).toEqual(['Named by a test, but no clause: ABC-003']);
  });

  test('a file that could not be run', () => {
    const report = read(file('a.test.ts', 'passed', ...fine), file('b.test.ts', 'failed'));
    expect(settle(report).problems).toEqual(['Could not be run: tests/unit/b.test.ts']);
  });
});
