import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { RunError } from '../../../src/cli/run-error.ts';

/** The line that a wrong usage is answered with; fails if it is no wrong usage. */
function complaint(...words: string[]): string {
  try {
    parseArguments(words);
  } catch (error) {
    if (error instanceof RunError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${words.join(' ')}`);
}

describe('parseArguments', () => {
  it('has a default for everything', () => {
    expect(parseArguments([])).toEqual({
      bios: false,
      kernel: undefined,
      initrd: undefined,
      append: undefined,
      memory: undefined,
      disks: [],
      console: undefined,
      timeout: 120,
      command: undefined,
    });
  });

  it('reads every option, its value attached or not', () => {
    const words =
      '--kernel=k --initrd i --append a=b --memory 64 --disk d --disk=e,ro --console ttyS0';
    expect(parseArguments([...words.split(' '), '--timeout', '1.5'])).toMatchObject({
      kernel: 'k',
      initrd: 'i',
      append: 'a=b',
      memory: 64,
      disks: [
        { file: 'd', readOnly: false },
        { file: 'e', readOnly: true },
      ],
      console: 'ttyS0',
      timeout: 1.5,
    });
  });

  it('leaves the words of the command alone', () => {
    expect(parseArguments(['--memory', '64', '--', 'ls', '--help', '--', '-x'])).toMatchObject({
      memory: 64,
      command: ['ls', '--help', '--', '-x'],
    });
  });

  it('takes a value that looks like an option', () => {
    expect(parseArguments(['--append', '--help'])).toMatchObject({ append: '--help' });
  });

  it('takes commas in the names of disks', () => {
    expect(parseArguments(['--disk', 'a,b,ro', '--disk', 'a,rw'])).toMatchObject({
      disks: [
        { file: 'a,b', readOnly: true },
        { file: 'a,rw', readOnly: false },
      ],
    });
  });

  it.each(['--help', '-h'])('knows %s', (word) => {
    expect(parseArguments(['--memory', '64', word])).toBe('help');
  });

  it.each([
    [['--frobnicate'], "unknown option '--frobnicate'"],
    [['-m', '64'], "unknown option '-m'"],
    [['ls'], "unexpected 'ls'; put '--' before a command"],
    [['--kernel'], '--kernel needs a value'],
    [['--memory', '64', '--memory', '65'], '--memory is given twice'],
    [['--memory', '31'], 'from 32 to 2048'],
    [['--memory', '2049'], 'from 32 to 2048'],
    [['--memory', '64.5'], 'from 32 to 2048'],
    [['--memory', '1e2'], 'from 32 to 2048'],
    [['--memory', ''], 'from 32 to 2048'],
    [['--timeout', '-1'], '--timeout takes seconds'],
    [['--timeout', 'soon'], '--timeout takes seconds'],
    [['--timeout', '99999999'], '--timeout takes seconds'],
    [['--console', 'tty0'], 'hvc0 or ttyS0'],
    [['--disk', ',ro'], '--disk takes FILE'],
    [['--'], 'no command'],
    [['--', ''], 'no command'],
    [['--kernel', 'k', '--', 'ls'], '--kernel cannot be given'],
    [['--initrd', 'i', '--', 'ls'], '--initrd cannot be given'],
  ])('refuses %j', (words, part) => {
    expect(complaint(...words)).toContain(part);
    expect(complaint(...words)).not.toContain('\n');
  });
});

describe('--bios', () => {
  it('starts the first disk', () => {
    const options = parseArguments(['--bios', '--disk', 'boot.img', '--memory', '64']);
    expect(options).toMatchObject({ bios: true, disks: [{ file: 'boot.img' }], memory: 64 });
  });

  it('needs a disk', () => {
    expect(complaint('--bios')).toContain('--disk FILE');
  });

  it.each([['--kernel'], ['--initrd'], ['--append']])('does not go with %s', (option) => {
    expect(complaint('--bios', '--disk', 'd', option, 'x')).toContain(option);
  });

  it('does not go with a command', () => {
    expect(complaint('--bios', '--disk', 'd', '--', 'ls')).toContain('a command');
  });

  it('takes no value', () => {
    expect(complaint('--bios=seabios', '--disk', 'd')).toContain('--bios');
  });
});
