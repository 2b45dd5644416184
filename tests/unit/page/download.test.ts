import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  announcedSize,
  type Bytes,
  request,
  requestBeginning,
  unpacked,
} from '../../../src/page/download.ts';

const url = new URL('https://host.example/guest/bzImage');
const { signal } = new AbortController();
const answer = (response: Response) => vi.stubGlobal('fetch', async () => response);

beforeEach(() => vi.stubGlobal('location', { hostname: 'host.example' }));
afterEach(() => vi.unstubAllGlobals());

describe('request', () => {
  it.each([404, 410, 403])('names a file that is missing: %d', async (status) => {
    answer(new Response('', { status }));
    await expect(request(url, 'guest/bzImage', signal)).rejects.toMatchObject({
      code: 'guest-file-missing',
      message: expect.stringContaining('guest/bzImage'),
    });
  });

  it.each([500, 503, 429, 408])('takes %d for a trouble that may pass', async (status) => {
    answer(new Response('', { status }));
    await expect(request(url, 'guest/bzImage', signal)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(`${status}`),
    });
  });

  it('tells apart whose file is missing', async () => {
    answer(new Response('', { status: 404 }));
    const remedyOf = (isOwn: boolean) =>
      request(url, 'bzImage', signal, { isOwn }).catch(({ remedy }) => remedy);
    expect(await remedyOf(true)).toContain('a part of it is not there');
    expect(await remedyOf(false)).toContain('address of this page');
  });

  it('does not take a web page for the file', async () => {
    answer(new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
    await expect(request(url, 'guest/bzImage', signal)).rejects.toThrow('web page');
  });

  it('says so when the server is gone', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(request(url, 'guest/bzImage', signal)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('could not be reached'),
    });
  });

  it('lets an abort be an abort', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('aborted')));
    const aborted = AbortSignal.abort();
    await expect(request(url, 'guest/bzImage', aborted)).rejects.toBe(aborted.reason);
  });
});

describe('the beginning of a file', () => {
  const range = { 'content-range': 'bytes 0-1/8192' };

  it.each([
    ['raw', [0, 0], range, { kind: 'parts', compressed: false }],
    ['compressed', [0x1f, 0x8b], range, { kind: 'parts', compressed: true }],
    ['encoded on its way', [1, 2], { ...range, 'content-encoding': 'br' }, { kind: 'useless' }],
    ['a part of unknown place', [1, 2], {}, { kind: 'useless' }],
  ])('that can be had in parts is told by its bytes: %s', async (_, bytes, headers, expected) => {
    const fetched = vi.fn(
      async () => new Response(new Uint8Array(bytes), { status: 206, headers }),
    );
    vi.stubGlobal('fetch', fetched);
    expect(await requestBeginning(url, signal)).toEqual(expected);
    expect(fetched).toHaveBeenCalledWith(
      url,
      expect.objectContaining({ headers: { Range: 'bytes=0-1' } }),
    );
  });

  it('is the whole file from a server that knows no ranges, and is not asked for twice', async () => {
    const response = new Response('the whole');
    answer(response);
    expect(await requestBeginning(url, signal)).toEqual({ kind: 'whole', response });
    expect(response.bodyUsed).toBe(false);
  });

  it('is of no use where there is none', async () => {
    answer(new Response('', { status: 416 }));
    expect(await requestBeginning(url, signal)).toEqual({ kind: 'useless' });
    answer(new Response('', { status: 404 }));
    await expect(requestBeginning(url, signal)).rejects.toThrow('404');
  });
});

describe('announcedSize', () => {
  it('is the content length, unless that counts other bytes', () => {
    const headers = { 'content-length': '12' };
    expect(announcedSize(new Response('', { headers }))).toBe(12);
    expect(announcedSize(new Response(''))).toBeNull();
    const encoded = { ...headers, 'content-encoding': 'gzip' };
    expect(announcedSize(new Response('', { headers: encoded }))).toBeNull();
  });
});

describe('unpacked', () => {
  const unpack = async (bytes: Uint8Array) => {
    const stream = new Blob([new Uint8Array(bytes)]).stream() as ReadableStream<Bytes>;
    return new Uint8Array(await new Response(await unpacked(stream)).arrayBuffer());
  };

  it('unpacks gzip and leaves everything else as it is', async () => {
    const image = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
    // Buffer's comparison, since toEqual takes seconds for so many numbers.
    expect(Buffer.compare(await unpack(gzipSync(image)), image)).toBe(0);
    expect(Buffer.compare(await unpack(image), image)).toBe(0);
    expect(await unpack(new Uint8Array())).toHaveLength(0);
  });

  it('fails when the end of the file is missing', async () => {
    const packed = gzipSync(new Uint8Array(100_000));
    await expect(unpack(packed.subarray(0, packed.length - 20))).rejects.toThrow();
  });

  it('sees gzip even when the first chunk is one byte', async () => {
    const packed = new Uint8Array(gzipSync(Uint8Array.of(1, 2, 3)));
    const stream = new ReadableStream<Bytes>({
      start(controller) {
        controller.enqueue(packed.slice(0, 1));
        controller.enqueue(packed.slice(1));
        controller.close();
      },
    });
    const result = await new Response(await unpacked(stream)).arrayBuffer();
    expect(new Uint8Array(result)).toEqual(Uint8Array.of(1, 2, 3));
  });
});
