import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { type Figure, onSides } from '../figure.ts';
import { ShownPage } from '../sides/shown-page.ts';
import { percentile } from '../statistics.ts';

// Whether the page answers while its guest has much to do: Ringbox's own page, whose thread runs the CPU
// as well, and for comparison one with v86.

/** What keeps the guest busy until a key ends it; `disk` is the root disk. */
const LOADS = {
  disk: (disk: string) => `dd if=${disk} of=/dev/null bs=4k iflag=direct 2>/dev/null`,
  console: () => 'cat /tmp/text',
} as const;
type Load = keyof typeof LOADS;

const INTERRUPT = '\x03';
/** Keys of a long measurement, and of the shortest. */
const KEYS_PER_SECOND_OF_MEASUREMENT = 20;
const FEWEST_KEYS = 5;
/** Milliseconds between two keys: a fast typist. */
const BETWEEN_KEYS = 50;

type PageName = 'ringbox' | 'v86';

/** Loads that have come to their end: what is waited for must not be on the screen from the one before. */
let ended = 0;

/** Measures while the guest does its work over and over. */
async function underLoad(
  bench: Bench,
  side: PageName,
  load: Load,
  measure: (shown: ShownPage) => Promise<number>,
): Promise<number> {
  const shown = await ShownPage.of(bench, side);
  const command = LOADS[load](side === 'v86' ? '/dev/sda' : '/dev/vda');
  await shown.type(`while :; do ${command}; done\r`);
  await sleep(500);
  const value = await measure(shown);
  // Again and again: it comes to nothing when the shell has not begun yet with what is to be interrupted.
  const number = ++ended;
  await shown.draw(`${INTERRUPT}\rprintf 'over-%s\\n' ${number}\r`, `over-${number}`, 1000);
  await shown.draw(`clear; printf 'clear-%s\\n' ${number}\r`, `clear-${number}`);
  return value;
}

async function longestTask(bench: Bench, shown: ShownPage): Promise<number> {
  const tasks = await shown.tasks(1000 * bench.seconds);
  return Math.max(...tasks);
}

/** From a key until the page has drawn what came of it, for 95 of 100 keys. */
async function inputToPaint(bench: Bench, shown: ShownPage): Promise<number> {
  const keys = Math.max(FEWEST_KEYS, KEYS_PER_SECOND_OF_MEASUREMENT * bench.seconds);
  return percentile(await shown.keysToPaint(keys, BETWEEN_KEYS), 95);
}

const WHILE = { disk: 'while the guest reads its disk', console: 'while the console is flooded' };

export const pageFigures: Figure[] = (['disk', 'console'] as const).flatMap((load): Figure[] => [
  {
    name: `task-${load}`,
    title: `longest task of the page ${WHILE[load]}`,
    unit: 'ms',
    better: 'less',
    limit: { most: 16 },
    sides: onSides(['ringbox', 'v86'], (bench, side) =>
      underLoad(bench, side, load, (shown) => longestTask(bench, shown)),
    ),
  },
  {
    name: `input-${load}`,
    title: `from a key to the paint, 95th percentile, ${WHILE[load]}`,
    unit: 'ms',
    better: 'less',
    limit: { most: 50 },
    sides: onSides(['ringbox', 'v86'], (bench, side) =>
      underLoad(bench, side, load, (shown) => inputToPaint(bench, shown)),
    ),
  },
]);
