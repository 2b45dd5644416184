import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, type MachineName, onSides } from '../figure.ts';
import type { Guest } from '../sides/guest.ts';
import { PRINT_MARK } from '../sides/measured-shell.ts';

/** Work of a guest program that marks where what counts begins and ends. */
export interface CountedWork {
  /** What `Amounts` knows it by. */
  name: string;
  /** The shell command that does it so often, on the guest's work disk. */
  command(count: number, disk: string): string;
  /** How often at first. */
  first: number;
}

/** Work of a shell command, marked before and after it. @param first how often at first */
export function markedWork(
  name: string,
  first: number,
  command: (count: number, disk: string) => string,
): CountedWork {
  return {
    name,
    first,
    command: (count, disk) => `${PRINT_MARK}; ${command(count, disk)}; ${PRINT_MARK}`,
  };
}

/** What a guest has done between two marks. */
export interface Work {
  count: number;
  /** By the host's clock: guests' clocks drift when their emulator is late. */
  seconds: number;
  /** Guest instructions, or null where they are not counted. */
  instructions: number | null;
}

/** Lets a guest work for about as long as a measurement is to take. */
export async function workBetweenMarks(
  bench: Bench,
  side: MachineName,
  work: CountedWork,
): Promise<Work> {
  return workOf(bench, await bench.guest(side), `${work.name} ${side}`, work);
}

/** Lets `guest`, which is alone, work for so long. @param what `Amounts` knows it by there */
export async function workOf(
  bench: Bench,
  guest: Guest,
  what: string,
  work: CountedWork,
): Promise<Work> {
  const count = bench.amounts.of(what, work.first);
  const { marks } = await guest.measure(work.command(count, guest.disk));
  if (marks.length !== 2) throw new Error(`${work.name}: ${marks.length} marks instead of 2`);
  const [begin, end] = marks;
  const seconds = (end.time - begin.time) / 1000;
  bench.amounts.learn(what, count, seconds);
  const counted = begin.instructions !== null && end.instructions !== null;
  return { count, seconds, instructions: counted ? end.instructions! - begin.instructions! : null };
}

/** Work of a shell command that has a line in the table. */
export interface TitledWork {
  name: string;
  title: string;
  /** How often at first. */
  first: number;
  command(count: number): string;
}

/** How often a second each machine does these works. @param goal against v86 as shipped */
export function ratesOf(works: readonly TitledWork[], goal: number): Figure[] {
  return works.map(({ name, title, first, command }) => ({
    name,
    title,
    unit: '/s',
    better: 'more',
    goals: { v86: goal },
    sides: onSides(MACHINES, async (bench, side) => {
      const work = markedWork(name, first, command);
      const { count, seconds } = await workBetweenMarks(bench, side, work);
      return count / seconds;
    }),
  }));
}
