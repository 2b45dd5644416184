import { describe, expect, it } from 'vitest';
import {
  formatDiskSize,
  growthProblem,
  parseSize,
  sizeProblem,
  sizeToType,
} from '../../../../src/page/disks/size.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

describe('formatDiskSize', () => {
  it.each([
    [512, '512 B'],
    [4096, '4 KiB'],
    [64 * MiB, '64 MiB'],
    [1.5 * GiB, '1.5 GiB'],
    [2 ** 41, '2 TiB'],
    [10_000_384, '10.0 MB'],
  ])('%i bytes are %s', (bytes, text) => expect(formatDiskSize(bytes)).toBe(text));
});

describe('parseSize', () => {
  it.each([
    ['1', 'GiB', GiB],
    [' 1.5 ', 'GiB', 1.5 * GiB],
    ['1,5', 'GiB', 1.5 * GiB],
    ['0.3', 'MiB', MiB],
    ['1.001', 'GiB', 1026 * MiB],
    ['0', 'GiB', 0],
  ] as const)('%j %s', (typed, unit, bytes) => expect(parseSize(typed, unit)).toBe(bytes));

  it.each(['', 'a lot', '-1', '1e9', '0x10', '1.2.3', '1 000'])('%j is no number', (typed) => {
    expect(parseSize(typed, 'GiB')).toBeNaN();
  });
});

describe('sizes that a disk cannot have', () => {
  it.each([
    [Number.NaN, /as a number/],
    [0, /needs some bytes/],
    [3 * 2 ** 40, /2 TiB at most/],
    [Number.POSITIVE_INFINITY, /at most/],
  ])('%d', (bytes, problem) => expect(sizeProblem(bytes)).toMatch(problem));

  it('has nothing to say of others', () => expect(sizeProblem(MiB)).toBeUndefined());

  it('lets a disk grow and not shrink', () => {
    expect(growthProblem(65 * MiB, 64 * MiB)).toBeUndefined();
    expect(growthProblem(64 * MiB, 64 * MiB)).toContain('64 MiB already');
    expect(growthProblem(Number.NaN, 64 * MiB)).toContain('number');
  });
});

it.each([64 * MiB, GiB, 1.5 * GiB, 1025 * MiB, 128 * GiB])('%i can be typed', (bytes) => {
  const { typed, unit } = sizeToType(bytes);
  expect(parseSize(typed, unit)).toBe(bytes);
});
