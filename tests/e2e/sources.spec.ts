import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { buildExt4Image } from '../../guest/build/image.ts';
import { prepareGuest } from '../../guest/build/index.ts';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { screen, type, untilPrompt } from '../support/built-page.ts';
import { fetchAlone } from '../support/fetch-alone.ts';
import { ImageServer, type ServedImage, servedBytes } from '../support/image-server.ts';
import { expect, type GuestPage, test } from '../support/machines.ts';

// Disks whose images lie at an address, of which only what the guest reads is fetched.

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const IMAGE_SIZE = 8 * GIB;
/** Bytes: what CachedImage keeps at most. */
const CACHE_SIZE = 32 * MIB;

const small = randomBytes(2 * MIB);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let file: FileHandle;
let server: ImageServer;

/** A file, however large. */
async function servedFile(path: string): Promise<ServedImage> {
  file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    read: async (offset, length) => {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer;
    },
  };
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-sources-test-'));
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, 'small'), small);
  await buildExt4Image(content, IMAGE_SIZE, join(folder, 'disk.img'));
});

test.afterAll(() => rmSync(folder, { recursive: true }));

test.beforeEach(async () => {
  server = await ImageServer.start(await servedFile(join(folder, 'disk.img')));
});

test.afterEach(async () => {
  await server.close();
  await file.close();
});

/** What reading the image of vdb has cost so far. */
const statistics = (guest: GuestPage) =>
  guest.page.evaluate(async () => {
    const found = await testMachine.machine.disks[1].imageStatistics();
    if (found === null) throw new Error('vdb is in memory');
    return found;
  });

/** Bytes of memory that the tab's process has. */
async function residentMemory(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8')))
    .map((match) => 1024 * Number(match?.[1]));
  return Math.max(...sizes); // the tab with the guest is the largest by far
}

