import { describe, expect, it } from 'vitest';
import { keptDiskNotice, panicNotice } from '../../../src/page/notices.ts';

const way = () => () => undefined;
const ways = {
  reset: way(),
  again: way(),
  another: way(),
  withoutKeeping: way(),
  fresh: way(),
};

describe('panicNotice', () => {
  it.each([
    'Attempted to kill init! exitcode=0x00000100',
    '[0.1] of a module that looks like a time',
    'a module\nwith a line that says Kernel panic',
  ])("gives the kernel's words as they are: %j", (message) => {
    expect(panicNotice(message, ways).message).toBe(message);
  });

  it('has words for a kernel without any', () => {
    expect(panicNotice('', ways).message).toBe('It gave no reason.');
  });

  it('offers a restart of the same machine', () => {
    expect(panicNotice('x', ways).actions[0].run).toBe(ways.reset);
  });
});

describe('keptDiskNotice', () => {
  const failure = { message: 'what was wrong', remedy: 'what a program can do' };
  const runsOf = (code: Parameters<typeof keptDiskNotice>[0]) =>
    keptDiskNotice(code, failure, ways)?.actions.map(({ run }) => run);

  it.each(['disk-damaged', 'disk-foreign', 'disk-version', 'base-changed'] as const)(
    'says what is wrong and offers the fresh disk for %s',
    (code) => {
      expect(runsOf(code)).toEqual([ways.withoutKeeping, ways.fresh]);
      expect(keptDiskNotice(code, failure, ways)?.message).toBe(failure.message);
    },
  );

  it.each(['disk-in-use', 'disk-full'] as const)(
    'offers to go on without keeping, and another try, for %s',
    (code) => expect(runsOf(code)).toEqual([ways.withoutKeeping, ways.again]),
  );

  it.each(['disk-size', undefined] as const)('leaves %s to others', (code) => {
    expect(keptDiskNotice(code, failure, ways)).toBeUndefined();
  });
});
