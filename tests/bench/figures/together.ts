import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, type MachineName, onSides } from '../figure.ts';
import { markedWork, workBetweenMarks } from './rate.ts';

// How much of a disk's work is done beside the guest's processor instead of by it. Reads of 64 KiB
// are served four at a time while the processor has work of its own; on one thread both together
// take as long as one after the other, which is 1.

const processor = (count: number) => `/tmp/bench/integer-bench ${count}`;
const disk = (count: number, path: string) =>
  `/tmp/bench/disk-bench ${path} read random 65536 4 0 ${count} > /dev/null`;

/** Time of both together over the sum of the times of each alone. */
async function togetherOverAlone(bench: Bench, side: MachineName): Promise<number> {
  const alone = [
    await workBetweenMarks(bench, side, markedWork('together-processor', 5, processor)),
    await workBetweenMarks(bench, side, markedWork('together-disk', 500, disk)),
  ];
  const [processorWork, diskWork] = alone.map(({ count }) => count);
  const both = (_: number, path: string) =>
    `{ ${disk(diskWork, path)} & ${processor(processorWork)}; wait; }`;
  const together = await workBetweenMarks(bench, side, markedWork('together', 1, both));
  return together.seconds / (alone[0].seconds + alone[1].seconds);
}

export const togetherFigures: Figure[] = [
  {
    name: 'together',
    title: 'a job of the CPU while the disk is busy: both together over each alone',
    unit: 'parts of 1',
    better: 'less',
    goals: { v86: 1 / 0.85 },
    sides: onSides(MACHINES, togetherOverAlone),
  },
];