test.describe('an image of 8 GiB at an address', () => {
  test('is the root disk of a boot, of which only what was read has come', async ({ guest }) => {
    const root = join(folder, 'root.img');
    const { rootfs } = await prepareGuest();
    copyFileSync(rootfs, root);
    truncateSync(root, IMAGE_SIZE);
    execFileSync('resize2fs', ['-f', root], { stdio: 'pipe' });
    await file.close();
    server.image = await servedFile(root);
    const { transferred, requests } = await guest.page.evaluate(async (address) => {
      const options = await TestMachine.options();
      const disks = [{ image: new URL(address) }];
      globalThis.testMachine = new TestMachine(await Machine.create({ ...options, disks }));
      testMachine.machine.start();
      await testMachine.untilPrompt();
      const found = await testMachine.machine.disks[0].imageStatistics();
      if (found === null) throw new Error('vda is in memory');
      return found;
    }, server.url);
    expect(await guest.output('cat /sys/block/vda/size')).toBe(String(IMAGE_SIZE / 512));
    const ratio = ((100 * transferred) / IMAGE_SIZE).toFixed(4);
    console.log(`booted from 8 GiB: ${transferred} bytes in ${requests} requests, ${ratio} %`);
    expect(transferred).toBeLessThan(CACHE_SIZE);
  });

  test('is mounted and read having transferred only what was read', async ({ guest }) => {
    await guest.boot({ disks: [{ address: server.url }] });
    expect(await guest.output('cat /sys/block/vdb/size')).toBe(`${IMAGE_SIZE / 512}`);
    await guest.output('mount /dev/vdb /mnt');
    expect(await guest.output('sha256sum < /mnt/small')).toContain(sha256(small));
    const { transferred, requests, retries } = await statistics(guest);
    const ratio = ((100 * transferred) / IMAGE_SIZE).toFixed(4);
    console.log(`read 2 MiB of 8 GiB: ${transferred} bytes in ${requests} requests, ${ratio} %`);
    expect(requests).toBe(server.requests.length);
    expect(retries).toBe(0);
    expect(transferred).toBeGreaterThan(2 * MIB);
    expect(server.sent).toBeLessThan(6 * MIB); // also what was read ahead, and not taken in yet
    // What the guest writes stays in the tab, and can be read back from there.
    await guest.output('echo mine > /mnt/note && umount /mnt && mount /dev/vdb /mnt');
    expect(await guest.output('cat /mnt/note; sha256sum < /mnt/small')).toContain('mine');
  });

  test('costs one round trip for the first byte of a cold read', async ({ guest }) => {
    await guest.boot({ disks: [{ address: server.url }] });
    const before = server.requests.length;
    const block = 60_000; // of 64 KiB
    await guest.output(
      `dd if=/dev/vdb of=/dev/null bs=4096 count=1 skip=${block * 16 + 3} iflag=direct`,
    );
    const range = `bytes=${block * 65536}-${(block + 1) * 65536 - 1}`;
    expect(server.requests.slice(before)).toEqual([range]);
  });

  test('takes no more memory than its cache, however much is read', async ({ guest }) => {
    await guest.boot({ disks: [{ address: server.url }] });
    // Past the guest's own cache, which lies in memory that the tab has anyway.
    const read = (mebibytes: number, from: number) =>
      guest.output(
        `dd if=/dev/vdb of=/dev/null bs=1M count=${mebibytes} skip=${from} iflag=direct 2>&1`,
      );
    // Playwright lets the browser keep 200 MB of what was transferred, which is full after this.
    await read(320, 0);
    const before = await residentMemory(guest.page);
    const begun = performance.now();
    const after: number[] = [];
    for (const from of [1024, 2048, 3072, 4096]) {
      await read(40, from);
      after.push(await residentMemory(guest.page));
    }
    const seconds = (performance.now() - begun) / 1000;
    // What is kept is there at any time; what waits to be collected is not.
    const grown = Math.min(...after) - before;
    const { cached, transferred, requests } = await statistics(guest);
    console.log(
      `read 160 MiB in ${seconds.toFixed(1)} s, ${requests} requests with those before: ` +
        `${cached} bytes are cached, the tab has grown by ${grown}`,
    );
    expect(transferred).toBeGreaterThanOrEqual(480 * MIB);
    expect(transferred).toBeLessThan(490 * MIB);
    expect(cached).toBe(CACHE_SIZE);
    // Far less than what was read; how soon the browser collects garbage is its own affair.
    expect(grown).toBeLessThan(3 * CACHE_SIZE);
  });

  test('that changes gives the guest I/O errors, and the machine lives', async ({ guest }) => {
    await guest.boot({ disks: [{ address: server.url }] });
    const read = (skip: number) =>
      guest.run(`dd if=/dev/vdb of=/dev/null bs=4096 count=1 skip=${skip} iflag=direct 2>&1`);
    expect((await read(100_000)).status).toBe(0);
    server.etag = '"two"';
    for (const skip of [200_000, 300_000, 100_000]) {
      const { status, output } = await read(skip);
      expect(status).not.toBe(0);
      expect(output).toMatch(/I\/O error|Input\/output error/i);
    }
    expect((await statistics(guest)).failure).toMatch(/changed on the server.*ETag/);
    expect(await guest.output('dd if=/dev/vda of=/dev/null bs=1M count=4 && echo alive')).toContain(
      'alive',
    );
  });

  test('transfers next to nothing the second time', async ({ guest }) => {
    const read = async () => {
      await guest.boot({ disks: [{ address: server.url }] });
      await guest.output('mount -o ro /dev/vdb /mnt');
      expect(await guest.output('sha256sum < /mnt/small')).toContain(sha256(small));
      const { transferred } = await statistics(guest);
      await guest.dispose();
      return transferred;
    };
    expect(await read()).toBeGreaterThan(2 * MIB);
    const again = await read();
    console.log(`the second time ${again} bytes came`);
    expect(again).toBeLessThan(MIB);
    server.etag = '"two"';
    expect(await read()).toBeGreaterThan(2 * MIB);
  });

  test('survives a server that stumbles', async ({ guest }) => {
    await guest.boot({ disks: [{ address: server.url }] });
    await guest.output('mount -o ro /dev/vdb /mnt');
    server.misdeeds = [{ status: 503 }, 'break', { cutAfter: 3000 }, { status: 429 }];
    expect(await guest.output('sha256sum < /mnt/small')).toContain(sha256(small));
    expect(server.misdeeds).toEqual([]);
    // The browser itself tries again where a connection breaks before anything has come.
    expect((await statistics(guest)).retries).toBeGreaterThanOrEqual(2);
  });
});

