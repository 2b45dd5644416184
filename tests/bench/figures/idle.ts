import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, type MachineName, onSides } from '../figure.ts';
import type { Guest } from '../sides/guest.ts';

// What a guest costs that waits at its prompt: the processor time of the process in which its page runs,
// or of QEMU's process; in percent of one core. The guest has a console, two disks and a random number
// generator. In its first minute more than half of it is the browser's compiler, at work on what the guest
// has just begun to run often.

/** Disks of the larger machine after its root disk, for 16 devices in all. */
const FURTHER_DISKS = 13;
/** Linux counts hundredths of a second: three percent must be some of them. */
const SHORTEST = 2;

async function percentOfACore(bench: Bench, guest: Guest): Promise<number> {
  const seconds = Math.max(SHORTEST, 2 * bench.seconds);
  const used = () => guest.processorTime();
  // What a command leaves behind, such as writing to the disk later, is over some time after it.
  await guest.measure('sync');
  await sleep(1000);
  const [before, begin] = [await used(), performance.now()];
  await sleep(1000 * seconds);
  return (100 * ((await used()) - before)) / ((performance.now() - begin) / 1000);
}

async function plainGuest(bench: Bench, side: MachineName): Promise<number> {
  return percentOfACore(bench, await bench.guest(side));
}

async function guestWithManyDevices(bench: Bench): Promise<number> {
  const start = () => bench.laboratory.bootPlain(FURTHER_DISKS);
  return percentOfACore(bench, await bench.alone('many devices', start));
}

export const idleFigures: Figure[] = [
  {
    name: 'idle',
    title: 'a guest at its prompt',
    unit: '% of a core',
    better: 'less',
    limit: { most: 3 },
    sides: onSides(MACHINES, plainGuest),
  },
  {
    name: 'idle-16',
    title: 'a guest at its prompt, with 16 devices',
    unit: '% of a core',
    better: 'less',
    limit: { most: 3 },
    sides: { ringbox: guestWithManyDevices },
  },
];
