import { afterEach, expect, it, vi } from 'vitest';
import { downloadWhole } from '../../../src/page/transfer.ts';

const url = new URL('https://host.example/guest/vmlinux.gzip');

afterEach(() => vi.unstubAllGlobals());

function download(length: number, expected: number) {
  vi.stubGlobal('fetch', async () => new Response(new Uint8Array(length)));
  const seen: number[] = [];
  const context = {
    signal: new AbortController().signal,
    onTransfer: () => (count: number) => seen.push(count),
  };
  return { file: downloadWhole(url, 'Kernel', context, expected), seen };
}

it('gives a file that is whole, and tells of its bytes', async () => {
  const { file, seen } = download(5000, 5000);
  expect((await file).size).toBe(5000);
  expect(seen.reduce((sum, count) => sum + count, 0)).toBe(5000);
});

it('names a file that is cut short, and by how much', async () => {
  const { file } = download(4999, 5000);
  await expect(file).rejects.toMatchObject({
    code: 'guest-file-missing',
    message: expect.stringContaining('only 4999 of its 5000 bytes'),
  });
});
