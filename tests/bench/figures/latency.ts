import type { Bench } from '../bench.ts';
import type { Distribution, Figure } from '../figure.ts';
import { histogramOf } from '../histogram.ts';
import { percentile } from '../statistics.ts';
import { diskRequests } from './disk.ts';
import { workOf } from './rate.ts';

// From the driver's notification of a block request to the interrupt for it, on the CPU's thread of a machine
// in a page: reads of 4 KiB, one at a time. Between the two lies all of Ringbox: the worker wakes, serves the request,
// waits for a sync point, publishes. What the guest does before and after is in `read-4k`.

/** What the guest does beside its reads. An idle CPU is halted until the interrupt comes. */
const CASES = {
  idle: { title: 'the CPU idle', beside: (reads: string) => reads },
  busy: {
    title: 'the CPU busy with a job',
    // Rounds that nobody waits for the end of.
    beside: (reads: string) => `/tmp/bench/integer-bench 1000000000 & ${reads}; kill $!; wait`,
  },
} as const;
type Case = keyof typeof CASES;

const PERCENTILES = [50, 99, 99.9];

/** Where buckets begin, in microseconds; a page's clock tells five of them apart. */
const BUCKETS = [
  ...[0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800],
  ...[1000, 1500, 2000, 3000, 4000, 6000, 8000, 10_000, 20_000, 50_000, 100_000],
];

/** What was measured last of each case, and which of its percentiles were asked for. */
const measured = new Map<Case, { samples: number[]; told: Set<number> }>();

/** One measurement serves all three lines of a case: it is made anew when one of them is asked for again. */
async function latency(bench: Bench, name: Case, percent: number): Promise<number | Distribution> {
  let last = measured.get(name);
  if (last === undefined || last.told.has(percent)) {
    last = { samples: await measure(bench, name), told: new Set() };
    measured.set(name, last);
  }
  last.told.add(percent);
  const value = percentile(last.samples, percent);
  // Once for all lines.
  return percent === PERCENTILES[0]
    ? { value, histogram: histogramOf(last.samples, BUCKETS) }
    : value;
}

/** @returns microseconds of each request that counted */
async function measure(bench: Bench, name: Case): Promise<number[]> {
  const guest = await bench.alone('observed', () => bench.laboratory.bootObserved());
  const take = () => guest.page.evaluate(() => takeLatencies());
  const reads = diskRequests({
    name: `latency-${name}`,
    direction: 'read',
    order: 'random',
    block: 4096,
    depth: 1,
    first: 1000,
  });
  await take();
  const command = (count: number, disk: string) => CASES[name].beside(reads.command(count, disk));
  const { count } = await workOf(bench, guest, reads.name, { ...reads, command });
  const all = await take();
  if (all.length < count) throw new Error(`${count} reads brought ${all.length} interrupts`);
  // Those before only warm up.
  return all.slice(-count);
}

export const latencyFigures: Figure[] = (Object.keys(CASES) as Case[]).flatMap((name) =>
  PERCENTILES.map((percent) => ({
    name: `latency-${name}-p${percent}`,
    title: `from doorbell to interrupt, ${CASES[name].title}: p${percent}`,
    unit: 'µs',
    better: 'less',
    sides: { ringbox: (bench) => latency(bench, name, percent) },
  })),
);
