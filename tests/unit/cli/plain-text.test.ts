import { expect, test } from 'vitest';
import { plainText } from '../../../src/headless/plain-text.ts';

test('what a terminal would obey is no part of a message', () => {
  expect(plainText('\x1b[1;36mringbox\x1b[0m:\x1b[1;34m~\x1b[0m# \x1b[6n')).toBe('ringbox:~# ');
  expect(plainText('one\r\n\ttwo\x07\x7f\x1bM')).toBe('one\n\ttwo');
});
