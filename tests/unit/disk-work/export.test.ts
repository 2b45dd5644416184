import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ArraySource } from '../../../src/devices/block/buffers.ts';
import { MemoryBackend } from '../../../src/devices/block/memory-backend.ts';
import { PAGE_SIZE } from '../../../src/devices/block/store/format.ts';
import { ZEROS } from '../../../src/devices/block/store/page-map.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../src/devices/block/store/store-backend.ts';
import { Work } from '../../../src/devices/block/work.ts';
import { sourceOf } from '../../../src/disk-work/disk-source.ts';
import { writeGzip, writeRaw } from '../../../src/disk-work/export.ts';
import { PrivateOutput } from '../../../src/disk-work/output.ts';
import { storeOf } from '../../../src/disk-work/store-of.ts';
import { FaultFile } from '../../support/fault-file.ts';
import { pattern } from '../devices/block/disk.ts';
import { areSame, contentOf, diskOf, sparseImage, unwatched } from './parts.ts';

const IMAGE = sparseImage();

/** A file that notes what is written to it. */
class NotedFile extends FaultFile {
  written = 0;

  override write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number {
    this.written += buffer.length;
    return super.write(buffer, options);
  }
}

/** A disk that is kept over an image, with a page that was written, one of zeros, and one beyond. */
async function overlay() {
  const base = await MemoryBackend.create({ image: new Blob([IMAGE]).stream() });
  const file = new FaultFile();
  const size = 400 * PAGE_SIZE;
  const backend = new StoreBackend(Store.create(file, size, 'the image'), base);
  const expected = new Uint8Array(size);
  expected.set(IMAGE);
  const change = async (page: number, bytes: Uint8Array) => {
    expected.set(bytes, page * PAGE_SIZE);
    await backend.write(page * PAGE_SIZE, bytes.length, new ArraySource(bytes));
  };
  await change(3, pattern(PAGE_SIZE, 9));
  await change(50, new Uint8Array(PAGE_SIZE));
  await change(350, pattern(2 * PAGE_SIZE, 11));
  await backend.writeZeroes(60 * PAGE_SIZE, PAGE_SIZE);
  expected.fill(0, 60 * PAGE_SIZE, 61 * PAGE_SIZE);
  return { source: sourceOf(backend), base, expected };
}

describe('a disk is exported', () => {
  test('raw, without its zeros being written', async () => {
    const file = new NotedFile();
    await writeRaw(new PrivateOutput(file), await diskOf(IMAGE), unwatched());
    expect(areSame(file.content, IMAGE)).toBe(true);
    expect(file.written).toBe(203 * PAGE_SIZE);
  });

  test('as gzip', async () => {
    const file = new FaultFile();
    await writeGzip(new PrivateOutput(file), await diskOf(IMAGE), unwatched());
    expect(areSame(gunzipSync(file.content), IMAGE)).toBe(true);
  });

  test('with the image that it lies on', async () => {
    const { source, expected } = await overlay();
    const file = new FaultFile();
    await writeRaw(new PrivateOutput(file), source, unwatched());
    expect(areSame(file.content, expected)).toBe(true);
  });

  test('as a store that needs no image', async () => {
    const { source, expected } = await overlay();
    const file = new FaultFile();
    await storeOf(file, source, 'data', unwatched());
    expect(Store.open(file).base).toBe('');
    expect(areSame(await contentOf(file), expected)).toBe(true);
  });

  test('as a store of what was changed, zeros among it', async () => {
    const { source, base, expected } = await overlay();
    const file = new FaultFile();
    await storeOf(file, source, 'changes', unwatched());
    const store = Store.open(file);
    expect(store.base).toBe('the image');
    expect(store.stored).toBe(5 * PAGE_SIZE);
    expect([50, 60].map((block) => store.where(block))).toEqual([ZEROS, ZEROS]);
    const copy = sourceOf(new StoreBackend(store, base));
    expect(areSame(await copy.reader.read(0, copy.size), expected)).toBe(true);
  });
});

test('progress counts data, not holes', async () => {
  const told: (number | null)[][] = [];
  const work = new Work({ onProgress: (...now) => told.push(now) });
  await writeRaw(new PrivateOutput(new FaultFile()), await diskOf(IMAGE), work);
  work.finish();
  // The disk in memory has its data in chunks of 64 KiB.
  const data = (1 + 13) * 65536;
  expect(told.at(-1)).toEqual([data, data]);
});

test.each([['raw' as const], ['gzip' as const]])(
  'what writing %s throws ends it',
  async (format) => {
    const file = new FaultFile();
    file.untilFailure = 2;
    const write = format === 'raw' ? writeRaw : writeGzip;
    await expect(
      write(new PrivateOutput(file), await diskOf(pattern(2 ** 21, 3)), unwatched()),
    ).rejects.toMatchObject({ code: 'disk-full' });
  },
);

test.each([['raw' as const], ['gzip' as const]])(
  'a disk that cannot be read ends %s',
  async (format) => {
    const disk = await diskOf(pattern(2 ** 22, 3));
    const { reader } = disk;
    let reads = 0;
    disk.reader = {
      ranges: (...given) => reader.ranges(...given),
      read: async (...given) => {
        if (++reads === 3) throw new Error('the disk has gone');
        return reader.read(...given);
      },
    };
    const write = format === 'raw' ? writeRaw : writeGzip;
    await expect(write(new PrivateOutput(new FaultFile()), disk, unwatched())).rejects.toThrow(
      'the disk has gone',
    );
  },
);

test('an end is heard between two pieces', async () => {
  const abortion = new AbortController();
  const work = new Work({ signal: abortion.signal });
  const file = new NotedFile();
  const disk = await diskOf(pattern(2 ** 23, 3));
  const { reader } = disk;
  disk.reader = {
    ...reader,
    read: async (...given) => {
      if (given[0] >= 2 ** 21) abortion.abort('enough');
      return reader.read(...given);
    },
  };
  await expect(writeRaw(new PrivateOutput(file), disk, work)).rejects.toBe('enough');
  expect(file.written).toBeLessThan(2 ** 22);
});
