import { afterEach, expect, it, vi } from 'vitest';
import { readSettings, Settings } from '../../../src/page/settings.ts';

afterEach(() => vi.unstubAllGlobals());

const STANDARD = { screenReader: false, keys: 'touch' };

/** A browser's storage. */
function stubStorage(): void {
  const items = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => items.set(name, value),
  });
}

it.each([undefined, null, 3, 'yes', [], { screenReader: 'yes', keys: 'sometimes' }])(
  'what makes no sense is as in the beginning: %j',
  (remembered) => expect(readSettings(remembered)).toEqual(STANDARD),
);

it('are remembered, and told to those who follow them', () => {
  stubStorage();
  const settings = new Settings();
  const follower = vi.fn();
  settings.follow(follower);
  expect(follower).toHaveBeenLastCalledWith(STANDARD);
  settings.change({ screenReader: true });
  settings.change({ keys: 'always' });
  expect(follower).toHaveBeenLastCalledWith({ screenReader: true, keys: 'always' });
  expect(new Settings().now).toEqual({ screenReader: true, keys: 'always' });
});

it.each([
  ['has no storage', undefined],
  [
    'refuses it',
    {
      getItem: () => {
        throw new DOMException('no', 'SecurityError');
      },
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    },
  ],
  ['has nonsense in it', { getItem: () => '{"keys":', setItem: () => undefined }],
])('work in a browser that %s', (_, storage) => {
  vi.stubGlobal('localStorage', storage);
  const settings = new Settings();
  expect(settings.now).toEqual(STANDARD);
  settings.change({ keys: 'never' });
  expect(settings.now.keys).toBe('never');
});
