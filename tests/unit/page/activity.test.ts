import { describe, expect, it } from 'vitest';
import type { MachineStatistics } from '../../../src/machine/index.ts';
import {
  formatMips,
  formatRate,
  HaltedFilter,
  measureActivity,
} from '../../../src/page/activity.ts';

const counters = (
  instructions: number,
  requests: number[],
  consoleBytes: number,
): MachineStatistics => ({
  instructions,
  halted: false,
  consoleBytes,
  disks: requests.map((count) => ({ requests: count })),
});

describe('measureActivity', () => {
  it('gives rates per second, all disks together', () => {
    const before = counters(1000, [10, 0], 5);
    const after = counters(6000, [20, 5], 105);
    expect(measureActivity(before, after, 500)).toEqual({
      instructions: 10_000,
      diskRequests: 30,
      consoleBytes: 200,
    });
  });

  it('is never negative, nor infinite', () => {
    const nothing = { instructions: 0, diskRequests: 0, consoleBytes: 0 };
    expect(measureActivity(counters(9, [9], 9), counters(0, [0], 0), 100)).toEqual(nothing);
    expect(measureActivity(counters(0, [0], 0), counters(9, [9], 9), 0)).toEqual(nothing);
  });
});

describe('HaltedFilter', () => {
  it('changes its word after two equal looks in a row', () => {
    const filter = new HaltedFilter();
    const looks = [true, false, true, true, false, true, true, false, false];
    const shown = looks.map((halted) => filter.next(halted));
    expect(shown).toEqual([false, false, false, true, true, true, true, true, false]);
  });
});

describe('numbers of the status line', () => {
  it.each([
    [0, '0'],
    [999.4, '999'],
    [999.6, '1.0k'],
    [1500, '1.5k'],
    [9949, '9.9k'],
    [9960, '10k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [45_000_000, '45M'],
  ])('%d is %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [0, '0.0'],
    [9_940_000, '9.9'],
    [9_960_000, '10'],
    [66_700_000, '67'],
  ])('%d instructions per second are %s MIPS', (instructions, text) => {
    expect(formatMips(instructions)).toBe(text);
  });
});
