import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChangedPages } from '../../../../src/devices/block/changed-pages.ts';
import { createBlockDevice } from '../../../../src/devices/block/create.ts';
import { MemoryBackend } from '../../../../src/devices/block/memory-backend.ts';
import { concatenate, Disk, emptyDisk, expectBytes, header, memoryDisk, pattern } from './disk.ts';

const CHUNK = 65536;

/** A stream that delivers `bytes` in pieces of these lengths, the rest in one. */
function streamOf(bytes: Uint8Array<ArrayBuffer>, lengths: readonly number[] = []) {
  let position = 0;
  const pieces = lengths.map((length) => {
    position += length;
    return bytes.slice(position - length, position);
  });
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of [...pieces, bytes.slice(position)]) controller.enqueue(piece);
      controller.close();
    },
  });
}

/** All the bytes of a disk, as the page reads them. */
async function contentOf(options: Parameters<typeof createBlockDevice>[0]) {
  const { commands } = await createBlockDevice(options);
  return commands.read(0, commands.size());
}

describe('the image', () => {
  test('a Blob and a stream in any pieces give the same disk', async () => {
    const image = pattern(3 * CHUNK + 1024);
    expectBytes(await contentOf({ image: new Blob([image]) }), image);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2 * CHUNK), { maxLength: 8 }), async (lengths) => {
        expectBytes(await contentOf({ image: streamOf(image, lengths) }), image);
      }),
      { numRuns: 20 },
    );
  });

  test('a disk larger than its image goes on with zeros', async () => {
    const image = new Blob([pattern(700)]);
    const content = await contentOf({ image, size: 2048 });
    expectBytes(content, concatenate(pattern(700), new Uint8Array(1348)));
  });

  test('chunks of zeros are not stored', async () => {
    const image = new Uint8Array(8 * CHUNK);
    image[3 * CHUNK + 5] = 1;
    image[7 * CHUNK + CHUNK - 1] = 1;
    for (const source of [streamOf(image), streamOf(image, [100, CHUNK])]) {
      const backend = await MemoryBackend.create({ image: source });
      expect(backend.allocated).toBe(2 * CHUNK);
      expect(backend.size).toBe(8 * CHUNK);
    }
    expectBytes(await contentOf({ image: new Blob([image]) }), image);
  });

  test('a huge empty disk costs next to nothing, also when all of it is discarded', async () => {
    const backend = await emptyDisk(2 ** 41);
    backend.write(2 ** 40, 512, {
      take: (_, target, offset) => target.fill(7, offset, offset + 512),
    });
    expect(backend.allocated).toBe(CHUNK);
    backend.discard(0, 2 ** 41);
    expect(backend.allocated).toBe(0);
    expect(backend.changes(0, 10)).toEqual({
      ranges: [{ offset: 0, length: 2 ** 41 }],
      next: null,
    });
  });

  test('clearing a long row of nothing leaves what lies on both sides of it', async () => {
    const backend = await emptyDisk(2 ** 30);
    const page = pattern(4096);
    const source = { take: (_: number, target: Uint8Array) => target.set(page) };
    const chunks = [1, 5000, 8003, 12_000];
    for (const chunk of chunks) backend.write(chunk * CHUNK, 4096, source);
    backend.writeZeroes(2 * CHUNK, 8000 * CHUNK + 512);
    expect(backend.allocated).toBe(3 * CHUNK);
    for (const chunk of chunks) {
      const seen = new Uint8Array(4096);
      const put = (_: number, bytes: Uint8Array) => seen.set(bytes);
      backend.read(chunk * CHUNK, 4096, { put, putZeroes: () => {} });
      expectBytes(seen, chunk === 5000 ? new Uint8Array(4096) : page);
    }
  });

  test.each([
    ['a Blob of odd length', { image: new Blob(['x'.repeat(513)]) }, /vdb.*513 bytes.*512/],
    ['a stream of odd length', { image: streamOf(new Uint8Array(100)) }, /vdb.*100 bytes/],
    ['an odd size', { image: new Blob([]), size: 1000 }, /vdb.*1000 bytes/],
    ['a negative size', { image: new Blob([]), size: -512 }, /vdb.*-512 bytes/],
    ['a size that is no number', { image: new Blob([]), size: Number.NaN }, /vdb/],
    ['a size beyond all bounds', { image: new Blob([]), size: 2 ** 50 }, /vdb.*the most/],
    ['an empty image', { image: new Blob([]) }, /vdb is empty/],
    ['a Blob longer than the disk', { image: new Blob(['x'.repeat(513)]), size: 512 }, /longer/],
    [
      'a stream longer than the disk',
      { image: streamOf(new Uint8Array(600)), size: 512 },
      /longer/,
    ],
  ])('%s is refused with code disk-size', async (_, options, message) => {
    const refusal = createBlockDevice({ ...options, name: 'vdb' });
    await expect(refusal).rejects.toMatchObject({ code: 'disk-size', name: 'disk-size' });
    await expect(refusal).rejects.toThrow(message);
  });

  test('an image that cannot be read to its end is refused with code disk-unreadable', async () => {
    let pulls = 0;
    const image = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new Uint8Array(1024));
        else controller.error(new Error('connection lost'));
      },
    });
    const refusal = createBlockDevice({ image, name: 'root.img' });
    await expect(refusal).rejects.toMatchObject({ code: 'disk-unreadable' });
    await expect(refusal).rejects.toThrow(/root\.img.*1024 bytes.*connection lost/);
  });

  test('a stream of something else than bytes is refused, and cancelled', async () => {
    let cancelled = false;
    const image = new ReadableStream({
      start: (controller) => controller.enqueue('text'),
      cancel: () => {
        cancelled = true;
      },
    });
    await expect(createBlockDevice({ image })).rejects.toMatchObject({ code: 'disk-unreadable' });
    expect(cancelled).toBe(true);
  });
});

