/** How many values lay in which range; bucket `i` is from `from[i]` up to the next one, the last has no end. */
export interface Histogram {
  from: number[];
  counts: number[];
}

const LONGEST_BAR = 40;

/** @param from where the buckets begin, ascending; no value is less than the first */
export function histogramOf(values: readonly number[], from: readonly number[]): Histogram {
  const counts = from.map(() => 0);
  for (const value of values) counts[from.findLastIndex((begin) => begin <= value)]++;
  return { from: [...from], counts };
}

/** Both together; they have the same buckets. */
export function addHistograms(left: Histogram, right: Histogram): Histogram {
  return {
    from: left.from,
    counts: left.counts.map((count, bucket) => count + right.counts[bucket]),
  };
}

/** One bucket, for people. */
export interface Bucket {
  range: string;
  count: number;
  /** Parts of 1 of all values. */
  part: number;
}

/** How many values there are, and the buckets from the first to the last that has some. */
export function bucketsOf({ from, counts }: Histogram): { total: number; buckets: Bucket[] } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const buckets = counts.map((count, bucket) => ({
    range:
      bucket + 1 < from.length
        ? `${from[bucket]} to ${from[bucket + 1]}`
        : `${from[bucket]} or more`,
    count,
    part: count / total,
  }));
  const [first, last] = [counts.findIndex(Boolean), counts.findLastIndex(Boolean)];
  return { total, buckets: first === -1 ? [] : buckets.slice(first, last + 1) };
}

/** A line for each bucket, as text. */
export function formatHistogram(title: string, unit: string, histogram: Histogram): string {
  const { total, buckets } = bucketsOf(histogram);
  const most = Math.max(...buckets.map(({ part }) => part));
  const width = Math.max(...buckets.map(({ range }) => range.length));
  const lines = buckets.map(({ range, count, part }) => {
    const bar = '#'.repeat(Math.ceil((LONGEST_BAR * part) / most));
    const percent = `${(100 * part).toFixed(2)} %`;
    return `${range.padStart(width)} ${unit}  ${percent.padStart(8)}  ${String(count).padStart(8)}  ${bar}`;
  });
  return [`${title}, ${total.toLocaleString('en-US')} samples`, ...lines]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
