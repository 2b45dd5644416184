import { describe, expect, it } from 'vitest';
import { diskFullNotice, keptDiskNotice, panicNotice } from '../../../src/page/notices.ts';

const way = () => () => undefined;
const ways = {
  goOn: way(),
  reset: way(),
  again: way(),
  another: way(),
  look: way(),
  copy: way(),
  ownDisk: way(),
  disks: way(),
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

describe('diskFullNotice', () => {
  it('leads to the disks, and says what is safe', () => {
    const notice = diskFullNotice({ message: 'There is no room.', remedy: 'Free some.' }, ways);
    expect(notice.message).toBe('There is no room. What the guest had written out before is safe.');
    expect(notice.actions.map(({ run }) => run)).toEqual([ways.disks]);
  });
});

describe('keptDiskNotice', () => {
  const failure = { message: 'what was wrong', remedy: 'what a program can do' };
  const runsOf = (code: Parameters<typeof keptDiskNotice>[0]) =>
    keptDiskNotice(code, failure, true, ways)?.actions.map(({ run }) => run);

  it.each(['disk-damaged', 'disk-foreign', 'disk-version', 'base-changed'] as const)(
    'says what is wrong and offers the fresh disk for %s',
    (code) => {
      expect(runsOf(code)).toEqual([ways.withoutKeeping, ways.fresh]);
      expect(keptDiskNotice(code, failure, true, ways)?.message).toBe(failure.message);
    },
  );

  it('offers a look and a copy before a fresh disk and another try for disk-in-use', () => {
    const runs = [ways.look, ways.copy, ways.withoutKeeping, ways.again];
    expect(runsOf('disk-in-use')).toEqual(runs);
  });

  it('offers to go on without keeping, and another try, for disk-full', () => {
    expect(runsOf('disk-full')).toEqual([ways.withoutKeeping, ways.again]);
  });

  it('never offers to forget the root disk for the fault of a copy', () => {
    const notice = keptDiskNotice('disk-damaged', failure, false, ways);
    expect(notice?.actions.map(({ run }) => run)).toEqual([ways.ownDisk, ways.withoutKeeping]);
  });

  it.each(['disk-size', undefined] as const)('leaves %s to others', (code) => {
    expect(keptDiskNotice(code, failure, true, ways)).toBeUndefined();
  });
});