describe('changes', () => {
  test('a fresh disk has none; reading and flushing make none', async () => {
    const backend = await memoryDisk(pattern(8192));
    const disk = new Disk({ backend });
    expect(disk.read(0, 8192).status).toBe(0);
    expect(disk.request(header(4, 0)).status).toBe(0);
    expect(backend.changes(0, 1)).toEqual({ ranges: [], next: null });
    disk.write(3, pattern(512));
    expect(backend.changes(0, 1)).toEqual({ ranges: [{ offset: 0, length: 4096 }], next: null });
  });

  test('any writes and clears are listed, in pages of any length, and read back', async () => {
    const size = 3 * CHUNK + 512;
    const sectors = size / 512;
    const change = fc.record({
      sector: fc.nat(sectors - 1),
      count: fc.integer({ min: 0, max: 40 }),
      clear: fc.boolean(),
    });
    const plan = fc.record({
      changes: fc.array(change, { maxLength: 12 }),
      limit: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ changes, limit }) => {
        const backend = await emptyDisk(size);
        const disk = new Disk({ backend });
        const touched = new Set<number>();
        for (const { sector, count, clear } of changes) {
          const end = Math.min(sector + count, sectors);
          const length = (end - sector) * 512;
          if (clear) backend.writeZeroes(sector * 512, length);
          else disk.write(sector, pattern(length));
          for (let at = sector; at < end; at++) touched.add(at >> 3);
        }
        const listed = new Set<number>();
        let last = -1;
        for (let from: number | null = 0; from !== null; ) {
          const listing = backend.changes(from, limit);
          expect(listing.ranges.length).toBeLessThanOrEqual(limit);
          for (const { offset, length } of listing.ranges) {
            expect(offset).toBeGreaterThan(last); // in order, and never touching
            last = offset + length;
            expect(last).toBeLessThanOrEqual(size);
            for (let at = offset; at < last; at += 4096) listed.add(at / 4096);
          }
          from = listing.next;
        }
        expect(listed).toEqual(touched);
      }),
      { numRuns: 60 },
    );
  });

  test('the page reads any range that is all on the disk', async () => {
    const { commands } = await createBlockDevice({ image: new Blob([pattern(8192)]) });
    expectBytes(await commands.read(3, 5000), pattern(8192).slice(3, 5003));
    expect(await commands.read(8192, 0)).toHaveLength(0);
    for (const [offset, length] of [
      [0, 8193],
      [8192, 1],
      [-1, 5],
      [0, Number.NaN],
    ]) {
      await expect(commands.read(offset, length)).rejects.toThrow(RangeError);
    }
  });
});

test('marking and searching changed pages agree with a plain set', () => {
  const pages = 150;
  const range = fc
    .tuple(fc.nat(pages), fc.nat(pages))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  fc.assert(
    fc.property(fc.array(range, { maxLength: 6 }), (ranges) => {
      const changed = new ChangedPages(pages);
      const model = new Set<number>();
      for (const [first, end] of ranges) {
        changed.mark(first, end);
        for (let page = first; page < end; page++) model.add(page);
      }
      for (let from = 0; from <= pages; from++) {
        let next = from;
        while (next < pages && !model.has(next)) next++;
        expect(changed.nextChanged(from)).toBe(next);
        next = from;
        while (next < pages && model.has(next)) next++;
        expect(changed.nextUnchanged(from)).toBe(next);
      }
    }),
  );
});
