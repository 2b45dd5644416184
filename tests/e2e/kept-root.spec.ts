import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { prepareGuest } from '../../guest/build/index.ts';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { fetchAlone } from '../support/fetch-alone.ts';

// The page's own root disk, whose changes are kept in the browser.

const notice = (page: Page) => page.locator('#notice');
const kept = (page: Page) => page.locator('#kept');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Runs a command that must succeed. */
async function run(page: Page, command: string): Promise<void> {
  await type(page, `${command} && echo done-$((40 + 2))`);
  await expect.poll(() => screen(page)).toContain('done-42');
}

const writeNote = (page: Page) => run(page, 'echo a note of mine > /root/note && sync');

async function expectNote(page: Page): Promise<void> {
  await type(page, 'cat /root/note');
  await expect.poll(() => screen(page)).toContain('\na note of mine');
}

async function expectNoNote(page: Page): Promise<void> {
  await type(page, 'test -e /root/note || echo no note, $((2 * 21)) times');
  await expect.poll(() => screen(page)).toContain('\nno note, 42 times');
}

/** Asks for the fresh disk and confirms. @param name of the button that asks */
async function takeFreshDisk(page: Page, name: string): Promise<void> {
  // Until there is another machine, the prompt of the one before is there.
  const before = await page.evaluateHandle(() => window.ringbox.machine);
  await button(page, name).click();
  await button(page, 'Delete the changes').click();
  await page.waitForFunction((ended) => ![null, ended].includes(window.ringbox.machine), before);
  await untilPrompt(page);
}

/** The files of a folder of the page's private storage. */
function storedFiles(page: Page, folder: string): Promise<string[]> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getDirectoryHandle(name);
    const files: string[] = [];
    for await (const file of handle.keys()) files.push(file);
    return files;
  }, folder);
}

/** Leaves the machine for a page of the same origin, and waits until the disk is free. */
async function leave(page: Page): Promise<void> {
  await page.goto(`${BUILT_PAGE}favicon.svg`);
  await page.evaluate(() => navigator.locks.request('ringbox disk root disk', () => {}));
}

const MOTTO = 'a Linux machine in a browser tab';
const NEWER_MOTTO = 'a newer machine in a browser tab';

/** From here on the page has a newer root disk. */
async function bringNewerDisk(page: Page): Promise<void> {
  const { rootfsCompressed } = await prepareGuest();
  const image = gunzipSync(readFileSync(rootfsCompressed));
  image.write(NEWER_MOTTO, image.indexOf(MOTTO));
  const body = gzipSync(image);
  const sha256 = createHash('sha256').update(body).digest('hex');
  // Of the whole context: after the first visit the service worker asks, not the page.
  await page.context().route('**/guest/manifest.json', async (route) => {
    const response = await fetchAlone(route);
    const manifest = await response.json();
    const newer = { url: 'guest/rootfs-newer', version: 'newer', size: body.length, sha256 };
    Object.assign(manifest.rootfs, newer);
    await route.fulfill({ response, json: manifest });
  });
  await page.route('**/guest/rootfs-newer', (route) => route.fulfill({ body }));
}

test('what was synced survives a reload, and the page says so', async ({ page }) => {
  await boot(page);
  await writeNote(page);
  await page.reload();
  await untilPrompt(page);
  await expectNote(page);
  await expect(kept(page)).toContainText(/^\s*\d+\.\d [kM]B of changes kept in this browser/);
  await expect(page.locator('#kept-announcement')).toHaveText(/are kept in this browser/);
});

