import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  DEFAULT_OPTIONS,
  keyOf,
  type MachineOptions,
  planBoot,
} from '../../../src/playwright/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringbox-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, 'content');
  return path;
}

describe('the options of a test’s machine', () => {
  test('make Ringbox’s own guest, ready at its prompt, unless they say otherwise', () => {
    const boot = planBoot(DEFAULT_OPTIONS);
    expect(boot).toMatchObject({ plan: { disks: [] }, routes: [], hasAgent: true });
    expect('ringbox:~# '.match(boot.ready!)).not.toBeNull();
    expect(planBoot({ ...DEFAULT_OPTIONS, ready: 'login:' }).ready).toBe('login:');
  });

  test('name the files that the page asks for, and what messages call them', () => {
    const kernel = file('bzImage');
    const disks = [file('data.img'), { size: 512, readOnly: true }, { file: file('more.img') }];
    const { plan, routes, ready, hasAgent } = planBoot({
      ...DEFAULT_OPTIONS,
      kernel,
      disks,
      memory: 64,
    });
    expect(plan).toEqual({
      kernelName: 'bzImage',
      memory: 64,
      disks: [
        { name: 'data.img', hasImage: true, readOnly: false },
        { name: 'disks[1]', hasImage: false, size: 512, readOnly: true },
        { name: 'more.img', hasImage: true, readOnly: false },
      ],
    });
    const asked = routes.map(([path]) => path);
    expect(asked).toEqual(['GET files/kernel', 'GET files/disks/0', 'GET files/disks/2']);
    // Of a guest of one's own nothing is known.
    expect([ready, hasAgent]).toEqual([undefined, false]);
  });

  test('are refused with the file that cannot be read', () => {
    const initrd = join(folder, 'missing');
    expect(() => planBoot({ ...DEFAULT_OPTIONS, initrd })).toThrow(
      `initrd: ${initrd}: there is no such file; check the path`,
    );
  });

  test('are the same machine only if all of them are the same', () => {
    const key = keyOf(DEFAULT_OPTIONS);
    expect(keyOf({ ...DEFAULT_OPTIONS })).toBe(key);
    const others: Partial<MachineOptions>[] = [
      { memory: 64 },
      { disks: ['a'] },
      { append: 'quiet' },
      { ready: /a/ },
      { ready: /a/i },
    ];
    const keys = others.map((other) => keyOf({ ...DEFAULT_OPTIONS, ...other }));
    expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  });
});
