import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../src/devices/block/store/format.ts';
import { recover } from '../../../src/devices/block/store/recovery.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { Work } from '../../../src/devices/block/work.ts';
import type { Bytes } from '../../../src/disk-work/bytes.ts';
import { importImage } from '../../../src/disk-work/import.ts';
import { FaultFile } from '../../support/fault-file.ts';
import { areSame, contentOf, sparseImage, streamOfPieces, unwatched } from './parts.ts';

const IMAGE = sparseImage();
const gzip = (bytes: Uint8Array): Bytes => Uint8Array.from(gzipSync(bytes));
const zstd = (bytes: Uint8Array, ...words: string[]): Bytes =>
  Uint8Array.from(
    execFileSync('zstd', ['-cq', ...words], { input: bytes, maxBuffer: 1 << 28, stdio: 'pipe' }),
  );

/** Imports an image. @returns the file of its store */
async function imported(image: Blob | ReadableStream<Bytes>, size?: number): Promise<FaultFile> {
  const file = new FaultFile();
  await importImage(file, { image, size, name: 'mine' }, unwatched());
  return file;
}

/** What an import is refused with. */
async function refusal(bytes: Bytes, size?: number): Promise<string> {
  const error = await imported(new Blob([bytes]), size).catch((reason) => reason);
  return `${error.code}: ${error.message}`;
}

test('an image that is refused is let go of, before anything else of it is read', async () => {
  let cancelled = false;
  const image = new ReadableStream<Bytes>({
    pull: (controller) => controller.enqueue(Uint8Array.of(0xfd, ...Buffer.from('7zXZ'), 0, 1, 2)),
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(imported(image)).rejects.toMatchObject({ code: 'image-format' });
  expect(cancelled).toBe(true);
});

describe('an image becomes a disk', () => {
  test.each([
    ['raw', IMAGE],
    ['gzip', gzip(IMAGE)],
    ['zstd', zstd(IMAGE)],
    [
      'zstd of several frames',
      Uint8Array.from([...zstd(IMAGE.subarray(0, 70_000)), ...zstd(IMAGE.subarray(70_000))]),
    ],
    ['zstd with a large window', zstd(IMAGE, '--long=27', '-19')],
  ])('when it is %s', async (_, bytes) => {
    const file = await imported(new Blob([bytes]));
    expect(areSame(await contentOf(file), IMAGE)).toBe(true);
    // Zeros take no room, and nothing is left for the next opening.
    const { map, logPages, superblock } = recover(file);
    expect(map.size).toBe(203);
    expect(logPages).toEqual([]);
    expect(superblock).toMatchObject({ size: IMAGE.length, base: '' });
  });

  test('when it comes as a stream, in pieces of any size', async () => {
    const edges = [0, 1, 3, 4098, 12_290, 112_291, IMAGE.length];
    const pieces = edges.slice(1).map((to, index) => IMAGE.slice(edges[index], to));
    const file = await imported(streamOfPieces(pieces));
    expect(areSame(await contentOf(file), IMAGE)).toBe(true);
  });

  test('that is larger than the image', async () => {
    const file = await imported(new Blob([gzip(IMAGE)]), 2 ** 30);
    expect(recover(file).superblock.size).toBe(2 ** 30);
  });

  test('as it is when it is a store', async () => {
    const original = new FaultFile();
    const store = Store.create(original, 20 * PAGE_SIZE, 'a base');
    store.buffer.fill(7);
    store.write(3, 4);
    store.flush();
    const file = await imported(new Blob([original.content]));
    expect(areSame(file.content, original.content)).toBe(true);
  });

  test('that is as sound as its file after a power cut', async () => {
    const file = await imported(new Blob([IMAGE]));
    const after = file.afterPowerCut(Math.random);
    expect(areSame(await contentOf(after), IMAGE)).toBe(true);
  });

  test('whichever of its superblocks is lost', async () => {
    const file = await imported(new Blob([gzip(IMAGE)]));
    for (const at of [0, PAGE_SIZE]) {
      const half = new FaultFile(file.content);
      half.write(new Uint8Array(100).fill(1), { at: at + 40 });
      expect(areSame(await contentOf(half), IMAGE)).toBe(true);
    }
  });
});

describe('an image is refused', () => {
  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['bzip2', [...Buffer.from('BZh91AY')]],
    ['qcow2', [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]],
    ['VMDK', [...Buffer.from('KDMV')]],
    ['VHDX', [...Buffer.from('vhdxfile')]],
    ['VDI', [...new Array(0x40).fill(0), 0x7f, 0x10, 0xda, 0xbe]],
  ])('that is %s, by name', async (name, bytes) => {
    const image = Uint8Array.from([...bytes, ...new Array(1024 - bytes.length).fill(0)]);
    expect(await refusal(image)).toMatch(new RegExp(`^image-format: .* is ${name},`));
  });

  test('whose size is no multiple of 512, also unpacked', async () => {
    expect(await refusal(new Uint8Array(1000))).toMatch(/^disk-size: .*1000 bytes/);
    expect(await refusal(gzip(new Uint8Array(1000)))).toMatch(/^disk-size: .*1000 bytes/);
    expect(await refusal(new Uint8Array(0))).toMatch(/^disk-size: /);
  });

  test('that is longer than the disk is to be', async () => {
    expect(await refusal(IMAGE, 512)).toMatch(/^disk-size: .*longer/);
    expect(await refusal(gzip(IMAGE), 512)).toMatch(/^disk-size: .*longer/);
  });

  test.each([
    ['gzip', gzip(IMAGE)],
    ['zstd', zstd(IMAGE)],
  ])('when its %s is cut off, or damaged', async (_, bytes) => {
    for (const length of [20, bytes.length - 9, bytes.length - 1]) {
      expect(await refusal(bytes.slice(0, length)), `${length}`).toMatch(
        /^disk-unreadable: .*cut off/,
      );
    }
    expect(await refusal(bytes.fill(0xff, 30, 400))).toMatch(/^disk-unreadable: .*damaged/);
  });

  test('when it is a store that is damaged, or of another version', async () => {
    const original = new FaultFile();
    Store.create(original, 20 * PAGE_SIZE, '');
    const damaged = original.content;
    for (const page of [0, 1]) damaged[page * PAGE_SIZE + 50] ^= 1;
    expect(await refusal(damaged)).toMatch(/^disk-unreadable: The store for mine cannot be used/);
    const newer = original.content;
    for (const page of [0, 1]) newer[page * PAGE_SIZE + 8] = 2;
    expect(await refusal(newer)).toMatch(/^disk-version: /);
    expect(await refusal(original.content, 1024)).toMatch(/^disk-size: .*81920 bytes/);
  });
});

