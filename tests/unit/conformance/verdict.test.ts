import { describe, expect, test } from 'vitest';
import { must, notApplicable, section } from '../../conformance/clause.ts';
import { idPattern, idsIn, judge, unknownIds } from '../../conformance/verdict.ts';
import type { RanTest } from '../../conformance/vitest-report.ts';

// Titles of tests must not name what they do not test: the ids here belong to nobody.
const PREFIXES = ['ABC', 'XY'];

const clauses = section('Somewhere', [
  must('ABC-001', 'something is so'),
  must('ABC-002', 'something else is so'),
  notApplicable('there is none of it', must('XY-001', 'it is so')),
]);

const passed = (name: string): RanTest => ({ file: 'a.test.ts', name, ran: true, passed: true });
const failed = (name: string): RanTest => ({ ...passed(name), passed: false });
const skipped = (name: string): RanTest => ({ ...failed(name), ran: false });

const results = (...tests: RanTest[]) => judge(clauses, tests).map(({ result }) => result);

describe('an id in a title', () => {
  test.each([
    ['it works (ABC-001)', ['ABC-001']],
    ['ABC-001: it works', ['ABC-001']],
    ['it works (ABC-001, XY-002) and works (ABC-003)', ['ABC-001', 'XY-002', 'ABC-003']],
    ['a group (ABC-001) a test (ABC-001)', ['ABC-001']],
    ['[XY-010] ABC-011/ABC-012', ['XY-010', 'ABC-011', 'ABC-012']],
  ])('is found in "%s"', (title, ids) => {
    expect(idsIn(title, PREFIXES)).toEqual(ids);
  });

  test.each(['ABC-01', 'ABC-0011', 'ABC-1', 'abc-001', 'ABC 001', 'AABC-001', 'X-ABC-001', '001'])(
    'is nothing like "%s"',
    (title) => {
      expect(idsIn(title, PREFIXES)).toEqual([]);
      expect(idPattern(PREFIXES).test(title)).toBe(false);
    },
  );

  test('is said in full: a number alone after another id is none', () => {
    expect(idsIn('it works (ABC-001, 002)', PREFIXES)).toEqual(['ABC-001']);
  });

  test('belongs to one of the prefixes', () => {
    expect(idsIn('NET-001 and PCI-0x1040', PREFIXES)).toEqual([]);
  });
});

describe('a clause', () => {
  test('has passed when every test that names it has, and at least one', () => {
    expect(results(passed('(ABC-001)'), passed('more (ABC-001, ABC-002)'))).toEqual([
      'passed',
      'passed',
      'not applicable',
    ]);
  });

  test('has failed when one test that names it has, whatever the others did', () => {
    const [first, second] = results(
      passed('(ABC-001, ABC-002)'),
      failed('(ABC-001)'),
      passed('(ABC-001)'),
    );
    expect([first, second]).toEqual(['failed', 'passed']);
  });

  test('is missing when no test names it, or only tests that did not run', () => {
    expect(results(skipped('(ABC-001)'), passed('something else')).slice(0, 2)).toEqual([
      'missing',
      'missing',
    ]);
  });

  test('a test that was skipped takes nothing from one that passed', () => {
    expect(results(skipped('(ABC-001)'), passed('(ABC-001)'))[0]).toBe('passed');
  });

  test('that does not apply and is tested all the same is a contradiction', () => {
    expect(results(passed('(XY-001)'))[2]).toBe('contradicted');
    expect(results(failed('(XY-001)'))[2]).toBe('failed');
  });

  test('knows the tests that name it, in their order', () => {
    const tests = [passed('one (ABC-002)'), passed('(ABC-001)'), failed('two (ABC-002)')];
    expect(judge(clauses, tests)[1].tests).toEqual([tests[0], tests[2]]);
  });
});

test('ids that no clause has are found', () => {
  const tests = [passed('(ABC-001, ABC-009)'), skipped('(XY-123)'), passed('(ABC-009, NET-001)')];
  expect(unknownIds(clauses, tests)).toEqual(['ABC-009', 'XY-123']);
});
