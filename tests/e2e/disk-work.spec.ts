import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, type GuestPage, test } from '../support/machines.ts';

// Importing, exporting, copying and looking at disks that are kept in the browser.

const MIB = 2 ** 20;

/** Something, a hole, something, and zeros at the end. */
function image(): Buffer {
  const bytes = Buffer.alloc(6 * MIB);
  randomBytes(2 * MIB).copy(bytes, 0);
  randomBytes(MIB + 512).copy(bytes, 3 * MIB);
  return bytes;
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** The kept disks by name, and every file in their folder, also of what is being made. */
function listing(page: Page): Promise<{ names: string[]; files: number }> {
  return page.evaluate(async () => {
    const names = (await machineApi.keptDisks()).map(({ name }) => name);
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('ringbox-disks', { create: true });
    let files = 0;
    for await (const _ of folder.keys()) files++;
    return { names, files };
  });
}

/** Imports what is served at `url`. @returns whether progress was told to its end */
function importFrom(page: Page, name: string, url: string, as: 'blob' | 'stream') {
  return page.evaluate(
    async ([disk, address, kind]) => {
      const response = await fetch(address);
      const source = kind === 'blob' ? await response.blob() : response.body!;
      let last = { done: -1, total: null as number | null };
      await machineApi.importKeptDisk(disk, source as Blob, { onProgress: (now) => (last = now) });
      return last.done === last.total && last.done > 0;
    },
    [name, url, as] as const,
  );
}

/** What an import of some bytes is refused with: code and message. */
function importRefusal(page: Page, name: string, bytes: number[], options = {}) {
  return page.evaluate(
    async ([disk, content, given]) => {
      const blob = new Blob([Uint8Array.from(content)]);
      const error = await machineApi.importKeptDisk(disk, blob, given).catch((reason) => reason);
      return error && `${error.code}: ${error.message}`;
    },
    [name, bytes, options] as const,
  );
}

interface Export {
  format: 'raw' | 'gzip' | 'store';
  content?: 'whole' | 'changes';
}

/** Exports a kept disk, or disk `index` of the machine, to a file, whose bytes come back. */
async function exported(page: Page, what: string | number, options: Export): Promise<Buffer> {
  const text = await page.evaluate(
    async ([given, as]) => {
      const { exportDisk } = machineApi;
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle('exported', { create: true });
      const machine = globalThis.testMachine?.machine;
      const source =
        typeof given === 'string' ? { keep: given } : { machine, disk: machine.disks[given] };
      await exportDisk(source, handle, as);
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      await root.removeEntry('exported');
      return TestMachine.base64(bytes);
    },
    [what, options] as const,
  );
  return Buffer.from(text, 'base64');
}

async function serve(guest: GuestPage) {
  const bytes = image();
  const zstd = execFileSync('zstd', ['-cq'], { input: bytes, maxBuffer: 64 * MIB });
  return {
    bytes,
    gzip: await guest.serve('disk.img.gz', gzipSync(bytes)),
    zstd: await guest.serve('disk.img.zst', zstd),
  };
}

test('images become kept disks, and kept disks images', async ({ guest, page }) => {
  const { bytes, ...urls } = await serve(guest);
  expect(await importFrom(page, 'gzip', urls.gzip, 'blob')).toBe(true);
  expect(await importFrom(page, 'zstd', urls.zstd, 'stream')).toBe(true);
  expect(sha256(await exported(page, 'zstd', { format: 'raw' }))).toBe(sha256(bytes));
  expect(sha256(gunzipSync(await exported(page, 'zstd', { format: 'gzip' })))).toBe(sha256(bytes));
  const [disk] = await page.evaluate(() => machineApi.keptDisks({ changes: true }));
  expect(disk).toMatchObject({ name: 'gzip', inUse: false, disk: { size: 6 * MIB } });
  // Zeros take no room.
  expect(disk.disk?.changed).toBe(3 * MIB + 4096);
  expect((await listing(page)).files).toBe(2);
  expect(await importRefusal(page, 'gzip', [0])).toMatch(/^disk-exists/);
});
