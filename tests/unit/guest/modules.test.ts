import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dependenciesOf, modulesDep, resolveModules } from '../../../guest/build/modules.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-modules-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A module whose .modinfo says that it uses others. */
function add(path: string, depends: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  const information = ['license=GPL', `depends=${depends}`, 'retpoline=Y', ''].join('\0');
  writeFileSync(join(folder, path), `\x7fELF\0\0${information}`, 'latin1');
}

describe('modules', () => {
  test('come after what they use, directly or not, and each once', () => {
    add('kernel/fs/ext4/ext4.ko', 'jbd2,crc16');
    add('kernel/fs/jbd2/jbd2.ko', 'crc16');
    add('kernel/lib/crc16.ko', '');
    add('kernel/drivers/other.ko', 'missing');
    const names = resolveModules(folder, ['ext4', 'crc16']).map(({ path }) => basename(path));
    expect(names).toEqual(['crc16.ko', 'jbd2.ko', 'ext4.ko']);
  });

  test('have files with "-" where their names have "_"', () => {
    add('a/virtio-rng.ko', 'rng_core');
    add('b/rng-core.ko', '');
    const names = resolveModules(folder, ['virtio_rng']).map(({ path }) => basename(path));
    expect(names).toEqual(['rng-core.ko', 'virtio-rng.ko']);
  });

  test('that are missing are named', () => {
    add('first.ko', 'second');
    expect(() => resolveModules(folder, ['first'])).toThrow(/no kernel module second/);
  });

  test('are listed for modprobe with all they need, what is loaded first at the end', () => {
    add('top.ko', 'middle');
    add('middle.ko', 'bottom');
    add('bottom.ko', '');
    const lines = 'bottom.ko:\nmiddle.ko: bottom.ko\ntop.ko: middle.ko bottom.ko\n';
    expect(modulesDep(resolveModules(folder, ['top']))).toBe(lines);
  });

  test('that say nothing of what they use are refused', () => {
    expect(() => dependenciesOf(Buffer.from('\0license=GPL\0'))).toThrow(/does not say/);
  });
});
