import { describe, expect, test } from 'vitest';
import {
  addCounts,
  formatCounts,
  playwrightCounts,
  settleCounts,
  vitestCounts,
} from '../../../bin/test-counts.ts';

const vitestReport = (passed: number, failed: number, pending = 0, todo = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
  });

const playwrightReport = (expected: number, unexpected: number, flaky: number, skipped: number) =>
  JSON.stringify({ stats: { expected, unexpected, flaky, skipped } });

test('the counts of both runners add up to the closing line', () => {
  const unit = settleCounts(0, vitestReport(10, 0, 1, 2), vitestCounts);
  const endToEnd = settleCounts(1, playwrightReport(5, 1, 1, 0), playwrightCounts);
  expect(formatCounts(addCounts(unit, endToEnd))).toBe('15 passed, 2 failed, 3 skipped');
});

test('nothing is said of skipped tests when there are none', () => {
  expect(formatCounts({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
});

describe('a runner that failed without a failed test counts as one failure', () => {
  const crashed = { passed: 0, failed: 1, skipped: 0 };

  test('without a report', () => {
    expect(settleCounts(1, undefined, vitestCounts)).toEqual(crashed);
    expect(settleCounts(0, undefined, vitestCounts)).toEqual(crashed);
    expect(settleCounts(null, undefined, playwrightCounts)).toEqual(crashed);
  });

  test('with a report that cannot be read', () => {
    expect(settleCounts(0, '{"stats"', playwrightCounts)).toEqual(crashed);
    expect(settleCounts(0, '{}', playwrightCounts)).toEqual(crashed);
    expect(settleCounts(0, '{}', vitestCounts)).toEqual(crashed);
  });

  test('with a report in which everything passed', () => {
    const counts = { passed: 4, failed: 1, skipped: 0 };
    expect(settleCounts(1, vitestReport(4, 0), vitestCounts)).toEqual(counts);
    expect(settleCounts(null, vitestReport(4, 0), vitestCounts)).toEqual(counts);
  });

  test('and failed tests are not counted twice', () => {
    expect(settleCounts(1, vitestReport(4, 2), vitestCounts).failed).toBe(2);
  });
});
