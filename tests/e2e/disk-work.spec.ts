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
});

test('what is cancelled leaves nothing', async ({ page, guest: _ }) => {
  const outcome = await page.evaluate(async () => {
    const cancelling = new AbortController();
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (stream) => stream.enqueue(crypto.getRandomValues(new Uint8Array(65536))),
      cancel: () => {
        cancelled = true;
      },
    });
    const options = {
      signal: cancelling.signal,
      onProgress: ({ done }: { done: number }) => {
        if (done > 2 ** 20) cancelling.abort('not wanted');
      },
    };
    const reason = await machineApi
      .importKeptDisk('endless', endless, options)
      .catch((error) => error);
    return { reason, cancelled };
  });
  expect(outcome).toEqual({ reason: 'not wanted', cancelled: true });
  expect(await listing(page)).toEqual({ names: [], files: 0 });

  const file = await page.evaluate(async () => {
    const bytes = new Blob([crypto.getRandomValues(new Uint8Array(65536))]);
    await machineApi.importKeptDisk('disk', new Blob(Array(64).fill(bytes)));
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('chosen', { create: true });
    const writing = await handle.createWritable();
    await writing.write('what was there');
    await writing.close();
    const cancelling = new AbortController();
    const { signal } = cancelling;
    const onProgress = () => cancelling.abort('not wanted');
    const what = { keep: 'disk' };
    const outcomes = await Promise.allSettled([
      machineApi.exportDisk(what, handle, { format: 'raw', signal, onProgress }),
    ]);
    return { outcomes, content: await (await handle.getFile()).text() };
  });
  expect(file.outcomes).toEqual([{ status: 'rejected', reason: 'not wanted' }]);
  expect(file.content).toBe('what was there');
  expect(await listing(page)).toEqual({ names: ['disk'], files: 1 });
});

/** Where the guest counts: first at the beginning of its disk, then far behind. */
const COUNTERS = [0, 5 * MIB];
const COUNTING = `rm -f /tmp/counts; i=0; while :; do i=$((i + 1)); ${COUNTERS.map(
  (at) => `printf %08d $i | dd of=/dev/vdb bs=512 seek=${at / 512} conv=fsync,notrunc 2>/dev/null`,
).join('; ')}; echo $i > /tmp/counts; done & counting=$!
  until [ -s /tmp/counts ]; do :; done`;

/** Fails unless the disk is as it was at one moment while the guest counted, and else like `image`. */
function expectOneMoment(disk: Buffer, image: Buffer): void {
  const [first, second] = COUNTERS.map((at) => Number(disk.toString('latin1', at, at + 8)));
  expect(first).toBeGreaterThan(0);
  expect([first, first - 1]).toContain(second);
  const rest = Buffer.from(disk);
  for (const at of COUNTERS) image.copy(rest, at, at, at + 8);
  expect(sha256(rest)).toBe(sha256(image));
}

