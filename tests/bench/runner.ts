import type { Bench } from './bench.ts';
import { type Figure, SIDES, type SideName } from './figure.ts';

/** What a side of a figure has given. */
export interface SideResult {
  /** In the figure's unit, in order; the runs of all sides with one index lay side by side. */
  runs: number[];
  /** Why there are none, or no more. */
  problem: string | null;
}

export interface FigureResult {
  figure: Figure;
  sides: Partial<Record<SideName, SideResult>>;
}

export interface RunPlan {
  figures: readonly Figure[];
  /** Runs that count. */
  runs: number;
  /** No run begins after this, in milliseconds of `performance.now`. */
  deadline: number;
  /** Why a side is left out on this machine, or null. */
  missing(side: SideName): string | null;
  /** Told before each run. */
  onRun(run: number, figure: Figure): void;
}

/**
 * Measures all figures on all sides, again and again. The sides of a figure take turns, so that
 * whatever slows this machine down for a while hits all alike, and each run begins with another
 * side. The first round only warms up: emulators compile what their guest runs often, and run it ten
 * times slower before.
 */
export async function runFigures(bench: Bench, plan: RunPlan): Promise<FigureResult[]> {
  const results = plan.figures.map((figure) => emptyResult(figure, plan));
  for (let run = 0; run <= plan.runs; run++) {
    for (const result of results) {
      if (run > 1 && performance.now() > plan.deadline) return results;
      plan.onRun(run, result.figure);
      await runSides(bench, result, run);
    }
  }
  return results;
}

async function runSides(bench: Bench, { figure, sides }: FigureResult, run: number): Promise<void> {
  for (let turn = 0; turn < SIDES.length; turn++) {
    const side = SIDES[(run + turn) % SIDES.length];
    const result = sides[side];
    const measure = figure.sides[side];
    if (result === undefined || measure === undefined || result.problem !== null) continue;
    try {
      const value = await measure(bench);
      if (run > 0) result.runs.push(value);
    } catch (error) {
      result.problem = `failed: ${(error as Error).message.split('\n')[0]}`;
    }
  }
}

function emptyResult(figure: Figure, plan: RunPlan): FigureResult {
  const sides: FigureResult['sides'] = {};
  for (const side of SIDES) {
    if (figure.sides[side]) sides[side] = { runs: [], problem: plan.missing(side) };
  }
  return { figure, sides };
}
