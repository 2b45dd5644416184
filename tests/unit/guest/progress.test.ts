import { describe, expect, test } from 'vitest';
import { formatDuration, formatSize, formatStep, Step } from '../../../guest/build/progress.ts';

test.each([
  [0, '0s'],
  [999, '0s'],
  [59_999, '59s'],
  [60_000, '1m00s'],
  [65_000, '1m05s'],
  [3_599_999, '59m59s'],
  [3_720_000, '1h02m'],
])('%i ms is said as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9_960, '10.0 kB'],
  [999_400, '999 kB'],
  [999_600, '1.0 MB'],
  [2_978_304, '3.0 MB'],
  [139_331_676, '139 MB'],
  [5_000_000_000_000, '5000 GB'],
])('%i bytes are said as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test('a step shows how far it is only when that is known', () => {
  expect(formatStep('Compiling', 0.429, 63_000)).toBe('Compiling ... 42% (1m03s)');
  expect(formatStep('Unpacking', undefined, 1000)).toBe('Unpacking ... (1s)');
});

/** A step with a clock that the test turns, and everything that it has written. */
function makeStep(terminal: boolean) {
  const written: string[] = [];
  let now = 0;
  const output = { write: (text: string) => written.push(text), isTTY: terminal, columns: 30 };
  const step = new Step('Compiling', output, () => now);
  const turn = (milliseconds: number) => {
    now += milliseconds;
  };
  return { step, written, turn };
}

describe('without a terminal', () => {
  test('a line comes at the start, every ten seconds, and at the end', () => {
    const { step, written, turn } = makeStep(false);
    turn(9_999);
    step.update(0.1);
    expect(written).toEqual(['Compiling ... (0s)\n']);
    turn(1);
    step.update(0.5);
    turn(5_000);
    step.update(0.75);
    step.done('3.0 MB');
    expect(written.slice(1)).toEqual(['Compiling ... 50% (10s)\n', 'Compiling: 3.0 MB (15s)\n']);
  });

  test('more work than expected never looks finished', () => {
    const { step, written, turn } = makeStep(false);
    turn(10_000);
    step.update(1.7);
    step.failed();
    expect(written.slice(1)).toEqual(['Compiling ... 99% (10s)\n', 'Compiling: failed (10s)\n']);
  });
});

test('on a terminal one line is renewed, cut to its width, and ended once', () => {
  const { step, written, turn } = makeStep(true);
  turn(200);
  step.update(0.25);
  step.done('a result that is much too long for it');
  expect(written).toEqual([
    '\r\x1b[KCompiling ... (0s)',
    '\r\x1b[KCompiling ... 25% (0s)',
    '\r\x1b[KCompiling: a result that is m\n',
  ]);
});