test('a disk in use is exported, copied and looked at from another tab, as of one moment', async ({
  guest,
  page,
}) => {
  const { bytes, gzip } = await serve(guest);
  await importFrom(page, 'busy', gzip, 'blob');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.waitForFunction(() => 'machineApi' in globalThis);
  const silent = other.evaluate(async () => {
    void navigator.locks.request('ringbox disk silent', () => new Promise(() => {}));
    const error = await machineApi.copyKeptDisk('silent', 'x').catch((reason) => reason);
    return `${error.code}: ${error.message}`;
  });
  await guest.boot({ disks: [{ keep: 'busy' }] });
  expect(await guest.output('sha256sum < /dev/vdb')).toContain(sha256(bytes));
  await guest.output(COUNTING);
  expectOneMoment(await exported(page, 1, { format: 'raw' }), bytes);
  expect(await page.evaluate(() => testMachine.machine.state)).toBe('running');

  const look = await other.evaluate(async () => {
    await machineApi.copyKeptDisk('busy', 'copy');
    const { keep, end } = await machineApi.lookAtKeptDisk('busy');
    Object.assign(globalThis, { endLook: end });
    return keep;
  });
  expectOneMoment(await exported(other, 'copy', { format: 'raw' }), bytes);
  expectOneMoment(await exported(other, look, { format: 'raw' }), bytes);
  expect(await listing(other)).toEqual({ names: ['busy', 'copy'], files: 3 });
  await other.evaluate(() => (globalThis as unknown as { endLook(): Promise<void> }).endLook());
  expect(await listing(page)).toEqual({ names: ['busy', 'copy'], files: 2 });

  const refusals = await other.evaluate(async () => {
    const cancelling = new AbortController();
    const onProgress = () => cancelling.abort('not wanted');
    const { copyKeptDisk } = machineApi;
    const refused = await Promise.allSettled([
      copyKeptDisk('busy', 'copy'),
      copyKeptDisk('busy', 'cancelled', { signal: cancelling.signal, onProgress }),
      machineApi.forgetKeptDisk('busy'),
    ]);
    return refused.map((outcome) => {
      const reason = (outcome as PromiseRejectedResult).reason;
      return reason.code ?? reason;
    });
  });
  expect(refusals).toEqual(['disk-exists', 'not wanted', 'disk-in-use']);
  expect(await silent).toMatch(/^disk-in-use: .*does not answer/);

  await guest.output('kill $counting');
  expect(await page.evaluate(() => testMachine.machine.state)).toBe('running');

  // The page that has the disk goes before it has copied it.
  await page.evaluate(() => {
    testMachine.machine.atRest = () => {
      Object.assign(globalThis, { resting: true });
      return new Promise(() => {});
    };
  });
  const orphan = other.evaluate(async () => {
    const error = await machineApi.copyKeptDisk('busy', 'x').catch((reason) => reason);
    return `${error.code}: ${error.message}`;
  });
  await page.waitForFunction(() => 'resting' in globalThis);
  await page.reload();
  expect(await orphan).toMatch(/^disk-in-use: .*was closed before/);

  // A look whose tab has gone is swept.
  await page.waitForFunction(() => 'machineApi' in globalThis);
  await other.evaluate(() => machineApi.lookAtKeptDisk('busy'));
  expect((await listing(page)).files).toBe(3);
  await other.close();
  await expect.poll(() => listing(page)).toEqual({ names: ['busy', 'copy'], files: 2 });
});

test('a kept disk goes over to another image, and to none', async ({ guest, page }) => {
  const first = image();
  const second = Buffer.from(first);
  second.write('a newer image', MIB);
  const urls = [await guest.serve('first.img', first), await guest.serve('second.img', second)];
  const downloaded = await page.evaluate(async (addresses) => {
    const images = await Promise.all(
      addresses.map(async (address) => (await fetch(address)).blob()),
    );
    const machine = await Machine.create({
      ...(await TestMachine.options()),
      disks: [{ image: images[0], imageVersion: '1', keep: 'moved' }],
    });
    await machine.dispose();
    const moved = { keep: 'moved', image: images[0], imageVersion: '1' };
    const newer = { image: images[1], imageVersion: '2' };
    await machineApi.rebaseKeptDisk(moved, newer);
    const changed = (await machineApi.keptDisks({ changes: true }))[0].disk?.changed;
    await machineApi.rebaseKeptDisk({ keep: 'moved', ...newer }, null);
    await machineApi.renameKeptDisk('moved', 'alone');
    const export_ = await machineApi.exportDiskToFile({ keep: 'alone' }, { format: 'raw' });
    const bytes = TestMachine.base64(new Uint8Array(await export_.file.arrayBuffer()));
    await export_.delete();
    return { changed, bytes };
  }, urls);
  expect(downloaded.changed).toBe(4096);
  expect(sha256(Buffer.from(downloaded.bytes, 'base64'))).toBe(sha256(first));
  expect(await listing(page)).toEqual({ names: ['alone'], files: 1 });
});

test('disks are not read in the middle of a reset, which would start the guest', async ({
  page,
  guest: _,
}) => {
  const states = await page.evaluate(async () => {
    const machine = await Machine.create(await TestMachine.options());
    machine.start();
    const resetting = machine.reset();
    const during = await machine.atRest(async () => {
      await resetting;
      return machine.state;
    });
    const after = machine.state;
    await machine.dispose();
    return [during, after];
  });
  expect(states).toEqual(['paused', 'running']);
});
