/** The middle of `values`; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median');
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which lie `percent` of 100 of `values` (the nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('no values have no percentile');
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)];
}

/** From the least to the greatest of `values`, as a part of their median. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : range / Math.abs(middle);
}

/**
 * How many times as good ours is as theirs: the median of the ratios of those runs that lay side
 * by side. The machine's speed drifts from run to run, by a factor of two on a shared one, but
 * hardly within one; so no ratio is taken of runs that lie apart.
 *
 * @param better whether more or less is better
 */
export function pairedRatio(
  ours: readonly number[],
  theirs: readonly number[],
  better: 'more' | 'less',
): number {
  const pairs = Math.min(ours.length, theirs.length);
  return median(
    ours.slice(0, pairs).map((value, run) => {
      return better === 'more' ? value / theirs[run] : theirs[run] / value;
    }),
  );
}
