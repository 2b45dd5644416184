import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { BaseImage, Pending, ReadTarget } from '../../../../../src/devices/block/backend.ts';
import { createBlockDevice } from '../../../../../src/devices/block/create.ts';
import { MemoryBackend } from '../../../../../src/devices/block/memory-backend.ts';
import { ImageServer, servedBytes } from '../../../../support/image-server.ts';
import { expectBytes, pattern } from '../disk.ts';
import { settled } from '../slow-backend.ts';
import { ByteTarget, readAll } from './byte-target.ts';
import { imageBytes } from './image-bytes.ts';

const SIZE = 9 * 4096 + 1536; // its last page is no whole one

/** An image that answers at once, or as late as the test wants. */
class Base implements BaseImage {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly reads: { offset: number; length: number }[] = [];
  /** Reads wait for it, if it is there. */
  gate: Promise<void> | undefined;
  closed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    if (offset % 512 !== 0 || length % 512 !== 0 || length === 0 || offset + length > this.size) {
      throw new RangeError(`[${offset}, +${length}) of ${this.size}`);
    }
    this.reads.push({ offset, length });
    const put = () => target.put(0, this.#bytes, offset, length);
    if (this.gate !== undefined) return this.gate.then(put);
    put();
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const writeOf = (bytes: Uint8Array) => ({
  take: (position: number, target: Uint8Array, offset: number, length: number) =>
    target.set(bytes.subarray(position, position + length), offset),
});

describe('a memory layer over an image', () => {
  test('any writes, clears and reads do what a plain array does, at any pace of the image', async () => {
    const operation = fc.record({
      kind: fc.constantFrom('write', 'writeZeroes', 'discard', 'read'),
      sector: fc.nat(SIZE / 512 - 1),
      sectors: fc.integer({ min: 0, max: 40 }),
      slow: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const base = new Base(pattern(SIZE));
        const layer = MemoryBackend.over(base);
        const model = pattern(SIZE);
        let openGate = () => {};
        const reads: Promise<void>[] = [];
        for (const [seed, { kind, sector, sectors, slow }] of operations.entries()) {
          const offset = sector * 512;
          const length = Math.min(sectors * 512, SIZE - offset);
          if (kind === 'write') {
            const bytes = pattern(length, seed + 2);
            expect(layer.write(offset, length, writeOf(bytes))).toBeUndefined();
            model.set(bytes, offset);
          } else if (kind === 'read') {
            openGate();
            base.gate = slow ? new Promise((resolve) => (openGate = resolve)) : undefined;
            const expected = model.slice(offset, offset + length);
            reads.push(readAll(layer, offset, length).then((got) => expectBytes(got, expected)));
          } else {
            layer[kind](offset, length);
            model.fill(0, offset, offset + length);
          }
        }
        openGate();
        base.gate = undefined;
        await Promise.all(reads);
        expectBytes(await readAll(layer, 0, SIZE), model);
      }),
      { numRuns: 200 },
    );
  });

  test('a page that is written sector by sector is whole in the end, and asks for nothing', async () => {
    const base = new Base(pattern(SIZE));
    const layer = MemoryBackend.over(base);
    for (const sector of [3, 0, 7, 1, 2, 6, 5]) {
      layer.write(8192 + sector * 512, 512, writeOf(pattern(512, 9)));
    }
    const part = new ByteTarget(4096);
    layer.read(8192, 4096, part);
    expect(base.reads).toEqual([{ offset: 8192 + 4 * 512, length: 512 }]);
    layer.write(8192 + 4 * 512, 512, writeOf(pattern(512, 9)));
    layer.read(8192, 4096, new ByteTarget(4096));
    expect(base.reads).toHaveLength(1);
  });

  test('what was not written is read from the image in one piece', async () => {
    const base = new Base(pattern(SIZE));
    const layer = MemoryBackend.over(base);
    await readAll(layer, 512, 32768);
    expect(base.reads).toEqual([{ offset: 512, length: 32768 }]);
    layer.write(8192, 4096, writeOf(pattern(4096)));
    await readAll(layer, 0, 32768);
    expect(base.reads.slice(1)).toEqual([
      { offset: 0, length: 8192 },
      { offset: 12288, length: 20480 },
    ]);
  });

  test('a read that waits for the image does not see what is written after it', async () => {
    const base = new Base(pattern(SIZE));
    let open = () => {};
    base.gate = new Promise((resolve) => (open = resolve));
    const layer = MemoryBackend.over(base);
    const before = readAll(layer, 0, 4096);
    layer.write(0, 4096, writeOf(new Uint8Array(4096)));
    const after = new ByteTarget(4096);
    expect(layer.read(0, 4096, after)).toBeUndefined();
    open();
    expectBytes(await before, pattern(4096));
    expectBytes(after.whole, new Uint8Array(4096));
  });

  test('an image that fails fails the read, and nothing that needs no image', async () => {
    const base = new Base(pattern(SIZE));
    const layer = MemoryBackend.over(base);
    layer.write(0, 4096, writeOf(pattern(4096, 3)));
    base.gate = Promise.reject(new Error('no network'));
    base.gate.catch(() => {});
    await expect(readAll(layer, 0, 8192)).rejects.toThrow('no network');
    expectBytes(await readAll(layer, 0, 4096), pattern(4096, 3));
    await settled();
  });

  test('changes are what was written, not what was read', () => {
    const layer = MemoryBackend.over(new Base(pattern(SIZE)));
    layer.read(0, 4096, new ByteTarget(4096));
    layer.write(4096 + 512, 512, writeOf(pattern(512)));
    layer.discard(3 * 4096, 8192);
    expect(layer.changes(0, 10)).toEqual({
      ranges: [
        { offset: 4096, length: 4096 },
        { offset: 3 * 4096, length: 8192 },
      ],
      next: null,
    });
  });

  test('closing it closes the image', async () => {
    const base = new Base(pattern(SIZE));
    await MemoryBackend.over(base).close();
    expect(base.closed).toBe(true);
  });
});

describe('a disk of an image at an address', () => {
  let server: ImageServer | undefined;

  afterEach(() => server?.close());

  test('is read in parts and written to memory', async () => {
    const bytes = imageBytes(40 * 65536);
    server = await ImageServer.start(servedBytes(bytes));
    const { device, commands } = await createBlockDevice({ image: server.url, name: 'far.img' });
    expect(commands.size()).toBe(bytes.length);
    expectBytes(
      await commands.read(20 * 65536 + 3, 5000),
      bytes.slice(20 * 65536 + 3, 20 * 65536 + 5003),
    );
    expect(server.requests).toEqual(['bytes=0-65535', 'bytes=1310720-1376255']);
    expect(commands.imageStatistics()).toEqual({
      transferred: 131072,
      requests: 2,
      retries: 0,
      failure: null,
      cached: 131072,
    });
    await device.close();
  });

  test.each([
    ['no multiple of 512', 1000, undefined, /far\.img has 1000 bytes/],
    ['more than the disk', 8192, 4096, /longer than the disk of 4096/],
  ])('is refused with %s bytes', async (_, imageSize, size, message) => {
    server = await ImageServer.start(servedBytes(pattern(imageSize)));
    const refusal = createBlockDevice({ image: server.url, name: 'far.img', size });
    await expect(refusal).rejects.toMatchObject({ code: 'disk-size' });
    await expect(refusal).rejects.toThrow(message);
  });
});
