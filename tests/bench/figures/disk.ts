import { type Figure, MACHINES, onSides } from '../figure.ts';
import { type CountedWork, workBetweenMarks } from './rate.ts';

// The work disk without the guest's page cache (O_DIRECT): virtio-blk with Ringbox and QEMU, IDE
// with v86 as shipped, which has no virtio-blk. All three disks are in memory. IDE takes one
// request at a time, whatever the depth.

export interface DiskWork {
  name: string;
  direction: 'read' | 'write';
  order: 'random' | 'sequential';
  /** Bytes of a request. */
  block: number;
  /** Requests under way at once. */
  depth: number;
  /** Requests of the first run, which learns how many fit the time. */
  first: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Requests before those that count. */
const WARM_PART = 0.1;

/** Requests of the guest program `disk-bench`. */
export function diskRequests({
  name,
  direction,
  order,
  block,
  depth,
  first,
}: DiskWork): CountedWork {
  return {
    name,
    first,
    command: (count, disk) => {
      const warm = Math.ceil(WARM_PART * count);
      return `/tmp/bench/disk-bench ${disk} ${direction} ${order} ${block} ${depth} ${warm} ${count}`;
    },
  };
}

function requestsPerSecond(work: DiskWork, goals: { v86: number; qemu: number }): Figure {
  const requests = diskRequests(work);
  return {
    name: work.name,
    title: `4 KiB random ${work.direction}, depth ${work.depth}`,
    unit: 'requests/s',
    better: 'more',
    goals,
    sides: onSides(MACHINES, async (bench, side) => {
      const { count, seconds } = await workBetweenMarks(bench, side, requests);
      return count / seconds;
    }),
  };
}

function megabytesPerSecond(work: DiskWork, goals: { v86: number; qemu: number }): Figure {
  const requests = diskRequests(work);
  return {
    name: work.name,
    title: `1 MiB sequential ${work.direction}`,
    unit: 'MB/s',
    better: 'more',
    goals,
    sides: onSides(MACHINES, async (bench, side) => {
      const { count, seconds } = await workBetweenMarks(bench, side, requests);
      return (count * work.block) / 1e6 / seconds;
    }),
  };
}

/** What does not drift with the machine: the guest's own work for a request. QEMU does not count. */
function instructionsPerRequest(work: DiskWork): Figure {
  const requests = diskRequests(work);
  return {
    name: work.name,
    title: `guest instructions per 4 KiB ${work.direction}, depth ${work.depth}`,
    unit: 'instructions',
    better: 'less',
    sides: onSides(['ringbox', 'v86'], async (bench, side) => {
      const { count, instructions } = await workBetweenMarks(bench, side, requests);
      return (instructions ?? Number.NaN) / count;
    }),
  };
}

const random = { order: 'random', block: 4 * KIB, first: 4000 } as const;
const sequential = { order: 'sequential', block: MIB, depth: 1, first: 64 } as const;
const alone = { ...random, depth: 1 } as const;
const many = { ...random, depth: 32 } as const;

export const diskFigures: Figure[] = [
  requestsPerSecond({ ...alone, name: 'read-4k', direction: 'read' }, { v86: 1.5, qemu: 1.2 }),
  requestsPerSecond({ ...alone, name: 'write-4k', direction: 'write' }, { v86: 1.5, qemu: 1.2 }),
  requestsPerSecond({ ...many, name: 'read-4k-deep', direction: 'read' }, { v86: 5, qemu: 1 }),
  requestsPerSecond({ ...many, name: 'write-4k-deep', direction: 'write' }, { v86: 5, qemu: 1 }),
  megabytesPerSecond(
    { ...sequential, name: 'read-1m', direction: 'read' },
    { v86: 2.5, qemu: 0.8 },
  ),
  megabytesPerSecond(
    { ...sequential, name: 'write-1m', direction: 'write' },
    { v86: 2.5, qemu: 0.8 },
  ),
  instructionsPerRequest({ ...alone, name: 'instructions-read-4k', direction: 'read' }),
  instructionsPerRequest({ ...alone, name: 'instructions-write-4k', direction: 'write' }),
  instructionsPerRequest({ ...many, name: 'instructions-read-4k-deep', direction: 'read' }),
];
