import { describe, expect, test } from 'vitest';
import { median, pairedRatio, percentile, spread } from '../../bench/statistics.ts';

describe('statistics', () => {
  test('the median is the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9, 100])).toBe(10); // numbers, not text
    expect(() => median([])).toThrow(RangeError);
  });

  test('a percentile is a value that was measured', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    expect(percentile(values, 50)).toBe(500);
    expect(percentile(values, 99.9)).toBe(999);
    expect(percentile(values, 100)).toBe(1000);
    expect(percentile([7], 99)).toBe(7);
    expect(() => percentile([], 50)).toThrow(RangeError);
  });

  test('the spread is from least to greatest, as a part of the median', () => {
    expect(spread([8, 10, 12])).toBeCloseTo(0.4);
    expect(spread([0, 0])).toBe(0);
  });

  test('a ratio is one of runs that lay side by side', () => {
    // The machine became twice as fast between two runs: each pair says 2, the medians would not.
    expect(pairedRatio([200, 400, 400], [100, 100, 200], 'more')).toBe(2);
    expect(pairedRatio([100, 200, 400], [50, 100, 200], 'more')).toBe(2);
  });

  test('a ratio says how many times as good, also where less is better', () => {
    expect(pairedRatio([5], [10], 'less')).toBe(2);
    expect(pairedRatio([5], [10], 'more')).toBe(0.5);
  });

  test('runs without a partner do not count', () => {
    expect(pairedRatio([1, 2, 1000], [1, 1], 'more')).toBe(1.5);
  });
});
