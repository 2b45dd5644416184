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
