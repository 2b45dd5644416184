import { MAXIMUM_DISK_SIZE } from '../../devices/block/disk-size.ts';
import { formatBytes } from '../progress.ts';

/** Units that a size is given in: those of the guest's own tools. */
export const SIZE_UNITS = { MiB: 2 ** 20, GiB: 2 ** 30 } as const;
export type SizeUnit = keyof typeof SIZE_UNITS;

const BINARY_UNITS = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** Of more nobody sees how much it is. */
const MOST_OF_A_UNIT = 2048;

/**
 * The size of a disk, as its guest's tools show it: "64 MiB", "1.5 GiB". One that is no round
 * number of anything is told as amounts of bytes are, in decimal units.
 */
export function formatDiskSize(bytes: number): string {
  for (const [unit, size] of BINARY_UNITS) {
    const amount = bytes / size;
    const isRound = Number.isInteger(amount * 10) && amount < MOST_OF_A_UNIT;
    if (amount >= 1 && isRound) return `${amount} ${unit}`;
  }
  return formatBytes(bytes);
}

/**
 * What a person has typed, in bytes; NaN for what is no number. Parts of a unit are rounded up to whole MiB.
 */
export function parseSize(typed: string, unit: SizeUnit): number {
  const text = typed.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(text)) return Number.NaN;
  return Math.ceil((Number(text) * SIZE_UNITS[unit]) / SIZE_UNITS.MiB) * SIZE_UNITS.MiB;
}

/** What is wrong with a size, for a person; undefined if a disk can have it. */
export function sizeProblem(bytes: number): string | undefined {
  if (Number.isNaN(bytes)) return 'Give the size as a number, for example 1 or 1.5.';
  if (bytes <= 0) return 'A disk needs some bytes.';
  if (bytes > MAXIMUM_DISK_SIZE) {
    return `A disk can have ${formatDiskSize(MAXIMUM_DISK_SIZE)} at most.`;
  }
  return undefined;
}

/** The same for a disk that is to grow. @param present bytes that it has */
export function growthProblem(bytes: number, present: number): string | undefined {
  const problem = sizeProblem(bytes);
  if (problem !== undefined || bytes > present) return problem;
  return `It has ${formatDiskSize(present)} already, and disks only grow.`;
}

/** A size as a person would type it, and its unit: the larger one where that stays short. */
export function sizeToType(bytes: number): { typed: string; unit: SizeUnit } {
  const inGibibytes = bytes / SIZE_UNITS.GiB;
  if (inGibibytes >= 1 && Number.isInteger(inGibibytes * 4)) {
    return { typed: `${inGibibytes}`, unit: 'GiB' };
  }
  return { typed: `${Math.ceil(bytes / SIZE_UNITS.MiB)}`, unit: 'MiB' };
}
