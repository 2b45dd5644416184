import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCommand } from '../../../guest/build/command.ts';
import { buildExt4Image, cutTrailingZeros } from '../../../guest/build/image.ts';

const SIZE = 8 * 2 ** 20;
let scratch: string;
let image: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ringbox-image-test-'));
  image = join(scratch, 'image');
  mkdirSync(join(scratch, 'tree/folder'), { recursive: true });
  writeFileSync(join(scratch, 'tree/folder/file'), 'content\n');
  symlinkSync('file', join(scratch, 'tree/folder/link'));
});

afterEach(() => {
  rmSync(scratch, { recursive: true });
});

/** What debugfs, which reads the image without mounting it, answers to a command. */
function askImage(command: string): string {
  return execFileSync(findCommand('debugfs')!, ['-R', command, image], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Owner and group of every entry of a folder. */
function ownersIn(folder: string): string[] {
  const lines = askImage(`ls -l ${folder}`).split('\n').filter(Boolean);
  return lines.map((line) => line.trim().split(/\s+/).slice(3, 5).join(':'));
}

test('an image has the size asked for and holds the folder', async () => {
  await buildExt4Image(join(scratch, 'tree'), SIZE, image);
  expect(statSync(image).size).toBe(SIZE);
  expect(askImage('cat /folder/file')).toBe('content\n');
  execFileSync(findCommand('e2fsck')!, ['-fn', image], { stdio: 'ignore' }); // throws if damaged
});

test('everything in it belongs to root, whoever made the folder', async () => {
  if (process.getuid?.() === 0) chownSync(join(scratch, 'tree/folder/file'), 1234, 5678);
  await buildExt4Image(join(scratch, 'tree'), SIZE, image);
  const owners = [...ownersIn('/'), ...ownersIn('/folder')];
  expect(owners).toHaveLength(8); // each folder lists itself and the one above, too
  expect(new Set(owners)).toEqual(new Set(['0:0']));
});

test('a size that is no multiple of a block is refused', async () => {
  await expect(buildExt4Image(join(scratch, 'tree'), SIZE + 512, image)).rejects.toThrow('4096');
});

test('a folder that does not fit is refused', async () => {
  writeFileSync(join(scratch, 'tree/large'), Buffer.alloc(SIZE + 1, 1));
  await expect(buildExt4Image(join(scratch, 'tree'), SIZE, image)).rejects.toThrow('mke2fs');
});

test('zeros at the end are cut off in whole blocks, and nothing else', () => {
  writeFileSync(image, Buffer.concat([Buffer.alloc(4096), Buffer.from('x')]));
  truncateSync(image, 5 * 4096);
  expect(cutTrailingZeros(image)).toBe(2 * 4096);
  expect(statSync(image).size).toBe(2 * 4096);
});
