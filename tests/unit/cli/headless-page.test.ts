import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyOfHeadlessPage } from '../../../src/cli/headless-page.ts';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'ringbox-page-key-test-'));
  for (const name of ['src', 'workers']) mkdirSync(join(project, name));
  for (const name of FILES) writeFileSync(join(project, name), 'before');
});

afterEach(() => rmSync(project, { recursive: true }));

const FILES = ['src/main.ts', 'workers/device.ts', 'package-lock.json'];

it.each(FILES)('the headless page is built again when %s changes', (name) => {
  const before = keyOfHeadlessPage(project);
  expect(keyOfHeadlessPage(project)).toBe(before);
  writeFileSync(join(project, name), 'after');
  expect(keyOfHeadlessPage(project)).not.toBe(before);
});
