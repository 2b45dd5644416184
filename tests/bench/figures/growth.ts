import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { RINGBOX_DISK } from '../laboratory.ts';
import { pagesMemory } from '../sides/processes.ts';
import { diskRequests } from './disk.ts';
import { workBetweenMarks } from './rate.ts';

// How cost grows with the number of disks, the guest's RAM, and the number of machines.

/** From opening a page to the prompt. All disks but the root disk are small and empty. */
async function bootWithDisks(bench: Bench, disks: number): Promise<number> {
  await bench.quiet();
  const begin = performance.now();
  const guest = await bench.laboratory.bootPlain(disks - 1);
  const milliseconds = performance.now() - begin;
  await guest.dispose();
  return milliseconds;
}

/** What the processes of all pages hold more than before, once the guest is at its prompt. */
async function memoryOfMachine(bench: Bench, memory: number): Promise<number> {
  await bench.quiet();
  const { browser } = bench.laboratory;
  const before = await pagesMemory(browser);
  const guest = await bench.laboratory.bootPlain(0, memory);
  const mebibytes = (await pagesMemory(browser)) - before;
  await guest.dispose();
  return mebibytes;
}

/** Reads a second of two machines in one page together, over those of one alone. */
async function twoMachines(bench: Bench): Promise<number> {
  const plain = await workBetweenMarks(bench, 'ringbox', READS);
  const two = await bench.alone('two machines', () => bench.laboratory.bootTwo());
  const results = await two.measure(READS.command(plain.count, RINGBOX_DISK));
  const rates = results.map(({ marks: [begin, end] }) => {
    return (1000 * plain.count) / (end.time - begin.time);
  });
  return (rates[0] + rates[1]) / (plain.count / plain.seconds);
}

const READS = diskRequests({
  name: 'grow-machines',
  direction: 'read',
  order: 'random',
  block: 4096,
  depth: 32,
  first: 4000,
});

const lessIsBetter = { better: 'less', fresh: true } as const;

export const growthFigures: Figure[] = [
  ...[1, 4, 16].map(
    (disks): Figure => ({
      ...lessIsBetter,
      name: `grow-boot-${disks}`,
      title: `boot to the prompt with ${disks === 1 ? 'one disk' : `${disks} disks`}`,
      unit: 'ms',
      sides: { ringbox: (bench) => bootWithDisks(bench, disks) },
    }),
  ),
  ...[64, 256, 1024].map(
    (memory): Figure => ({
      ...lessIsBetter,
      name: `grow-memory-${memory}`,
      title: `memory of the page with ${memory} MiB of guest RAM, at the prompt`,
      unit: 'MiB',
      sides: { ringbox: (bench) => memoryOfMachine(bench, memory) },
    }),
  ),
  {
    name: 'grow-machines',
    title: '4 KiB random reads, depth 32, of two machines in one page over those of one',
    unit: 'times',
    better: 'more',
    sides: { ringbox: twoMachines },
  },
];
