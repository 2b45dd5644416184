import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BLOCK_SIZE } from '../../../../../src/devices/block/sources/block-cache.ts';
import type { ByteSource } from '../../../../../src/devices/block/sources/byte-source.ts';
import { CachedImage } from '../../../../../src/devices/block/sources/cached-image.ts';
import { HttpSource } from '../../../../../src/devices/block/sources/http-source.ts';
import { DeviceError } from '../../../../../src/devices/errors.ts';
import { ImageServer, type Misdeed, servedBytes } from '../../../../support/image-server.ts';
import { expectBytes } from '../disk.ts';
import { readAll } from './byte-target.ts';
import { imageBytes } from './image-bytes.ts';
import { TestClock } from './test-clock.ts';

const SIZE = 20 * BLOCK_SIZE + 512;
const BYTES = imageBytes(SIZE);

let server: ImageServer;
let clock: TestClock;

beforeEach(async () => {
  server = await ImageServer.start(servedBytes(BYTES));
  clock = new TestClock();
});

afterEach(async () => {
  await server.close();
});

/** Half of the random part of each delay, so that all delays are known. */
const random = () => 0.5;
const open = (url = server.url) => HttpSource.open(url, 'disk.img', { clock, random });

/** Reads from the source itself. */
async function readFrom(source: ByteSource, offset: number, length: number) {
  const bytes = new Uint8Array(length);
  await source.read(offset, bytes);
  return bytes;
}

/** What opening, or reading, fails with. */
async function failureOf(operation: Promise<unknown>): Promise<DeviceError> {
  const error = await operation.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(DeviceError);
  return error;
}

