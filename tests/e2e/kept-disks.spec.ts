import type { Page } from '@playwright/test';
import { expect, type GuestPage, test } from '../support/machines.ts';

// Disks whose changes are kept in the browser.

const MIB = 2 ** 20;

/** Boots with an empty disk that is kept as `name`, as vdb. */
async function boot(guest: GuestPage, name = 'a disk', size = 64 * MIB): Promise<void> {
  await guest.boot({ disks: [{ size, keep: name }] });
}

test('what was flushed is there in another life of the page', async ({ guest, page }) => {
  await boot(guest);
  await guest.output(
    'mke2fs -q /dev/vdb && mount /dev/vdb /mnt && echo kept > /mnt/note && sync && ls /mnt',
  );
  // No farewell: the tab goes while the machine runs.
  await page.reload();
  await page.waitForFunction(() => 'TestMachine' in globalThis);
  await boot(guest);
  expect(await guest.output('mount /dev/vdb /mnt && cat /mnt/note')).toBe('kept');
  const usage = await page.evaluate(() => testMachine.machine.disks[1].usage());
  expect(usage.changed).toBeGreaterThan(0);
  expect(usage.stored).toBeLessThan(8 * MIB);
});

/** Why a machine with such a disk cannot be made: its code. */
function refusal(page: Page, name: string): Promise<string | undefined> {
  return page.evaluate(async (keep) => {
    try {
      const machine = await Machine.create(
        await TestMachine.options({ disks: [{ size: 1024 * 1024, keep }] }),
      );
      await machine.dispose();
      return undefined;
    } catch (error) {
      return (error as InstanceType<typeof MachineError>).code;
    }
  }, name);
}

/** Changes bytes of the file of a kept disk, which is made if it is not there. */
function scribble(page: Page, name: string, writes: { at: number; bytes: number[] }[]) {
  return page.evaluate(
    async ([fileName, all]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('ringbox-disks', { create: true });
      const file = await folder.getFileHandle(fileName, { create: true });
      const writable = await file.createWritable({ keepExistingData: true });
      for (const { at, bytes } of all) {
        await writable.write({ type: 'write', position: at, data: Uint8Array.from(bytes) });
      }
      await writable.close();
    },
    [`${encodeURIComponent(name)}.ringdisk`, writes] as const,
  );
}

/** The bytes of the file of a kept disk, as a checksum. */
function fileChecksum(page: Page, name: string): Promise<string> {
  return page.evaluate(
    async (fileName) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('ringbox-disks');
      const file = await (await folder.getFileHandle(fileName)).getFile();
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
      return new Uint8Array(digest).join();
    },
    `${encodeURIComponent(name)}.ringdisk`,
  );
}

test('a disk belongs to one machine at a time, in whatever tab', async ({ guest, page }) => {
  await boot(guest, 'mine', MIB);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.waitForFunction(() => 'TestMachine' in globalThis);
  expect(await refusal(other, 'mine')).toBe('disk-in-use');
  expect(await refusal(other, 'yours')).toBeUndefined();
  await guest.dispose();
  expect(await refusal(other, 'mine')).toBeUndefined();
});

test('a file that is no kept disk, or no whole one, is refused and left alone', async ({
  page,
  guest,
}) => {
  await scribble(page, 'foreign', [{ at: 0, bytes: new Array(10_000).fill(65) }]);
  expect(await refusal(page, 'old')).toBeUndefined();
  // Version 2, in both superblocks; and a byte of both changed.
  await scribble(page, 'old', [
    { at: 8, bytes: [2] },
    { at: 4096 + 8, bytes: [2] },
  ]);
  expect(await refusal(page, 'damaged')).toBeUndefined();
  await scribble(page, 'damaged', [
    { at: 40, bytes: [1, 2, 3] },
    { at: 4096 + 40, bytes: [1, 2, 3] },
  ]);
  for (const [name, code] of [
    ['foreign', 'disk-foreign'],
    ['old', 'disk-version'],
    ['damaged', 'disk-damaged'],
  ]) {
    const before = await fileChecksum(page, name);
    expect(await refusal(page, name)).toBe(code);
    expect(await fileChecksum(page, name)).toBe(before);
  }
  // With one superblock the disk is as it was.
  await boot(guest, 'half', MIB);
  await guest.output('echo half of it > /dev/vdb; sync');
  await guest.dispose();
  await scribble(page, 'half', [{ at: 40, bytes: [1, 2, 3] }]);
  await boot(guest, 'half', MIB);
  expect(await guest.output('head -c 10 /dev/vdb')).toBe('half of it');
});

test('without room the guest gets an error and the page a message, and what was there stays', async ({
  guest,
  page,
}) => {
  await boot(guest);
  await guest.output('head -c 1000000 /dev/zero | tr "\\0" x | dd of=/dev/vdb conv=fsync');
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4 * MIB });
  const { output, status } = await guest.run(
    'dd if=/dev/urandom of=/dev/vdb bs=1M seek=1 count=8 conv=fsync 2>&1',
  );
  expect(output).toContain('error');
  expect(status).not.toBe(0);
  const errors = await page.evaluate(() => testMachine.errors);
  expect(errors.join()).toContain('takes no more');
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  expect(await guest.output('head -c 1000000 /dev/vdb | tr -d x | wc -c')).toBe('0');
  await guest.dispose();
  await boot(guest);
  expect(await guest.output('head -c 1000000 /dev/vdb | tr -d x | wc -c')).toBe('0');
});
