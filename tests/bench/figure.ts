import type { Bench } from './bench.ts';
import type { Histogram } from './histogram.ts';

/** The three machines that are measured side by side; README.md here tells how each is set up. */
export const MACHINES = ['ringbox', 'v86', 'qemu'] as const;
export type MachineName = (typeof MACHINES)[number];

/** What may stand beside Ringbox: other machines, or the same work without one. */
export const SIDES = [...MACHINES, 'bare'] as const;
export type SideName = (typeof SIDES)[number];

/** What the table calls them. */
export const SIDE_TITLES: Record<SideName, string> = {
  ringbox: 'Ringbox',
  v86: 'v86 as shipped',
  qemu: 'native QEMU, TCG',
  bare: 'without a machine',
};

/** A number in the figure's unit, and the many measured at once of which it is one. */
export interface Distribution {
  value: number;
  histogram: Histogram;
}

/** Measures once, for about `bench.seconds`, and answers a number in the figure's unit. */
export type Measure = (bench: Bench) => Promise<number | Distribution>;

/** One line of the table. */
export interface Figure {
  /** What `npm run bench -- NAME` calls it: words with hyphens. */
  name: string;
  /** What is measured, for the table. */
  title: string;
  unit: string;
  better: 'more' | 'less';
  /** Each measurement begins anew, so that there is nothing to warm up. */
  fresh?: true;
  /** How each side does it; a side that is missing cannot, or has no part in it. */
  sides: Partial<Record<SideName, Measure>>;
  /** Ringbox is to be at least so many times as good as the other side. */
  goals?: Partial<Record<Exclude<SideName, 'ringbox'>, number>>;
  /** Ringbox's median is to be at most, or at least, so much. */
  limit?: { most: number } | { least: number };
}

/** The same measurement on several sides: what a guest does is the same program everywhere. */
export function onSides<Name extends SideName>(
  names: readonly Name[],
  measure: (bench: Bench, side: Name) => Promise<number>,
): Partial<Record<SideName, Measure>> {
  return Object.fromEntries(names.map((name) => [name, (bench: Bench) => measure(bench, name)]));
}
