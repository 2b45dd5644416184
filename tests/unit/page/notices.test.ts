import { describe, expect, it } from 'vitest';
import { panicNotice } from '../../../src/page/notices.ts';

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
