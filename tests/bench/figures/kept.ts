import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import type { KeptOrder } from '../pages/kept-worker.ts';
import { WorkPage } from '../sides/work-page.ts';

// A disk that is kept in the browser's private file system, beside a plain loop that writes and
// flushes a file of the same size there, both in one worker: what the store costs that makes a
// disk survive a power cut.

async function writesPerSecond(bench: Bench, to: KeptOrder['to']): Promise<number> {
  const work = await WorkPage.of(bench);
  const what = `kept ${to}`;
  const count = bench.amounts.of(what, 100);
  const milliseconds = await work.page.evaluate((order) => pageWork.keptWrites(order), {
    to,
    count,
  });
  bench.amounts.learn(what, count, milliseconds / 1000);
  return (1000 * count) / milliseconds;
}

export const keptFigures: Figure[] = [
  {
    name: 'kept-writes',
    title: 'kept disk: 4 KiB writes, each flushed, beside a plain loop on a file',
    unit: 'writes/s',
    better: 'more',
    goals: { bare: 0.8 },
    sides: {
      ringbox: (bench) => writesPerSecond(bench, 'disk'),
      bare: (bench) => writesPerSecond(bench, 'file'),
    },
  },
];
