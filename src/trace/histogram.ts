/** Microseconds below which values are not told apart. */
const LEAST = 0.1;
/** Each bucket is so many times as wide as the one before. */
const RATIO = 1.01;
/** Buckets up to a hundred seconds. */
const BUCKETS = Math.ceil(Math.log(1e8 / LEAST) / Math.log(RATIO)) + 1;

/** One bar of a drawing: values from `from` up to, not including, `to`, in microseconds. */
export interface HistogramBucket {
  from: number;
  to: number;
  count: number;
}

/** Durations in microseconds, each kept to one percent. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = 0;

  get count(): number {
    return this.#count;
  }

  /** 0 when it is empty, as the two below. */
  get minimum(): number {
    return this.#count === 0 ? 0 : this.#minimum;
  }

  get maximum(): number {
    return this.#maximum;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** @param value microseconds; clocks of two threads may differ so much that it is less than 0, which counts as 0 */
  add(value: number): void {
    const duration = Math.max(value, 0);
    this.#counts[bucketOf(duration)]++;
    this.#count++;
    this.#sum += duration;
    this.#minimum = Math.min(this.#minimum, duration);
    this.#maximum = Math.max(this.#maximum, duration);
  }

  /** Adds all that `other` has. */
  merge(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#counts[bucket] += other.#counts[bucket];
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
  }

  /** The value that `part` (0 to 1) of all do not exceed, within one percent; NaN when it is empty. */
  quantile(part: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let passed = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      passed += this.#counts[bucket];
      if (passed < rank) continue;
      const middle = lowerBound(bucket) * Math.sqrt(RATIO);
      return Math.min(Math.max(middle, this.#minimum), this.#maximum);
    }
    return this.#maximum;
  }

  /** For drawing: bars from the least value to the largest, each `factor` times as wide as the one before. */
  buckets(factor = 1.25): HistogramBucket[] {
    const bars: HistogramBucket[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket];
      if (count === 0) continue;
      bars.push(...emptyBars(bars.at(-1), bucket, factor));
      bars[bars.length - 1].count += count;
    }
    return bars;
  }
}

/** The bars that are lacking between `last` and the one that has `bucket` in it. */
function emptyBars(
  last: HistogramBucket | undefined,
  bucket: number,
  factor: number,
): HistogramBucket[] {
  const value = lowerBound(bucket);
  if (last === undefined) return [{ from: value, to: value * factor, count: 0 }];
  const bars: HistogramBucket[] = [];
  for (let { to } = last; to <= value; to *= factor) {
    bars.push({ from: to, to: to * factor, count: 0 });
  }
  return bars;
}

function bucketOf(value: number): number {
  if (value <= LEAST) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log(value / LEAST) / Math.log(RATIO)));
}

function lowerBound(bucket: number): number {
  return LEAST * RATIO ** bucket;
}
