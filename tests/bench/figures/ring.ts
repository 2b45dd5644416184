import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { provideRingtest } from '../ringtest.ts';
import { WorkPage } from '../sides/work-page.ts';

// A buffer from a driver's thread to a device's and back: two workers with the Device and the chains of
// src/ring and all their checks, beside Linux's own test, virtio_ring_0_9, as a native program. Both
// keep so many buffers under way in a ring of 256, and both spin. ringtest is measured as a whole
// process, whose start takes a millisecond or two.

const RING_SIZE = 256;
const FIRST = 100_000;

async function inWorkers(bench: Bench, depth: number): Promise<number> {
  const work = await WorkPage.of(bench);
  return nanosecondsEach(bench, `ring-${depth} workers`, (count) =>
    work.page.evaluate(([at, all]) => pageWork.ringRoundTrips(at, all), [depth, count] as const),
  );
}

async function inRingtest(bench: Bench, depth: number): Promise<number> {
  await bench.quiet();
  const program = await provideRingtest();
  return nanosecondsEach(bench, `ring-${depth} ringtest`, async (count) => {
    const options = { 'ring-size': RING_SIZE, outstanding: depth, 'run-cycles': count };
    const parameters = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const begin = performance.now();
    const [code] = await once(spawn(program, parameters, { stdio: 'ignore' }), 'exit');
    if (code !== 0) throw new Error(`ringtest has ended with status ${code}`);
    return performance.now() - begin;
  });
}

/** @param measure takes so many buffers and answers milliseconds */
async function nanosecondsEach(
  bench: Bench,
  what: string,
  measure: (count: number) => Promise<number>,
): Promise<number> {
  const count = bench.amounts.of(what, FIRST);
  const milliseconds = await measure(count);
  bench.amounts.learn(what, count, milliseconds / 1000);
  return (1e6 * milliseconds) / count;
}

export const ringFigures: Figure[] = [1, 16, 64, 256].map((depth) => ({
  name: `ring-${depth}`,
  title: `a buffer to another thread and back, ${depth} under way, beside Linux's ringtest`,
  unit: 'ns',
  better: 'less',
  goals: { bare: 1 },
  sides: {
    ringbox: (bench) => inWorkers(bench, depth),
    bare: (bench) => inRingtest(bench, depth),
  },
}));
