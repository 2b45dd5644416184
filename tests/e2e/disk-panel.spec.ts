import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';

// The panel of disks, and a second tab that wants a disk which another has.

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Disks' });
const card = (page: Page, name: string) =>
  panel(page).locator('.disk-card').filter({ hasText: name });

/** Runs a command that must succeed. */
async function run(page: Page, command: string): Promise<void> {
  await type(page, `${command} && echo done-$((40 + 2))`);
  await expect.poll(() => screen(page)).toContain('done-42');
}

test('creates, attaches, imports, exports and deletes disks', async ({ page }) => {
  // Without a picker, which nobody could answer here, exports are downloads.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await boot(page);
  const columns = () => page.evaluate(() => window.ringbox.terminal.cols);
  const before = await columns();

  await test.step('by keyboard, beside the terminal', async () => {
    await page.keyboard.press('Control+Shift+L');
    await button(page, 'Disks').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Disks', exact: true })).toBeFocused();
    await expect(button(page, 'Disks')).toHaveAttribute('aria-expanded', 'true');
    await expect.poll(columns).toBeLessThan(before);
    await expect(card(page, 'vda')).toContainText('Ringbox’s own root disk');
  });

  await test.step('tells what flows', async () => {
    await run(page, 'dd if=/dev/urandom of=/root/much bs=1M count=5 && sync');
    await expect(card(page, 'vda')).toContainText(/Writes\d+\.\d [kM]B\/s/);
    await expect(card(page, 'vda')).toContainText(/Changed[56]\.\d MB/);
  });

  await test.step('an empty disk, once there is nothing wrong with it', async () => {
    await page.getByLabel('Name', { exact: true }).fill('root disk');
    await button(page, 'Create empty disk').click();
    await expect(page.getByRole('alert').filter({ hasText: 'already' })).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('data');
    await page.getByLabel('Size', { exact: true }).fill('2');
    await page.getByLabel('Name', { exact: true }).press('Enter');
    await expect(card(page, 'data')).toContainText('Size2 GiB');
  });

  await test.step('attaches it to the machine, where the guest has to look for it', async () => {
    await button(page, 'Attach data').click();
    await expect(card(page, 'vdb')).toContainText('The guest does not see it yet');
    await button(page, 'Type the command vdb').click();
    await page.keyboard.press('Enter');
    await expect(card(page, 'vdb')).not.toContainText('does not see it yet');
    await type(page, 'echo of $(cat /sys/block/vdb/size) sectors');
    await expect.poll(() => screen(page)).toContain('of 4194304 sectors');
    await button(page, 'Grow vdb').click();
    await page.getByLabel('New size', { exact: true }).fill('3');
    await page.keyboard.press('Enter');
    await expect(card(page, 'vdb')).toContainText('Size3 GiB');
  });

  await test.step('detaches it, but asks before', async () => {
    await type(page, 'echo 1 > /sys/block/vdb/device/../remove');
    await button(page, 'Detach vdb').click();
    await expect(page.getByRole('dialog', { name: 'Detach vdb?' })).toContainText('Unmount it');
    await page.getByRole('dialog').getByRole('button', { name: 'Detach vdb' }).click();
    await expect(card(page, 'vdb')).toHaveCount(0);
    await expect(card(page, 'data')).toContainText('Size3 GiB');
  });

  await test.step('disks of images that are dropped', async () => {
    const image = gzipSync(Buffer.alloc(1024 * 1024, 'of an image in gzip '));
    await page.evaluate(
      async (bytes) => {
        const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(bytes)], 'photos.img.gz'));
        files.items.add(new File(['no whole sector'], 'broken.img'));
        const drop = { dataTransfer: files, cancelable: true, bubbles: true };
        document.querySelector('#kept-disks')!.dispatchEvent(new DragEvent('drop', drop));
      },
      [...image],
    );
    await expect(
      page.getByRole('alert').filter({ hasText: 'broken.img has 15 bytes' }),
    ).toBeVisible();
    await expect(page.locator('#panel-announcement')).toHaveText('Imported as “photos”.');
    await expect(card(page, 'photos')).toContainText('Size1 MiB');
    await expect(page.locator('#sheet')).toBeHidden();
  });

  await test.step('a file of a disk', async () => {
    await button(page, 'Export photos').click();
    await page.getByLabel('Raw image', { exact: true }).check();
    const download = page.waitForEvent('download');
    await page.getByLabel('Raw image', { exact: true }).press('Enter');
    expect((await download).suggestedFilename()).toBe('photos.img');
    const path = await (await download).path();
    expect(readFileSync(path).equals(Buffer.alloc(1024 * 1024, 'of an image in gzip '))).toBe(true);
    await expect(button(page, 'Export photos')).toBeFocused();
  });

  await test.step('deletes, but asks before', async () => {
    await button(page, 'Delete data').click();
    const dialog = page.getByRole('dialog', { name: 'Delete “data”?' });
    await expect(dialog).toContainText('deleted for good');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await button(page, 'Delete data').click();
    await button(page, 'Delete the disk').click();
    await expect(card(page, 'data')).toHaveCount(0);
    await expect(card(page, 'photos').getByRole('button').first()).toBeFocused();
  });

  await test.step('closes, and gives the terminal its room back', async () => {
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
    await expect(button(page, 'Disks')).toBeFocused();
    await expect.poll(columns).toBe(before);
  });
});

test('a second tab looks at the disk of the first, and makes a copy', async ({ page, context }) => {
  await boot(page);
  await run(page, 'echo a note of mine > /root/note && sync');
  const second = await context.newPage();
  await second.goto(BUILT_PAGE);
  await button(second, 'Look at it').click();
  await untilPrompt(second);
  await expect(second.locator('#kept')).toContainText('nothing is kept');
  await type(second, 'cat /root/note && echo changed > /root/note && sync');
  await expect.poll(() => screen(second)).toContain('\na note of mine');
  await second.goto(BUILT_PAGE);
  await button(second, 'Make a copy').click();
  await untilPrompt(second);
  await run(second, 'grep mine /root/note && echo of the copy > /root/note && sync');
  await expect(second).toHaveURL(/[?]root=root\+disk\+%28copy%29$/);
  await expect(second.locator('#kept')).toContainText('of changes kept, on a copy');
  await page.bringToFront();
  await type(page, 'cat /root/note; echo');
  await expect.poll(() => screen(page)).toContain('\na note of mine');
});