test.describe('an address that cannot be a disk', () => {
  const refusal = (guest: GuestPage) =>
    guest.page.evaluate(async (address) => {
      const disks = [{ address }];
      const error = await TestMachine.boot({ disks }).catch((reason) => reason);
      return { code: error.code, message: error.message, remedy: error.remedy };
    }, server.url);

  test('says what is wrong, and what to do', async ({ guest }) => {
    server.image = servedBytes(small);
    server.ranges = false;
    expect(await refusal(guest)).toMatchObject({
      code: 'image-no-ranges',
      message: expect.stringContaining('whole file'),
      remedy: expect.stringContaining('206'),
    });
    server.ranges = true;
    server.misdeeds = [{ status: 404 }];
    expect(await refusal(guest)).toMatchObject({ code: 'image-missing' });
    server.headers = {};
    expect(await refusal(guest)).toMatchObject({
      code: 'image-unreachable',
      message: expect.stringContaining('CORS'),
      remedy: expect.stringContaining('Access-Control-Allow-Origin'),
    });
  });
});

test.describe('the page', () => {
  /** Serves the image beside the page. @returns the parameters of the page's address */
  async function beside(page: Page, name: string): Promise<string> {
    await page.route(`${BUILT_PAGE}${name}`, async (route) => {
      await route.fulfill({ response: await fetchAlone(route, server.url) });
    });
    return `?disk=${name}`;
  }

  const vdb = (page: Page) =>
    page.evaluate(() => window.ringbox.machine?.disks[1].imageStatistics());

  test('reads an image beside it in parts', async ({ page }) => {
    await page.goto(BUILT_PAGE + (await beside(page, 'disk.img')));
    await untilPrompt(page);
    await type(page, 'mount /dev/vdb /mnt && sha256sum /mnt/small');
    await expect.poll(() => screen(page)).toContain(sha256(small));
    expect((await vdb(page))?.transferred).toBeLessThan(6 * MIB);
    expect(server.sent).toBeLessThan(6 * MIB);
  });

  test('downloads what a server without ranges sends', async ({ page }) => {
    server.image = servedBytes(Buffer.alloc(MIB, 'whole at once '));
    server.ranges = false;
    await page.goto(BUILT_PAGE + (await beside(page, 'whole.img')));
    await untilPrompt(page);
    await type(page, 'head -c 13 /dev/vdb; echo');
    await expect.poll(() => screen(page)).toContain('\nwhole at once');
    expect(await vdb(page)).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  test('downloads and unpacks what is compressed', async ({ page }) => {
    server.image = servedBytes(gzipSync(Buffer.alloc(MIB, 'in gzip ')));
    await page.goto(BUILT_PAGE + (await beside(page, 'packed.img')));
    await untilPrompt(page);
    await type(page, 'head -c 7 /dev/vdb; echo');
    await expect.poll(() => screen(page)).toContain('\nin gzip');
    expect(await vdb(page)).toBeNull();
  });

  test('reads a file that was chosen where it lies', async ({ page }) => {
    await page.goto(BUILT_PAGE);
    await untilPrompt(page);
    await page.locator('#another').click();
    await page.locator('#disk-files').setInputFiles(join(folder, 'disk.img'));
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect.poll(() => vdb(page)).toBeTruthy();
    await untilPrompt(page);
    await type(page, 'mount /dev/vdb /mnt && sha256sum /mnt/small');
    await expect.poll(() => screen(page)).toContain(sha256(small));
    expect((await vdb(page))?.transferred).toBeLessThan(6 * MIB);
  });
});
