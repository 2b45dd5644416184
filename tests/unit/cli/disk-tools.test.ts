import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { convertDisk } from '../../../src/cli/disk/convert.ts';
import type { DiskFormat } from '../../../src/cli/disk/formats.ts';
import { inspectDisk } from '../../../src/cli/disk/info.ts';
import { refusal } from './usage.ts';

// A machine without any of the programs that some formats take.
vi.mock('../../../guest/build/command.ts', () => ({ findCommand: () => undefined }));

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]);
const QCOW2 = Buffer.alloc(512);
QCOW2.set([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 2]);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-tools-test-'));
  writeFileSync(join(folder, 'raw'), Buffer.alloc(512));
  writeFileSync(join(folder, 'zstd'), ZSTD);
  writeFileSync(join(folder, 'qcow2'), QCOW2);
});

afterEach(() => rmSync(folder, { recursive: true }));

it.each<[string, DiskFormat, string]>([
  ['raw', 'zstd', 'apt-get install zstd'],
  ['zstd', 'raw', 'apt-get install zstd'],
  ['raw', 'qcow2', 'apt-get install qemu-utils'],
  ['qcow2', 'raw', 'apt-get install qemu-utils'],
])('without its program, %s to %s names the package', async (name, format, part) => {
  const work = () =>
    convertDisk({
      command: 'convert',
      input: join(folder, name),
      output: join(folder, 'out'),
      format,
      base: undefined,
      force: false,
    });
  expect(await refusal(work, 1)).toContain(part);
  expect(readdirSync(folder).sort()).toEqual(['qcow2', 'raw', 'zstd']);
});

it('inspects qcow2 without it, but cannot look into zstd', async () => {
  expect(await inspectDisk(join(folder, 'qcow2'))).toMatchObject({ version: 2, size: 0 });
  expect(await refusal(() => inspectDisk(join(folder, 'zstd')), 1)).toContain('install zstd');
});
