import { describe, expect, it } from 'vitest';
import { ConsoleTail } from '../../../src/headless/console-tail.ts';

function lastLine(...pieces: string[]): string {
  const tail = new ConsoleTail();
  for (const piece of pieces) tail.add(new TextEncoder().encode(piece));
  return tail.lastLine;
}

describe('ConsoleTail', () => {
  it.each([
    [[], ''],
    [['\r\n \n'], ''],
    [['one\r\ntwo\r\n\r\n'], 'two'],
    [['on', 'e\ntw', 'o'], 'two'],
    [['\x1b[1;36mringbox\x1b[0m:~# '], 'ringbox:~#'],
    [['a\x07b\x7f'], 'ab'],
    [['\x1b]0;'], ']0;'.slice(1)],
  ])('of %j is %j', (pieces, line) => {
    expect(lastLine(...pieces)).toBe(line);
  });

  it('keeps a bounded end of long output', () => {
    expect(lastLine('x'.repeat(10_000), '\nshort')).toBe('short');
    expect(lastLine(...Array<string>(5000).fill('ab'))).toHaveLength(4096);
  });
});
