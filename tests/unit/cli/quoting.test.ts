import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellText } from '../../../src/cli/quoting.ts';

describe('shellText', () => {
  it('takes one word as a shell line', () => {
    expect(shellText(['echo $HOME | wc; exit 3'])).toBe('echo $HOME | wc; exit 3');
  });

  it('quotes several words as those of one command', () => {
    expect(shellText(['sh', '-c', "echo 'it'; exit 3"])).toBe(
      `'sh' '-c' 'echo '\\''it'\\''; exit 3'`,
    );
  });

  it('gives a shell back the very words', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const text = shellText(['printf', '%s\\0', ...words]);
        const { stdout } = spawnSync('sh', ['-c', text], { encoding: 'utf8' });
        expect(stdout).toBe(words.map((each) => `${each}\0`).join(''));
      }),
      { numRuns: 30 },
    );
  });
});
