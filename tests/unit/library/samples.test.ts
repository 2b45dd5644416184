import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDirectory } from '../../../guest/build/paths.ts';

const SAMPLE = /<!-- (examples\/\S+) -->\n```\w+\n([\s\S]*?)```\n/g;
const DOCUMENTS = ['src/library/README.md', 'docs/playwright.md'];

const read = (path: string) => readFileSync(join(projectDirectory, path), 'utf8');

describe.each(DOCUMENTS)('%s', (document) => {
  const content = read(document);
  const samples = Array.from(content.matchAll(SAMPLE), ([, path, text]) => ({ path, text }));

  test.each(samples)('has $path as it is', ({ path, text }) => {
    expect(existsSync(join(projectDirectory, path)), path).toBe(true);
    expect(text).toBe(read(path));
  });

  test('has no code that is not run', () => {
    const blocks = content.match(/^```(?:ts|js|html|yaml)$/gm) ?? [];
    expect(blocks).toHaveLength(samples.length);
    expect(samples.length).toBeGreaterThan(1);
  });
});

test('the example of a device is one of under 60 lines', () => {
  expect(read('examples/own-device/balloon.ts').trimEnd().split('\n').length).toBeLessThan(60);
});

test('every example is told of, and is tried', () => {
  const folders = readdirSync(join(projectDirectory, 'examples'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const tests = read('tests/e2e/examples.spec.ts');
  for (const name of names) {
    expect(read('examples/README.md')).toContain(`\`${name}\``);
    expect(tests).toContain(`'${name}'`);
  }
});
