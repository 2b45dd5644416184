import { expect, test } from 'vitest';
import { addHistograms, bucketsOf, formatHistogram, histogramOf } from '../../bench/histogram.ts';

const FROM = [0, 5, 10, 100];

test('a value lies in the bucket that begins last before it, or at it', () => {
  expect(histogramOf([0, 4.9, 5, 9, 10, 99, 100, 5000], FROM)).toEqual({
    from: FROM,
    counts: [2, 2, 2, 2],
  });
});

test('runs are added up, and empty ends are not shown', () => {
  const both = addHistograms(histogramOf([6], FROM), histogramOf([7, 50, 60], FROM));
  expect(bucketsOf(both)).toEqual({
    total: 4,
    buckets: [
      { range: '5 to 10', count: 2, part: 0.5 },
      { range: '10 to 100', count: 2, part: 0.5 },
    ],
  });
  expect(bucketsOf(histogramOf([], FROM))).toEqual({ total: 0, buckets: [] });
});

test('as text, the greatest bucket has the longest bar and a small one has some', () => {
  const values = [...Array(1999).fill(7), 200];
  expect(formatHistogram('waits', 'µs', histogramOf(values, FROM)).split('\n')).toEqual([
    'waits, 2,000 samples',
    `    5 to 10 µs   99.95 %      1999  ${'#'.repeat(40)}`,
    '  10 to 100 µs    0.00 %         0',
    '100 or more µs    0.05 %         1  #',
    '',
  ]);
});