test('tells how much was changed, as it grows', async ({ page }) => {
  await boot(page);
  await run(page, 'dd if=/dev/urandom of=/root/much bs=1M count=5 && sync');
  await expect(page.locator('#kept-amount')).toHaveText(/^[56]\.\d MB$/);
  for (const width of [1280, 1024, 900, 640, 500, 390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    const cutOff = await page
      .locator('.status')
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(cutOff, `pixels of the status line that ${width} have no room for`).toBe(0);
    await expect(button(page, 'Fresh disk')).toBeInViewport({ ratio: 1 });
  }
});

test('brings back the fresh disk, but asks before', async ({ page }) => {
  await boot(page);
  await writeNote(page);
  const dialog = page.getByRole('dialog', { name: 'Start with a fresh disk?' });
  await button(page, 'Fresh disk').focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('deleted for good');
  await expect(button(page, 'Cancel')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button(page, 'Fresh disk')).toBeFocused();
  await expectNote(page);
  await takeFreshDisk(page, 'Fresh disk');
  await expectNoNote(page);
  await expect(kept(page)).toContainText('kept in this browser');
});

test.describe('a second tab', () => {
  test('is refused, and gets the disk when the first is closed', async ({ page, context }) => {
    await boot(page);
    await writeNote(page);
    const second = await context.newPage();
    await second.goto(BUILT_PAGE);
    await expect(notice(second)).toContainText('This disk is open in another tab');
    await expect(kept(second)).toBeHidden();
    await page.close();
    await button(second, 'Try again').click();
    await expect(notice(second)).toBeHidden();
    await untilPrompt(second);
    await expectNote(second);
  });

  test('can use a disk of which nothing is kept', async ({ page, context }) => {
    await boot(page);
    await writeNote(page);
    const second = await context.newPage();
    await second.goto(BUILT_PAGE);
    await button(second, 'Use without keeping').click();
    await expect(notice(second)).toBeHidden();
    await untilPrompt(second);
    await expectNoNote(second);
    await expect(kept(second)).toContainText('changes are not kept');
    await expect(button(second, 'Fresh disk')).toBeHidden();
    await page.bringToFront();
    await page.locator('.xterm-helper-textarea').focus();
    await expectNote(page);
  });
});

test('a newer root disk leaves the changes on theirs, until the fresh one is wanted', async ({
  page,
}) => {
  await boot(page);
  await writeNote(page);
  await bringNewerDisk(page);
  await page.reload();
  await untilPrompt(page);
  await expectNote(page);
  expect(await screen(page)).toContain(MOTTO);
  await expect(kept(page)).toContainText('of changes kept, on an earlier disk');
  await takeFreshDisk(page, 'Newer disk');
  expect(await screen(page)).toContain(NEWER_MOTTO);
  await expectNoNote(page);
  await expect(kept(page)).toContainText('of changes kept in this browser');
  await expect.poll(() => storedFiles(page, 'ringbox-images')).toEqual(['newer']);
});

test.describe('without keeping', () => {
  test('?keep=no starts on the fresh disk, and leaves what is kept alone', async ({ page }) => {
    await boot(page);
    await writeNote(page);
    await boot(page, '?keep=no');
    await expectNoNote(page);
    await expect(kept(page)).toContainText('changes are not kept');
    await run(page, 'echo another note > /root/note && sync');
    await boot(page);
    await expectNote(page);
  });

  test('a browser without storage runs the machine all the same', async ({ page }) => {
    await page.addInitScript(() => {
      StorageManager.prototype.getDirectory = () =>
        Promise.reject(new DOMException('no storage', 'SecurityError'));
    });
    await boot(page);
    await expect(kept(page)).toContainText('changes cannot be kept here');
    await expect(page.locator('#kept-announcement')).toContainText('gives the page no storage');
    await expect(button(page, 'Fresh disk')).toBeHidden();
  });

  test('nor does a browser whose storage is full', async ({ page }) => {
    await page.addInitScript(() => {
      FileSystemFileHandle.prototype.createWritable = () =>
        Promise.reject(new DOMException('no room', 'QuotaExceededError'));
    });
    await boot(page);
    await expect(kept(page)).toContainText('changes cannot be kept here');
  });
});

test.describe('what cannot be used', () => {
  test('a file that is no disk stays, until the fresh disk is wanted', async ({ page }) => {
    await boot(page);
    await leave(page);
    const damage = () =>
      page.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        const folder = await root.getDirectoryHandle('ringbox-disks');
        for await (const handle of folder.values()) {
          const writing = await (handle as FileSystemFileHandle).createWritable();
          await writing.write('something else '.repeat(1000));
          await writing.close();
        }
      });
    await damage();
    await page.goto(BUILT_PAGE);
    await expect(notice(page)).toContainText('cannot be opened');
    await expect(notice(page)).toContainText('left as it is');
    await button(page, 'Use without keeping').click();
    await expect(notice(page)).toBeHidden();
    await untilPrompt(page);
    await page.reload();
    await expect(notice(page)).toContainText('cannot be opened');
    await takeFreshDisk(page, 'Fresh disk');
    await expect(kept(page)).toContainText('kept in this browser');
  });

  test('changes whose image is gone are not put on another', async ({ page }) => {
    await boot(page);
    await leave(page);
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry('ringbox-images', { recursive: true });
    });
    await bringNewerDisk(page);
    await page.goto(BUILT_PAGE);
    await expect(notice(page)).toContainText('The root disk with your changes cannot be used');
    await expect(notice(page)).toContainText('was changed on');
    await takeFreshDisk(page, 'Fresh disk');
    expect(await screen(page)).toContain(NEWER_MOTTO);
  });
});
