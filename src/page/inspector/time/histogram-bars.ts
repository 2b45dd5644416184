import type { HistogramBucket } from '../../../machine/index.ts';

/** What all histograms have in common: microseconds, on a logarithmic scale. */
const LEAST = 0.3;
const MOST = 1_000_000;

/** Where a time lies, 0 to 1 from left to right. */
export function timePart(microseconds: number): number {
  const part = Math.log(microseconds / LEAST) / Math.log(MOST / LEAST);
  return Math.min(1, Math.max(0, part));
}

/** Times that have a line; every second is written. */
export const MARKS = [1, 10, 100, 1000, 10_000, 100_000] as const;

export interface Bar {
  from: number;
  to: number;
  /** 0 to 1. */
  height: number;
}

/** Bars of equal meaning beside each other; heights go by the root, so that the rare is seen as well. */
export function barsOf(buckets: readonly HistogramBucket[]): Bar[] {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  return buckets
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      return { from: timePart(from), to: timePart(to), height: Math.sqrt(count / most) };
    });
}
