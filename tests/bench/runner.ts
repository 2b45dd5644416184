import type { Bench } from './bench.ts';
import { type Figure, SIDES, type SideName } from './figure.ts';
import { addHistograms, type Histogram } from './histogram.ts';

/** What a side of a figure has given. */
export interface SideResult {
  /** In the figure's unit, in order; the runs of all sides with one index lay side by side. */
  runs: number[];
  /** Of all these runs together, where a run measures many values. */
  histogram?: Histogram;
  /** Why there are none, or no more. */
  problem: string | null;
}

export interface FigureResult {
  figure: Figure;
  sides: Partial<Record<SideName, SideResult>>;
}

export interface RunPlan {
  figures: readonly Figure[];
  /** Runs that do not count: the first learns how much work fits the time, and is too short. */
  warmUps: number;
  /** Runs that count. */
  runs: number;
  /** No run begins after this, in milliseconds of `performance.now`. */
  deadline: number;
  /** Why a side is left out on this machine, or null. */
  missing(side: SideName): string | null;
  /** Told of each value that was measured in which run, from 1 on; null while warming up. */
  onMeasured(run: number | null, figure: Figure, side: SideName, value: number): void;
}

/**
 * Measures all figures on all sides, again and again. The sides of a figure take turns, so that
 * whatever slows this machine down for a while hits all alike, and each run begins with another
 * side. The first rounds only warm up: emulators compile what their guest runs often, and run it ten
 * times slower before.
 */
export async function runFigures(bench: Bench, plan: RunPlan): Promise<FigureResult[]> {
  const results = plan.figures.map((figure) => emptyResult(figure, plan));
  for (let round = 0; round < plan.warmUps + plan.runs; round++) {
    for (const result of results) {
      if (performance.now() > plan.deadline) return noTimeLeft(results);
      if (round >= plan.warmUps || !result.figure.fresh) await runSides(bench, plan, result, round);
    }
  }
  return results;
}

async function runSides(
  bench: Bench,
  plan: RunPlan,
  { figure, sides }: FigureResult,
  round: number,
): Promise<void> {
  const counts = round >= plan.warmUps;
  for (let turn = 0; turn < SIDES.length; turn++) {
    const side = SIDES[(round + turn) % SIDES.length];
    const result = sides[side];
    const measure = figure.sides[side];
    if (result === undefined || measure === undefined || result.problem !== null) continue;
    try {
      const measured = await measure(bench);
      const { value, histogram } =
        typeof measured === 'number' ? { value: measured, histogram: undefined } : measured;
      if (counts) keep(result, value, histogram);
      plan.onMeasured(counts ? round - plan.warmUps + 1 : null, figure, side, value);
    } catch (error) {
      result.problem = `failed: ${(error as Error).message.split('\n')[0]}`;
    }
  }
}

function keep(result: SideResult, value: number, histogram?: Histogram): void {
  result.runs.push(value);
  if (histogram === undefined) return;
  result.histogram = result.histogram ? addHistograms(result.histogram, histogram) : histogram;
}

function noTimeLeft(results: FigureResult[]): FigureResult[] {
  for (const { sides } of results) {
    for (const result of Object.values(sides)) {
      if (result.runs.length === 0) result.problem ??= 'no time left';
    }
  }
  return results;
}

function emptyResult(figure: Figure, plan: RunPlan): FigureResult {
  const sides: FigureResult['sides'] = {};
  for (const side of SIDES) {
    if (figure.sides[side]) sides[side] = { runs: [], problem: plan.missing(side) };
  }
  return { figure, sides };
}
