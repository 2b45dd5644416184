import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZE } from '../../../../../src/devices/block/sources/block-cache.ts';
import { CachedImage } from '../../../../../src/devices/block/sources/cached-image.ts';
import { concatenate, expectBytes } from '../disk.ts';
import { settled } from '../slow-backend.ts';
import { ByteTarget, readAll, UNTOUCHED } from './byte-target.ts';
import { imageBytes } from './image-bytes.ts';
import { SlowSource } from './slow-source.ts';

const MIB = 2 ** 20;

function imageOf(bytes: Uint8Array, options: { size?: number; cacheSize?: number } = {}) {
  const source = new SlowSource(bytes);
  const image = new CachedImage(source, { size: bytes.length, ...options });
  return { source, image };
}

/** Lets every transfer arrive, also those that follow from it. */
async function deliver(source: SlowSource): Promise<void> {
  while (source.underWay.size > 0) {
    for (const transfer of [...source.underWay]) transfer.arrive();
    await settled();
  }
}

describe('a read', () => {
  test('fetches the blocks that it touches, and is answered at once from then on', async () => {
    const bytes = imageBytes(8 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes);
    const target = new ByteTarget(4096);
    const pending = image.read(3 * BLOCK_SIZE - 2048, 4096, target);
    expect(source.transfers).toMatchObject([{ offset: 2 * BLOCK_SIZE, length: 2 * BLOCK_SIZE }]);
    source.transfers[0].arrive();
    await pending;
    expectBytes(target.whole, bytes.slice(3 * BLOCK_SIZE - 2048, 3 * BLOCK_SIZE + 2048));
    const again = new ByteTarget(2 * BLOCK_SIZE);
    expect(image.read(2 * BLOCK_SIZE, 2 * BLOCK_SIZE, again)).toBeUndefined();
    expectBytes(again.whole, bytes.slice(2 * BLOCK_SIZE, 4 * BLOCK_SIZE));
    expect(source.transfers).toHaveLength(1);
  });

  test('of a block that is under way shares its transfer', async () => {
    const bytes = imageBytes(2 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes);
    const reads = [0, 512, 65024, 4096].map((offset) => readAll(image, offset, 512));
    expect(source.transfers).toHaveLength(1);
    source.transfers[0].arrive();
    for (const [index, read] of (await Promise.all(reads)).entries()) {
      const offset = [0, 512, 65024, 4096][index];
      expectBytes(read, bytes.slice(offset, offset + 512));
    }
  });

  test('takes what is there and waits for the rest, also around it', async () => {
    const bytes = imageBytes(5 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes);
    const middle = readAll(image, 2 * BLOCK_SIZE, 512);
    await deliver(source);
    await middle;
    const whole = readAll(image, 0, 5 * BLOCK_SIZE);
    expect(source.transfers.slice(1)).toMatchObject([
      { offset: 0, length: 2 * BLOCK_SIZE },
      { offset: 3 * BLOCK_SIZE, length: 2 * BLOCK_SIZE },
    ]);
    source.transfers[2].arrive();
    await settled();
    source.transfers[1].arrive();
    expectBytes(await whole, bytes);
  });

  test('is answered even when its first block is pushed out before its last arrives', async () => {
    const bytes = imageBytes(12 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes, { cacheSize: BLOCK_SIZE });
    const read = readAll(image, 0, bytes.length);
    await deliver(source);
    expectBytes(await read, bytes);
  });

  test('that nobody waits for any more does no harm', async () => {
    const { source, image } = imageOf(imageBytes(2 * BLOCK_SIZE));
    const [lost, kept] = [new ByteTarget(512), new ByteTarget(512)];
    const lostRead = image.read(0, 512, lost);
    const keptRead = image.read(512, 512, kept);
    lost.over = true;
    source.transfers[0].arrive();
    await expect(lostRead).rejects.toThrow(/over/);
    await keptRead;
    expectBytes(kept.whole, imageBytes(1024).slice(512));
  });

  test('behind the end of the source gives zeros, without a transfer', async () => {
    const bytes = imageBytes(BLOCK_SIZE + 700);
    const { source, image } = imageOf(bytes, { size: 4 * BLOCK_SIZE });
    expect(image.read(2 * BLOCK_SIZE, 512, new ByteTarget(512))).toBeUndefined();
    expect(source.transfers).toHaveLength(0);
    const whole = readAll(image, 0, 4 * BLOCK_SIZE);
    await deliver(source);
    const cached = readAll(image, 0, 4 * BLOCK_SIZE);
    for (const read of [await whole, await cached]) {
      expectBytes(read, concatenate(bytes, new Uint8Array(4 * BLOCK_SIZE - bytes.length)));
    }
  });
});

