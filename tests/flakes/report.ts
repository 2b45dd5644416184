import { cpus } from 'node:os';
import { median, percentile } from '../bench/statistics.ts';

/** What came of the boots and restores that were tried. */
export interface Outcome {
  rounds: number;
  /** Milliseconds that each took which succeeded. */
  boots: number[];
  restores: number[];
  failures: { round: number; message: string }[];
}

/** A table of counts and times, and all failures. */
export function reportOf({ rounds, boots, restores, failures }: Outcome): string {
  const processors = cpus();
  const lines = [
    `${rounds} rounds on ${processors.length} processors (${processors[0]?.model}): ${failures.length} failed`,
    rowOf('', ['count', 'median', '95 %', 'longest']),
    rowOf('boots', figuresOf(boots)),
    rowOf('restores', figuresOf(restores)),
    ...failures.map(({ round, message }) => `\nRound ${round}: ${message}`),
  ];
  return `${lines.join('\n')}\n`;
}

function figuresOf(times: number[]): string[] {
  if (times.length === 0) return ['0'];
  const figures = [median(times), percentile(times, 95), Math.max(...times)];
  return [String(times.length), ...figures.map((time) => `${Math.round(time)} ms`)];
}

function rowOf(name: string, cells: string[]): string {
  return [name.padEnd(10), ...cells.map((cell) => cell.padStart(10))].join('').trimEnd();
}
