import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBlockDevice } from '../../../../../src/devices/block/create.ts';
import { BLOCK_SIZE } from '../../../../../src/devices/block/sources/block-cache.ts';
import { FileSource } from '../../../../../src/devices/block/sources/file-source.ts';
import { expectBytes } from '../disk.ts';
import { imageBytes } from './image-bytes.ts';

const SIZE = 5 * BLOCK_SIZE + 1024;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringbox-file-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function readFrom(source: FileSource, offset: number, length: number) {
  const bytes = new Uint8Array(length);
  await source.read(offset, bytes);
  return bytes;
}

test('only what is asked for is read of a file', async () => {
  const blob = new Blob([imageBytes(SIZE)]);
  const slice = vi.spyOn(blob, 'slice');
  const source = new FileSource(blob, 'my.img');
  expect(source.size).toBe(SIZE);
  expectBytes(
    await readFrom(source, BLOCK_SIZE, 700),
    imageBytes(SIZE).slice(BLOCK_SIZE, BLOCK_SIZE + 700),
  );
  expect(slice.mock.calls).toEqual([[BLOCK_SIZE, BLOCK_SIZE + 700]]);
  expect(source.statistics).toMatchObject({ transferred: 700, requests: 1, failure: null });
});

test('a disk of a file is never loaded whole', async () => {
  const blob = new Blob([imageBytes(SIZE)]);
  const whole = [vi.spyOn(blob, 'stream'), vi.spyOn(blob, 'arrayBuffer'), vi.spyOn(blob, 'text')];
  const { commands } = await createBlockDevice({ image: blob, size: SIZE + 512 });
  expect(commands.imageStatistics()).toMatchObject({ transferred: 0, cached: 0 });
  expectBytes(
    await commands.read(BLOCK_SIZE - 7, 20),
    imageBytes(SIZE).slice(BLOCK_SIZE - 7, BLOCK_SIZE + 13),
  );
  expect(commands.imageStatistics()).toMatchObject({ transferred: 2 * BLOCK_SIZE });
  expectBytes(await commands.read(SIZE, 512), new Uint8Array(512));
  expect(commands.usage().allocated).toBe(0);
  for (const method of whole) expect(method).not.toHaveBeenCalled();
});

test('a file that has changed since it was chosen is said to have', async () => {
  const file = join(folder, 'disk.img');
  await writeFile(file, imageBytes(SIZE));
  const source = new FileSource(await openAsBlob(file), 'disk.img');
  expectBytes(await readFrom(source, 0, 512), imageBytes(512));
  await writeFile(file, imageBytes(SIZE + 512));
  const read = readFrom(source, 0, 512);
  await expect(read).rejects.toMatchObject({ code: 'image-changed', name: 'image-changed' });
  await expect(read).rejects.toThrow(/disk\.img.*changed, or is gone/);
  expect(source.statistics.failure).toMatch(/disk\.img/);
});

test('any other failure names the file and the place', async () => {
  const blob = new Blob([imageBytes(SIZE)]);
  vi.spyOn(blob, 'slice').mockImplementation(() => {
    throw new Error('no such luck');
  });
  const read = readFrom(new FileSource(blob, 'my.img'), 4096, 512);
  await expect(read).rejects.toMatchObject({ code: 'disk-unreadable' });
  await expect(read).rejects.toThrow(/my\.img.*byte 4096.*no such luck/);
});

test('fewer bytes than a file should have are an error', async () => {
  const blob = new Blob([imageBytes(SIZE)]);
  vi.spyOn(blob, 'slice').mockReturnValue(new Blob([imageBytes(100)]));
  const read = readFrom(new FileSource(blob, 'my.img'), 0, 512);
  await expect(read).rejects.toThrow(/100 bytes came instead of 512/);
});
