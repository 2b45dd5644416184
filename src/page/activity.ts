import type { MachineStatistics } from '../machine/index.ts';

/** What happened between two looks, per second. */
export interface Activity {
  instructions: number;
  diskRequests: number;
  consoleBytes: number;
}

function diskRequests(counters: MachineStatistics): number {
  return counters.disks.reduce((sum, { requests }) => sum + requests, 0);
}

/** @param elapsed milliseconds between the two */
export function measureActivity(
  before: MachineStatistics,
  after: MachineStatistics,
  elapsed: number,
): Activity {
  // A reset may begin the counters anew.
  const rate = (from: number, to: number) =>
    elapsed > 0 ? Math.max(0, ((to - from) * 1000) / elapsed) : 0;
  return {
    instructions: rate(before.instructions, after.instructions),
    diskRequests: rate(diskRequests(before), diskRequests(after)),
    consoleBytes: rate(before.consoleBytes, after.consoleBytes),
  };
}

/**
 * Whether the guest counts as halted. A guest at rest wakes for its clock, and a busy one halts
 * between two disk requests; only two equal looks in a row change the word, so it does not flicker.
 */
export class HaltedFilter {
  #last = false;
  #shown = false;

  next(halted: boolean): boolean {
    if (halted === this.#last) this.#shown = halted;
    this.#last = halted;
    return this.#shown;
  }
}

/** A number for the status line, four characters at most: "12", "1.5k", "340k", "2.1M". */
export function formatRate(rate: number): string {
  const whole = Math.round(rate);
  if (whole < 1000) return `${whole}`;
  const [value, unit] = whole < 999_500 ? [rate / 1000, 'k'] : [rate / 1_000_000, 'M'];
  return value < 9.95 ? `${value.toFixed(1)}${unit}` : `${Math.round(value)}${unit}`;
}

/** Million instructions per second: a digit after the point below ten, where it matters. */
export function formatMips(instructions: number): string {
  const millions = instructions / 1_000_000;
  return millions < 9.95 ? millions.toFixed(1) : millions.toFixed(0);
}
