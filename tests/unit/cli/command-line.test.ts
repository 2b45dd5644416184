import { describe, expect, it } from 'vitest';
import { defaultCommandLine, ownCommandLine } from '../../../src/cli/command-line.ts';

const none = { append: undefined, console: undefined, command: undefined };

describe('ownCommandLine', () => {
  it.each([
    [{}, 'console=hvc0', 'hvc0'],
    [{ append: 'root=/dev/vda' }, 'root=/dev/vda console=hvc0', 'hvc0'],
    [{ console: 'ttyS0' }, 'console=ttyS0', 'ttyS0'],
    [{ append: 'console=ttyS0,115200' }, 'console=ttyS0,115200', 'ttyS0'],
    [{ append: 'console=ttyS0 console=hvc0' }, 'console=ttyS0 console=hvc0', 'hvc0'],
    [{ append: 'console=hvc0', console: 'ttyS0' }, 'console=hvc0', 'ttyS0'],
    [{ append: 'console=tty0' }, 'console=tty0', 'hvc0'],
    [{ append: 'a="b  c" -- d' }, 'a="b  c" -- d console=hvc0', 'hvc0'],
  ] as const)('%j', (options, text, console) => {
    expect(ownCommandLine({ ...none, ...options })).toEqual({ text, console });
  });
});

describe('defaultCommandLine', () => {
  const usual = 'console=hvc0 root=/dev/vda rw';

  it.each([
    [{}, usual, 'hvc0'],
    [{ append: 'panic' }, `${usual} panic`, 'hvc0'],
    [{ console: 'ttyS0' }, 'console=ttyS0 root=/dev/vda rw', 'ttyS0'],
    [{ command: ['ls'] }, `${usual} ringbox.command`, 'hvc0'],
    [{ append: 'debug', command: ['ls'] }, `${usual} debug ringbox.command`, 'hvc0'],
  ] as const)('%j', (options, text, console) => {
    const given = { ...none, ...options, command: 'command' in options ? ['ls'] : undefined };
    expect(defaultCommandLine(usual, given)).toEqual({ text, console });
  });
});