describe('opening', () => {
  test('costs one request, which brings size, version and the first block', async () => {
    const { source, head } = await open();
    expect(source.size).toBe(SIZE);
    expect(source.identity).toEqual({ size: SIZE, etag: '"one"', lastModified: null });
    expectBytes(head, BYTES.slice(0, BLOCK_SIZE));
    expect(server.requests).toEqual(['bytes=0-65535']);
    expect(source.statistics).toEqual({
      transferred: BLOCK_SIZE,
      requests: 1,
      retries: 0,
      failure: null,
    });
  });

  test('a small image comes whole', async () => {
    server.image = servedBytes(imageBytes(1024));
    const { source, head } = await open();
    expect(source.size).toBe(1024);
    expectBytes(head, imageBytes(1024));
  });

  test('a cold read costs one request', async () => {
    const { source } = await open();
    expectBytes(
      await readFrom(source, 9 * BLOCK_SIZE, 512),
      BYTES.slice(9 * BLOCK_SIZE, 9 * BLOCK_SIZE + 512),
    );
    expect(server.requests).toEqual(['bytes=0-65535', 'bytes=589824-590335']);
  });

  test.each<[string, () => void, string, RegExp]>([
    [
      'without ranges',
      () => (server.ranges = false),
      'image-no-ranges',
      /whole file \(status 200\)/,
    ],
    [
      'that compresses',
      () => (server.headers['Content-Encoding'] = 'br'),
      'image-no-ranges',
      /Content-Encoding: br/,
    ],
    ['that has nothing', () => (server.misdeeds = [{ status: 404 }]), 'image-missing', /404/],
    ['that refuses', () => (server.misdeeds = [{ status: 403 }]), 'image-missing', /403/],
    [
      'that hides the range',
      () => (server.misdeeds = [{ status: 206 }]),
      'image-no-ranges',
      /no Content-Range/,
    ],
    [
      'that sends another range',
      () => (server.misdeeds = [{ status: 206, headers: { 'Content-Range': 'bytes 5-9/100' } }]),
      'image-no-ranges',
      /bytes 5 to 9 instead of 0 to 99/,
    ],
    [
      'with an empty file',
      () => (server.image = servedBytes(new Uint8Array())),
      'disk-size',
      /empty/,
    ],
  ])('a server %s is told apart', async (_, prepare, code, message) => {
    prepare();
    const error = await failureOf(open());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('disk.img');
    expect(clock.waits).toEqual([]); // nothing that another try would mend
  });

  test('a server that is not there is asked four times, longer apart each time', async () => {
    const { url } = server;
    await server.close();
    const error = await failureOf(open(url));
    expect(error.code).toBe('image-unreachable');
    expect(error.message).toMatch(/cannot be reached, or does not allow .*CORS/);
    expect(clock.waits).toEqual([187.5, 375, 750]);
    server = await ImageServer.start(servedBytes(BYTES)); // for the end of the test
  });

  test('any other scheme is refused without a request', async () => {
    const fetched = vi.fn();
    const opening = HttpSource.open('file:///etc/passwd', 'x', { fetch: fetched });
    expect((await failureOf(opening)).code).toBe('image-unreachable');
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('what passes by itself', () => {
  test.each<[string, Misdeed[]]>([
    ['a status of 503', [{ status: 503 }]],
    ['a status of 429', [{ status: 429 }]],
    ['a connection that breaks', ['break']],
    ['a connection that breaks half-way', [{ cutAfter: 1000 }]],
    ['an answer that is too short', [{ endAfter: 1000 }]],
    ['one after the other', [{ status: 500 }, 'break', { cutAfter: 0 }, { status: 502 }, 'break']],
  ])('%s is tried again', async (_, misdeeds) => {
    const { source } = await open();
    server.misdeeds = [...misdeeds];
    expectBytes(await readFrom(source, 0, 4096), BYTES.slice(0, 4096));
    expect(source.statistics.retries).toBe(misdeeds.length);
    expect(source.statistics.requests).toBe(misdeeds.length + 2);
    expect(clock.waits).toHaveLength(misdeeds.length);
    expect(clock.waiting).toBe(0);
  });

  test('the server may say when to come again', async () => {
    const { source } = await open();
    server.misdeeds = [{ status: 503, headers: { 'Retry-After': '3' } }];
    await readFrom(source, 0, 512);
    expect(clock.waits).toEqual([3000]);
  });

  test('a request that stays without answer is given up and tried again', async () => {
    const { source } = await open();
    server.misdeeds = ['silence'];
    const read = readFrom(source, 0, 512);
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    clock.leap();
    expectBytes(await read, BYTES.slice(0, 512));
    expect(source.statistics.retries).toBe(1);
  });

  test('what does not pass is an error, after eight tries, and not for ever', async () => {
    const { source } = await open();
    server.misdeeds = new Array<Misdeed>(8).fill({ status: 503 });
    const error = await failureOf(readFrom(source, 0, 512));
    expect(error).toMatchObject({ code: 'image-unreachable' });
    expect(error.message).toMatch(/does not deliver it.*503/);
    expect(source.statistics.failure).toBe(error.message);
    expect(clock.waits).toEqual([187.5, 375, 750, 1500, 3000, 6000, 7500]);
    expect(source.broken).toBeNull();
    expectBytes(await readFrom(source, 0, 512), BYTES.slice(0, 512));
  });

  test('delays differ by chance, between half and all of the longest', async () => {
    const chances = [0, 0.999];
    for (const chance of chances) {
      const { source } = await HttpSource.open(server.url, 'x', { clock, random: () => chance });
      server.misdeeds = [{ status: 503 }];
      await readFrom(source, 0, 512);
    }
    expect(clock.waits[0]).toBe(125);
    expect(clock.waits[1]).toBeCloseTo(250, 0);
  });
});

describe('an image that changes', () => {
  test.each<[string, () => void, RegExp]>([
    ['ETag', () => (server.etag = '"two"'), /ETag was "one" and is "two"/],
    ['size', () => (server.image = servedBytes(imageBytes(SIZE + 512))), /had 1311232 bytes/],
    ['size, which is now less', () => (server.image = servedBytes(imageBytes(512))), /shorter/],
    [
      'version, at a server that has lost its ranges',
      () => {
        server.etag = '"two"';
        server.ranges = false;
      },
      /ETag/,
    ],
  ])('in %s fails this read and all after it', async (_, change, message) => {
    const { source } = await open();
    await readFrom(source, 4096, 4096);
    change();
    const error = await failureOf(readFrom(source, 10 * BLOCK_SIZE, 4096));
    expect(error.code).toBe('image-changed');
    expect(error.message).toMatch(message);
    expect(source.broken).toBe(error);
    const requests = server.requests.length;
    await expect(readFrom(source, 0, 512)).rejects.toBe(error);
    expect(server.requests).toHaveLength(requests);
    expect(clock.waits).toEqual([]);
  });

  test('is told by its date where there is no ETag, and not by its date alone', async () => {
    server.lastModified = 'Mon, 01 Jan 2024 00:00:00 GMT';
    const tagged = await open();
    server.etag = null;
    const dated = await open();
    server.lastModified = 'Tue, 02 Jan 2024 00:00:00 GMT';
    expect((await failureOf(readFrom(dated.source, 0, 512))).code).toBe('image-changed');
    server.etag = '"one"';
    expectBytes(await readFrom(tagged.source, 0, 512), BYTES.slice(0, 512));
  });

  test('that is gone fails the read; one that is back can be read', async () => {
    const { source } = await open();
    server.misdeeds = [{ status: 404 }];
    expect((await failureOf(readFrom(source, 0, 512))).code).toBe('image-missing');
    expectBytes(await readFrom(source, 0, 512), BYTES.slice(0, 512));
  });
});

test('closing ends what is under way, and what waits for another try', async () => {
  const { source } = await open();
  server.misdeeds = ['silence'];
  const silent = readFrom(source, 0, 512);
  await vi.waitFor(() => expect(server.requests).toHaveLength(2));
  source.close();
  await expect(silent).rejects.toThrow(/closed/);
  await expect(readFrom(source, 0, 512)).rejects.toThrow(/closed/);
  expect(clock.waiting).toBe(0);
});

describe('through the cache', () => {
  test('many requests are under way, and slow answers in any order find their reads', async () => {
    const delays = fc.array(fc.nat(8), { minLength: 21, maxLength: 21 });
    const reads = fc.array(
      fc.record({ sector: fc.nat(SIZE / 512 - 1), sectors: fc.integer({ min: 1, max: 600 }) }),
      { minLength: 1, maxLength: 30 },
    );
    let most = 0;
    await fc.assert(
      fc.asyncProperty(delays, reads, async (delays, reads) => {
        server.beforeAnswer = (offset) =>
          new Promise((resolve) => setTimeout(resolve, delays[Math.floor(offset / BLOCK_SIZE)]));
        const { source } = await open();
        const image = new CachedImage(source, { size: SIZE, cacheSize: 6 * BLOCK_SIZE });
        const reading = reads.map(async ({ sector, sectors }) => {
          const length = Math.min(sectors * 512, SIZE - sector * 512);
          const bytes = await readAll(image, sector * 512, length);
          expectBytes(bytes, BYTES.slice(sector * 512, sector * 512 + length));
        });
        await Promise.all(reading);
        most = Math.max(most, server.mostUnderWay);
        await image.close();
      }),
      { numRuns: 30 },
    );
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(16); // those of the run before may be closing still
  });
});
