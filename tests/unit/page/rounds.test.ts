import { afterEach, expect, it, vi } from 'vitest';
import { goOn, isRoundsKey } from '../../../src/page/rounds.ts';

afterEach(() => vi.unstubAllGlobals());

it('leads from each part to the next, and from outside to the first', () => {
  const focused: string[] = [];
  const region = (name: string) => ({
    element: { contains: (element: unknown) => element === name } as unknown as Element,
    focus: () => focused.push(name),
  });
  const regions = ['terminal', 'panel', 'bar'].map(region);
  for (const activeElement of ['terminal', 'panel', 'bar', 'elsewhere']) {
    vi.stubGlobal('document', { activeElement });
    goOn(regions);
  }
  expect(focused).toEqual(['panel', 'bar', 'terminal', 'terminal']);
  expect(() => goOn([])).not.toThrow();
});

it('has a key that is no other', () => {
  const key = (changes: Partial<KeyboardEvent>) =>
    isRoundsKey({ code: 'KeyL', ctrlKey: true, shiftKey: true, ...changes } as KeyboardEvent);
  expect(key({})).toBe(true);
  for (const other of [
    { code: 'KeyK' },
    { ctrlKey: false },
    { shiftKey: false },
    { altKey: true },
  ]) {
    expect(key(other)).toBe(false);
  }
});
