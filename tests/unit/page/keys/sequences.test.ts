import { expect, it } from 'vitest';
import { sequenceOf } from '../../../../src/page/keys/sequences.ts';

const NONE = { control: false, alt: false };
const CONTROL = { control: true, alt: false };
const ALT = { control: false, alt: true };
const BOTH = { control: true, alt: true };

it.each([
  ['Escape', NONE, '\x1b'],
  ['Tab', NONE, '\t'],
  ['|', NONE, '|'],
  ['ArrowUp', NONE, '\x1b[A'],
  ['ArrowDown', NONE, '\x1b[B'],
  ['ArrowRight', NONE, '\x1b[C'],
  ['ArrowLeft', NONE, '\x1b[D'],
  ['ArrowLeft', CONTROL, '\x1b[1;5D'],
  ['ArrowLeft', ALT, '\x1b[1;3D'],
  ['ArrowLeft', BOTH, '\x1b[1;7D'],
  ['c', CONTROL, '\x03'],
  ['C', CONTROL, '\x03'],
  ['@', CONTROL, '\0'],
  [' ', CONTROL, '\0'],
  ['[', CONTROL, '\x1b'],
  ['_', CONTROL, '\x1f'],
  ['/', CONTROL, '\x1f'],
  ['?', CONTROL, '\x7f'],
  ['5', CONTROL, '5'],
  ['ß', CONTROL, 'ß'],
  ['b', ALT, '\x1bb'],
  ['c', BOTH, '\x1b\x03'],
])('%s with %o', (key, modifiers, sent) => {
  expect(sequenceOf(key, modifiers, false)).toBe(sent);
});

it('sends the other form of the arrows to a guest that asked for it', () => {
  expect(sequenceOf('ArrowUp', NONE, true)).toBe('\x1bOA');
  expect(sequenceOf('ArrowUp', CONTROL, true)).toBe('\x1b[1;5A');
});