describe('a failure', () => {
  test('fails the reads that wait for the block, and no others; the next tries again', async () => {
    const bytes = imageBytes(40 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes);
    const [failing, alsoFailing] = [readAll(image, 0, 512), readAll(image, 1024, 512)];
    const fine = readAll(image, 20 * BLOCK_SIZE, 512);
    source.transfers[0].fail(new Error('no network'));
    source.transfers[1].arrive();
    await expect(failing).rejects.toThrow('no network');
    await expect(alsoFailing).rejects.toThrow('no network');
    await fine;
    const again = readAll(image, 0, 512);
    source.transfers[2].arrive();
    expectBytes(await again, bytes.slice(0, 512));
  });

  test('of one of two transfers fails the read, whatever becomes of the other', async () => {
    const { source, image } = imageOf(imageBytes(8 * BLOCK_SIZE));
    const target = new ByteTarget(8 * BLOCK_SIZE);
    const read = image.read(0, 8 * BLOCK_SIZE, target);
    source.transfers[1].fail(new Error('cut off'));
    await expect(read).rejects.toThrow('cut off');
    source.transfers[0].arrive();
    await settled();
    expect(target.bytes[0]).toBe(UNTOUCHED); // the guest was told already
    expect(image.read(0, 4096, new ByteTarget(4096))).toBeUndefined();
  });

  test('for good ends all reads, those of cached blocks as well', async () => {
    const { source, image } = imageOf(imageBytes(BLOCK_SIZE));
    const read = readAll(image, 0, 512);
    await deliver(source);
    await read;
    source.broken = new Error('the image has changed');
    expect(() => image.read(0, 512, new ByteTarget(512))).toThrow('has changed');
  });
});

describe('transfers', () => {
  test('are at most eight at once; the others follow in order', async () => {
    const { source, image } = imageOf(imageBytes(64 * BLOCK_SIZE));
    const order = [9, 40, 3, 60, 21, 33, 50, 12, 27, 45, 1];
    const reads = order.map((block) => readAll(image, block * BLOCK_SIZE, 512));
    expect(source.underWay.size).toBe(8);
    while (source.underWay.size > 0) {
      [...source.underWay].at(-1)?.arrive();
      await settled();
      expect(source.underWay.size).toBeLessThanOrEqual(8);
    }
    await Promise.all(reads);
    const begun = source.transfers.map(({ offset }) => offset / BLOCK_SIZE);
    expect(begun).toEqual(order);
  });

  test('a reader in order is read ahead of, farther each time, up to 1 MiB', async () => {
    const bytes = imageBytes(10 * MIB);
    const { source, image } = imageOf(bytes);
    let waited = 0;
    let farthest = 0;
    for (let offset = 0; offset < 8 * MIB; offset += 32768) {
      const target = new ByteTarget(32768);
      const pending = image.read(offset, 32768, target);
      if (pending !== undefined) waited++;
      const last = Math.max(...source.transfers.map((each) => each.offset + each.length));
      farthest = Math.max(farthest, last - offset - 32768);
      await deliver(source);
      await pending;
      expectBytes(target.whole, bytes.slice(offset, offset + 32768));
    }
    expect(waited).toBeLessThanOrEqual(2);
    expect(farthest).toBeGreaterThan(MIB / 2);
    expect(farthest).toBeLessThanOrEqual(MIB + BLOCK_SIZE);
    // Nothing twice, and mostly in long transfers.
    const total = source.transfers.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBeLessThanOrEqual(9 * MIB);
    expect(source.transfers.length).toBeLessThan(50);
  });

  test('a reader here and there is not read ahead of', async () => {
    const { source, image } = imageOf(imageBytes(64 * BLOCK_SIZE));
    for (const block of [5, 40, 7, 22, 60, 3, 50]) {
      const read = readAll(image, block * BLOCK_SIZE + 8192, 4096);
      await deliver(source);
      await read;
    }
    expect(source.transfers.map(({ length }) => length)).toEqual(new Array(7).fill(BLOCK_SIZE));
  });

  test('reading ahead leaves room for who waits', async () => {
    const { source, image } = imageOf(imageBytes(200 * BLOCK_SIZE));
    const readers = [0, 40, 80, 120];
    for (const start of readers) {
      const reads = [0, 1].map((block) => readAll(image, (start + block) * BLOCK_SIZE, 512));
      await deliver(source);
      await Promise.all(reads);
    }
    for (const start of readers) {
      for (const block of [2, 3]) {
        const target = new ByteTarget(512);
        expect(image.read((start + block) * BLOCK_SIZE, 512, target)).toBeUndefined();
      }
    }
    expect(source.underWay.size).toBe(6);
    void readAll(image, 199 * BLOCK_SIZE, 512);
    expect(source.transfers.at(-1)).toMatchObject({ offset: 199 * BLOCK_SIZE });
  });

  test('that are under way at once do not get into each other', async () => {
    const bytes = imageBytes(64 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes, { cacheSize: BLOCK_SIZE });
    for (const start of [0, 16, 32, 48]) {
      const blocks = [0, 2, 4, 6, 8, 10, 12, 14].map((block) => start + block);
      const reads = blocks.map((block) => readAll(image, block * BLOCK_SIZE, BLOCK_SIZE));
      await deliver(source);
      for (const [index, read] of (await Promise.all(reads)).entries()) {
        const offset = blocks[index] * BLOCK_SIZE;
        expectBytes(read, bytes.slice(offset, offset + BLOCK_SIZE));
      }
    }
  });

  test('close ends them', async () => {
    const { source, image } = imageOf(imageBytes(BLOCK_SIZE));
    const read = readAll(image, 0, 512);
    await image.close();
    await expect(read).rejects.toThrow('closed');
    expect(image.statistics().cached).toBe(0);
    expect(source.closed).toBe(true);
  });
});

