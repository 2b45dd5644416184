import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readAll } from '../../../src/page/download.ts';
import { downloadWhole, receive } from '../../../src/page/transfer.ts';

beforeEach(() => vi.stubGlobal('location', { hostname: 'host.example' }));
afterEach(() => vi.unstubAllGlobals());

const built = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
const sha256 = createHash('sha256').update(built).digest('hex');
let files = 0;

function contextThatSees(seen: number[], signal = new AbortController().signal) {
  return { signal, onTransfer: () => (count: number) => seen.push(count) };
}

/** Downloads the file that was built as `built`, which has come as `arrived`. */
function download(arrived: Uint8Array<ArrayBuffer>, headers = {}) {
  const fetched = vi.fn(async () => new Response(arrived, { headers }));
  vi.stubGlobal('fetch', fetched);
  const url = new URL(`https://host.example/guest/vmlinux-${files++}.gzip`);
  const seen: number[] = [];
  const file = { url, size: built.length, sha256 };
  const again = () =>
    downloadWhole(file, 'Kernel', contextThatSees(seen), async (content) => content.size);
  return { size: again(), again, seen, fetched };
}

it('gives what was made of a file that is whole, and tells of its bytes', async () => {
  const { size, seen } = download(built);
  expect(await size).toBe(5000);
  expect(seen.reduce((sum, count) => sum + count, 0)).toBe(5000);
});

it('names a file that is cut short, and by how much', async () => {
  await expect(download(built.slice(1)).size).rejects.toMatchObject({
    code: 'download-failed',
    message: 'Kernel could not be loaded: only 4999 of its 5000 bytes arrived.',
  });
});

it('refuses a file with a byte that is another, and fetches it past all caches next time', async () => {
  const { size, again, fetched } = download(built.with(2500, 7));
  const refusal = {
    code: 'download-failed',
    message: expect.stringContaining('not what was built'),
  };
  await expect(size).rejects.toMatchObject(refusal);
  await expect(again()).rejects.toMatchObject(refusal);
  const cachings = fetched.mock.calls as unknown as [URL, RequestInit][];
  expect(cachings.map(([, { cache }]) => cache)).toEqual(['default', 'reload']);
});

it('tells of the damage, not of what came of using it', async () => {
  vi.stubGlobal('fetch', async () => new Response(built.with(0, 7)));
  const url = new URL('https://host.example/guest/damaged.gzip');
  const unpack = () => Promise.reject(new TypeError('no gzip'));
  const file = { url, size: built.length, sha256 };
  await expect(downloadWhole(file, 'Kernel', contextThatSees([]), unpack)).rejects.toThrow(
    'not what was built',
  );
});

it('takes what the browser has unpacked on its way', async () => {
  const unpacked = new Uint8Array(9000);
  expect(await download(unpacked, { 'content-encoding': 'gzip' }).size).toBe(9000);
  await expect(download(unpacked).size).rejects.toThrow('not what was built');
});

it('takes a connection that breaks in the middle for what it is, and an end for an end', async () => {
  const breaking = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(built);
        },
        pull(controller) {
          controller.error(new TypeError('network error'));
        },
      }),
    );
  const ended = new AbortController();
  const read = () => readAll(receive(breaking(), 'Kernel', contextThatSees([], ended.signal)));
  await expect(read()).rejects.toMatchObject({
    code: 'download-failed',
    message: 'Kernel could not be loaded: the connection broke in the middle.',
    remedy: 'Check the connection, then try again.',
  });
  ended.abort();
  await expect(read()).rejects.toBe(ended.signal.reason);
});
