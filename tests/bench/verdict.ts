import { type Figure, SIDES, type SideName } from './figure.ts';
import type { Histogram } from './histogram.ts';
import type { FigureResult, SideResult } from './runner.ts';
import { median, pairedRatio, spread } from './statistics.ts';

/** One side's line of the table, and what `bench.json` says of it. */
export interface SideVerdict {
  side: SideName;
  runs: number[];
  /** Of all runs together, where a run measures many values. */
  histogram?: Histogram;
  problem: string | null;
  median: number | null;
  /** From the least to the greatest run, as a part of the median. */
  spread: number | null;
  /** How many times as good Ringbox is; null for Ringbox itself. */
  ratio: number | null;
  /** What the ratio is to be at least. */
  goal: number | null;
  /** For Ringbox's own line: what its median is to be. */
  limit: { most: number } | { least: number } | null;
  /** Whether the goal, or the limit, is reached; null where there is none. */
  reached: boolean | null;
}

/** One figure as `bench.json` has it. */
export interface FigureVerdict {
  name: string;
  title: string;
  unit: string;
  better: 'more' | 'less';
  sides: SideVerdict[];
}

export function judge({ figure, sides }: FigureResult): FigureVerdict {
  const { name, title, unit, better } = figure;
  const ours = sides.ringbox?.runs ?? [];
  return {
    name,
    title,
    unit,
    better,
    sides: SIDES.flatMap((side) => {
      const result = sides[side];
      return result === undefined ? [] : [judgeSide(figure, side, result, ours)];
    }),
  };
}

function judgeSide(
  figure: Figure,
  side: SideName,
  { runs, histogram, problem }: SideResult,
  ours: number[],
): SideVerdict {
  const own = side === 'ringbox';
  const middle = runs.length > 0 ? median(runs) : null;
  const comparable = !own && ours.length > 0 && runs.length > 0;
  const ratio = comparable ? pairedRatio(ours, runs, figure.better) : null;
  const goal = own ? null : (figure.goals?.[side] ?? null);
  const limit = own ? (figure.limit ?? null) : null;
  return {
    side,
    runs,
    ...(histogram !== undefined && { histogram }),
    problem,
    median: middle,
    spread: runs.length > 0 ? spread(runs) : null,
    ratio,
    goal,
    limit,
    reached: goal === null ? isWithin(limit, middle) : ratio === null ? null : ratio >= goal,
  };
}

function isWithin(limit: SideVerdict['limit'], value: number | null): boolean | null {
  if (limit === null || value === null) return null;
  return 'most' in limit ? value <= limit.most : value >= limit.least;
}