describe('memory', () => {
  test('never takes more than its bound, and keeps what was used last', async () => {
    const bytes = imageBytes(64 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes, { cacheSize: 4 * BLOCK_SIZE });
    const touch = async (block: number) => {
      const before = source.transfers.length;
      const read = readAll(image, block * BLOCK_SIZE, 512);
      await deliver(source);
      expectBytes(await read, bytes.slice(block * BLOCK_SIZE, block * BLOCK_SIZE + 512));
      return source.transfers.length > before ? 'fetched' : 'cached';
    };
    for (const block of [10, 20, 30, 40]) expect(await touch(block)).toBe('fetched');
    expect(await touch(10)).toBe('cached');
    expect(await touch(50)).toBe('fetched'); // in the place of 20
    for (const block of [10, 30, 40, 50]) expect(await touch(block)).toBe('cached');
    expect(await touch(20)).toBe('fetched'); // in the place of 10
    for (const block of [30, 40, 50, 20]) expect(await touch(block)).toBe('cached');
    expect(await touch(10)).toBe('fetched');
    expect(image.statistics().cached).toBe(4 * BLOCK_SIZE);
  });

  test('what is known beforehand needs no transfer', () => {
    const bytes = imageBytes(3 * BLOCK_SIZE);
    const { source, image } = imageOf(bytes);
    image.seed(bytes.subarray(0, BLOCK_SIZE));
    const target = new ByteTarget(BLOCK_SIZE);
    expect(image.read(0, BLOCK_SIZE, target)).toBeUndefined();
    expectBytes(target.whole, bytes.slice(0, BLOCK_SIZE));
    expect(source.transfers).toHaveLength(0);
  });
});

test('any reads, arrivals and failures in any order give what a plain array gives', async () => {
  const sourceSize = 9 * BLOCK_SIZE + 1300;
  const size = 11 * BLOCK_SIZE;
  const bytes = imageBytes(sourceSize);
  const expected = concatenate(bytes, new Uint8Array(size - sourceSize));
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        sector: fc.nat(size / 512 - 1),
        sectors: fc.integer({ min: 0, max: 700 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ arrive: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ fail: fc.nat(20) }) },
  );
  const plan = fc.record({
    steps: fc.array(step, { maxLength: 40 }),
    cacheSize: fc.integer({ min: 1, max: 12 }).map((blocks) => blocks * BLOCK_SIZE),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, cacheSize }) => {
      const { source, image } = imageOf(bytes, { size, cacheSize });
      const reads: Promise<void>[] = [];
      let failures = 0;
      for (const each of steps) {
        const chosen = [...source.underWay];
        if ('sector' in each) {
          const offset = each.sector * 512;
          const length = Math.min(each.sectors * 512, size - offset);
          const read = readAll(image, offset, length).then(
            (got) => expectBytes(got, expected.slice(offset, offset + length)),
            (error: Error) => {
              if (error.message !== 'by the test') throw error;
              failures++;
            },
          );
          reads.push(read);
        } else if (chosen.length > 0) {
          if ('arrive' in each) chosen[each.arrive % chosen.length].arrive();
          else chosen[each.fail % chosen.length].fail(new Error('by the test'));
          await settled();
        }
        expect(image.statistics().cached).toBeLessThanOrEqual(cacheSize);
        expect(source.underWay.size).toBeLessThanOrEqual(8);
      }
      const failedBefore = failures;
      await deliver(source);
      await Promise.all(reads);
      expect(failures).toBe(failedBefore);
    }),
    { numRuns: 150 },
  );
});
