import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from '../../../guest/build/paths.ts';
import { isNamedByContent, PAGE_MARK } from '../../../src/hosting/build.ts';
import { describeBuild } from '../../../src/hosting/service-worker-plugin.ts';

it.each([
  'assets/index-CjaZ9az3.js',
  'assets/disk-work--cuBonRw.js',
  'assets/v86.wasm-BrH09hK8.gzip',
  'guest/bzImage-209627e2c92f37fb',
])('%s is named by its content', (path) => {
  expect(isNamedByContent(path)).toBe(true);
});

it.each(['index.html', 'guest/manifest.json', 'icons/maskable-512.png', 'manifest.webmanifest'])(
  '%s keeps its name',
  (path) => {
    expect(isNamedByContent(path)).toBe(false);
  },
);

it('a build is all of its files but the service worker, and another when one changes', () => {
  const file = (path: string, text: string) => ({ path, content: Buffer.from(text) });
  const one = describeBuild([file('a', '1'), file('service-worker.js', 'x')]);
  expect(one.files.map(({ path }) => path)).toEqual(['a']);
  expect(describeBuild([file('a', '1'), file('service-worker.js', 'y')])).toEqual(one);
  expect(describeBuild([file('a', '2')]).version).not.toBe(one.version);
});

it('the page has the mark by which the service worker knows it', () => {
  expect(readFileSync(join(projectDirectory, 'index.html'), 'utf8')).toContain(PAGE_MARK);
});
