import { describe, expect, test } from 'vitest';
import { MeasuredShell } from '../../bench/sides/measured-shell.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A shell whose guest prints `output`, in these pieces, whatever it is told to do. */
function shellThatPrints(...output: string[]): MeasuredShell {
  let instructions = 0;
  const shell: MeasuredShell = new MeasuredShell(
    () => {
      for (const piece of output) shell.receive(bytes(piece));
    },
    () => ++instructions,
  );
  return shell;
}

describe('a measured shell', () => {
  test('takes marks out of the output and notes when they came', async () => {
    const shell = shellThatPrints('a\x1db', 'c\x1d', '\x1e0\x1e');
    const { output, marks } = await shell.measure('work');
    expect(output).toBe('abc');
    expect(marks.map(({ instructions }) => instructions)).toEqual([1, 2]);
    expect(marks[1].time).toBeGreaterThanOrEqual(marks[0].time);
  });

  test('counts a flood without looking at it, in whatever pieces it comes', async () => {
    const shell = shellThatPrints('\x1d\x1d', '\x1d'.repeat(7), '\x1d\x1dafter\x1e0\x1e');
    const { output, marks } = await shell.measureFlood('flood', 10);
    expect(marks).toHaveLength(2);
    expect(output).toBe('after');
  });

  test('does not take a command that failed for one that was measured', async () => {
    await expect(shellThatPrints('oh\x1e1\x1e').measure('work')).rejects.toThrow(
      'work: exit status 1, oh',
    );
  });
});
