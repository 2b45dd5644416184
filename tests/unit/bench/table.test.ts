import { describe, expect, test } from 'vitest';
import type { Figure } from '../../bench/figure.ts';
import type { FigureResult } from '../../bench/runner.ts';
import { formatNumber, formatTable } from '../../bench/table.ts';
import { judge } from '../../bench/verdict.ts';

const measure = async () => 0;
const figure: Figure = {
  name: 'reads',
  title: 'reads of a disk',
  unit: 'reads/s',
  better: 'more',
  sides: { ringbox: measure, v86: measure, qemu: measure },
  goals: { v86: 1.5, qemu: 1.2 },
};
const result: FigureResult = {
  figure,
  sides: {
    ringbox: { runs: [300, 330, 270], problem: null },
    v86: { runs: [100, 110, 90], problem: null },
    qemu: { runs: [300, 330, 270], problem: null },
  },
};

describe('the verdict on a figure', () => {
  test('holds each side’s ratio against its goal', () => {
    const [ringbox, v86, qemu] = judge(result).sides;
    expect(ringbox).toMatchObject({ median: 300, ratio: null, goal: null, reached: null });
    expect(v86).toMatchObject({ median: 100, ratio: 3, goal: 1.5, reached: true });
    expect(qemu).toMatchObject({ ratio: 1, goal: 1.2, reached: false });
    expect(v86.spread).toBeCloseTo(0.2);
  });

  test('says nothing about a side that could not be measured', () => {
    const skipped = { runs: [], problem: 'skipped: needs package qemu-system-x86' };
    const [, , qemu] = judge({ figure, sides: { ...result.sides, qemu: skipped } }).sides;
    expect(qemu).toMatchObject({ median: null, ratio: null, reached: null });
  });

  test('holds Ringbox’s own median against a limit', () => {
    const limited = (limit: NonNullable<Figure['limit']>) =>
      judge({ ...result, figure: { ...figure, limit } }).sides.map(({ reached }) => reached);
    expect(limited({ most: 299 })[0]).toBe(false);
    expect(limited({ most: 300 })[0]).toBe(true);
    expect(limited({ least: 301 })[0]).toBe(false);
    expect(limited({ least: 300 })).toEqual([true, true, false]);
  });
});

describe('the table', () => {
  test('has a line for each side, with its runs', () => {
    const skipped = { runs: [], problem: 'skipped: needs package qemu-system-x86' };
    const table = formatTable([judge({ figure, sides: { ...result.sides, qemu: skipped } })]);
    const [, , ringbox, v86, qemu] = table.split('\n');
    expect(ringbox).toMatch(/^reads: reads of a disk +Ringbox +300 reads\/s +20 % +300 330 270$/);
    expect(v86).toMatch(/^ +v86 as shipped +100 .* 3 times as good +1\.5 +yes +100 110 90$/);
    expect(qemu).toMatch(/native QEMU, TCG +1\.2 +skipped: needs package qemu-system-x86$/);
  });

  test('marks a goal that is not reached', () => {
    expect(formatTable([judge(result)]).split('\n')[4]).toContain(' NO ');
  });

  test('gives three digits of a number that count, or all of a large one', () => {
    expect([0.123456, 1.5, 99.96, 1234.5, 1234567].map(formatNumber)).toEqual([
      '0.123',
      '1.5',
      '100',
      '1,235',
      '1,234,567',
    ]);
  });
});