test('a full disk, and a source that fails, are told as such', async () => {
  const full = new FaultFile();
  full.quota = 40 * PAGE_SIZE;
  const image = new Blob([IMAGE]);
  await expect(importImage(full, { image, name: 'mine' }, unwatched())).rejects.toMatchObject({
    code: 'disk-full',
  });
  const failing = new ReadableStream<Bytes>({
    pull: (stream) => stream.error(new Error('the network is gone')),
  });
  await expect(imported(failing)).rejects.toMatchObject({
    code: 'disk-unreadable',
    message: expect.stringContaining('the network is gone'),
  });
});

test('a failing source is not blamed on what is packed in it', async () => {
  const packed = gzip(IMAGE);
  let pulls = 0;
  const failing = new ReadableStream<Bytes>({
    pull(stream) {
      if (pulls++ === 0) stream.enqueue(packed.slice(0, 200_000));
      else stream.error(new Error('the network is gone'));
    },
  });
  await expect(imported(failing)).rejects.toThrow(
    'The image of mine could not be read: the network',
  );
});

test('progress counts what is read of the image, and an end is heard in the middle', async () => {
  const told: [number, number | null][] = [];
  const abortion = new AbortController();
  const work = new Work({
    signal: abortion.signal,
    onProgress: (done, total) => told.push([done, total]),
  });
  const bytes = gzip(IMAGE);
  await importImage(new FaultFile(), { image: new Blob([bytes]), name: 'mine' }, work);
  work.finish();
  expect(told.at(-1)).toEqual([bytes.length, bytes.length]);

  let cancelled: unknown;
  const endless = new ReadableStream<Bytes>({
    pull(stream) {
      stream.enqueue(sparseImage());
      if (told.length > 3) abortion.abort(new Error('enough'));
      told.push([0, 0]);
    },
    cancel(reason) {
      cancelled = reason;
    },
  });
  await expect(importImage(new FaultFile(), { image: endless, name: 'x' }, work)).rejects.toThrow(
    'enough',
  );
  expect(cancelled).toEqual(new Error('enough'));
});
