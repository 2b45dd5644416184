import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatPercent,
  formatTransfer,
  fraction,
  overallFraction,
} from '../../../src/page/progress.ts';
import { litPattern } from '../../../src/page/ring-mark.ts';

const transfer = (received: number, total: number | null) => ({ name: 'file', received, total });

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [3_141_592, '3.1 MB'],
    [1_500_000_000, '1.5 GB'],
    [2_000_000_000_000, '2000.0 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('a transfer', () => {
  it('keeps to the unit of its total', () => {
    expect(formatTransfer(transfer(12_000, 3_100_000))).toBe('0.0 of 3.1 MB');
    expect(formatTransfer(transfer(3_100_000, 3_100_000))).toBe('3.1 of 3.1 MB');
  });

  it('shows no total that it does not know', () => {
    expect(formatTransfer(transfer(12_000, null))).toBe('12.0 kB');
    expect(fraction(transfer(12_000, null))).toBeNull();
    expect(formatPercent(null)).toBe('');
  });

  it('is never more than whole', () => {
    expect(fraction(transfer(20, 10))).toBe(1);
    expect(formatTransfer(transfer(20, 10))).toBe('10 of 10 B');
  });

  it('is not whole before it is', () => {
    expect(formatPercent(0.9999)).toBe('99 %');
    expect(formatPercent(1)).toBe('100 %');
  });
});

describe('overallFraction', () => {
  it('weighs transfers by their bytes', () => {
    expect(overallFraction([transfer(10, 10), transfer(0, 30)])).toBe(0.25);
  });

  it('is nothing without known totals', () => {
    expect(overallFraction([])).toBe(0);
    expect(overallFraction([transfer(5, null)])).toBe(0);
  });
});

describe('litPattern', () => {
  const numbers = (part: number) => litPattern(part).split(' ').map(Number);

  it.each([0, 0.03, 0.5, 0.99, 1, 2])('covers the whole ring at %d', (part) => {
    expect(numbers(part).reduce((sum, length) => sum + length)).toBeCloseTo(160);
  });

  it('lights segments from none to all', () => {
    expect(numbers(0)).toEqual([0, 160]);
    expect(numbers(0.5)).toHaveLength(16);
    expect(numbers(1)).toHaveLength(32);
  });
});
