import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeFolder, keyOf } from '../../../guest/build/hash.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-hash-test-'));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/name'), 'ringbox\n');
  symlinkSync('name', join(folder, 'etc/link'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const key = () => keyOf(describeFolder(folder));

test('keys tell inputs apart by position and border', () => {
  expect(keyOf('a', 'b')).toBe(keyOf('a', 'b'));
  const keys = [keyOf('a', 'b'), keyOf('b', 'a'), keyOf('ab'), keyOf('ab', ''), keyOf('a,b')];
  expect(new Set(keys).size).toBe(keys.length);
});

test('a folder touched but not changed keeps its key', () => {
  const before = key();
  utimesSync(join(folder, 'etc/name'), 1, 1);
  expect(key()).toBe(before);
});

test.each<[string, () => void]>([
  ['content', () => writeFileSync(join(folder, 'etc/name'), 'another\n')],
  ['a new file', () => writeFileSync(join(folder, 'etc/more'), '')],
  ['a new empty folder', () => mkdirSync(join(folder, 'var'))],
  ['a file removed', () => rmSync(join(folder, 'etc/name'))],
  ['a file made executable', () => chmodSync(join(folder, 'etc/name'), 0o755)],
  [
    'a link that leads elsewhere',
    () => {
      rmSync(join(folder, 'etc/link'));
      symlinkSync('elsewhere', join(folder, 'etc/link'));
    },
  ],
])('%s changes the key', (_what, change) => {
  const before = key();
  change();
  expect(key()).not.toBe(before);
});
