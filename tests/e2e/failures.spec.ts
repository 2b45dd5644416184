import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { projectDirectory } from '../../guest/build/paths.ts';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { PlainHost } from '../support/plain-host.ts';

// What a visitor is told when something does not come, or breaks; and that there is a way on.

const notice = (page: Page) => page.locator('#notice');
const button = (page: Page, name: string) => notice(page).getByRole('button', { name });

test.describe('without a service worker, which has all parts once the guest is at rest', () => {
  test.use({ serviceWorkers: 'block' });

  test('a page whose parts do not come says so, and comes when they do', async ({ page }) => {
    await test.step('its script: there is nobody to tell but the page as it lies at the host', async () => {
      await page.route('**/assets/index-*.js', (route) => route.abort());
      await page.goto(BUILT_PAGE);
      const late = page.locator('#loading-late');
      await expect(late).toBeHidden();
      await page.evaluate(() => {
        for (const animation of document.getAnimations()) animation.finish();
      });
      await expect(late).toBeVisible();
      await expectAccessible(page);
      await page.unroute('**/assets/index-*.js');
    });

    await test.step('and what that loads', async () => {
      await page.route('**/assets/page-*.js', (route) => route.abort());
      await page.getByRole('link', { name: 'load it again' }).click();
      await expect(notice(page)).toContainText('The page could not be opened');
      await expect(notice(page)).toContainText('Check the connection');
      await expect(page.locator('#loading')).toBeHidden();
      await expect(page.locator('html')).toHaveAttribute('data-state', 'error');
      await expectAccessible(page);
      await page.unroute('**/assets/page-*.js');
      await button(page, 'Reload').click();
      await untilPrompt(page);
      await expect(notice(page)).toBeHidden();
    });

    await test.step('a panel says so while the machine goes on, and is there after a reload', async () => {
      await page.route('**/assets/help-*.js', (route) => route.abort());
      await page.getByRole('button', { name: 'Help', exact: true }).click();
      const help = page.getByRole('complementary', { name: 'Help' });
      await expect(help.getByRole('alert')).toContainText('could not be opened');
      await expect(help).toContainText('Check the connection');
      await expectAccessible(page);
      await type(page, 'echo still-$((6 * 7))');
      await expect.poll(() => screen(page)).toContain('\nstill-42');
      await page.unroute('**/assets/help-*.js');
      page.once('dialog', (dialog) => dialog.accept());
      await help.getByRole('button', { name: 'Reload' }).click();
      await expect(help.getByRole('heading', { name: 'Keyboard' })).toBeVisible();
    });
  });
});

test('what fails unforeseen is told, with a way on and with details', async ({ page, context }) => {
  await boot(page);
  await test.step('an error that nobody has caught', async () => {
    await page.evaluate(() => {
      setTimeout(() => {
        throw new RangeError('thrown on purpose');
      });
    });
    await expect(notice(page)).toContainText('Something on this page has failed');
    await expect(notice(page)).toContainText('thrown on purpose');
    await expect(button(page, 'Reload')).toBeVisible();
    const details = notice(page).locator('pre');
    await expect(details).toBeHidden();
    await notice(page).getByText('Details').click();
    await expect(details).toContainText('RangeError: thrown on purpose');
    await expectAccessible(page);
    await button(page, 'Close this message').click();
    await expect(notice(page)).toBeHidden();
    await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  });

  await test.step('a promise that nobody hears, over what was told before', async () => {
    await type(page, 'poweroff');
    await expect(notice(page)).toContainText('The guest has powered off');
    await page.evaluate(() => void Promise.reject(new Error('rejected on purpose')));
    await expect(notice(page)).toContainText('rejected on purpose');
    await button(page, 'Close this message').click();
    await expect(notice(page)).toContainText('The guest has powered off');
    await button(page, 'Start again').click();
    await untilPrompt(page);
  });

  await test.step('a clipboard that takes nothing, until it does', async () => {
    await page.evaluate(() => {
      const refuse = () => Promise.reject(new DOMException('Not allowed', 'NotAllowedError'));
      Object.defineProperty(navigator.clipboard, 'writeText', {
        value: refuse,
        configurable: true,
      });
      window.ringbox.terminal.selectAll();
    });
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+C');
    await expect(notice(page)).toContainText('Nothing was copied');
    await expectAccessible(page);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => Reflect.deleteProperty(navigator.clipboard, 'writeText'));
    await button(page, 'Try again').click();
    await expect(notice(page)).toBeHidden();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('# ');
  });
});

test('a guest that does not come whole never starts, and a visitor reads what helps', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbox-host-'));
  cpSync(join(projectDirectory, 'dist'), folder, { recursive: true });
  const host = await PlainHost.start(folder);
  try {
    const guest = join(folder, 'guest');
    // The kernel the service worker has from the first try on.
    const rootDisk = join(guest, readdirSync(guest).find((name) => name.startsWith('rootfs'))!);
    const whole = readFileSync(rootDisk);
    // A name of this computer that the page does not take for its reader's own.
    const address = host.address.replace('localhost', 'visitor.localhost');

    await test.step('damaged', async () => {
      writeFileSync(rootDisk, whole.with(0, whole[0] ^ 1));
      await page.goto(address);
      await expect(notice(page)).toContainText('Root disk could not be loaded');
      await expect(notice(page)).toContainText('not what was built');
      expect((await screen(page)).trim()).toBe('');
      writeFileSync(rootDisk, whole);
    });

    await test.step('broken off in the middle', async () => {
      host.breakOff = /^guest\/rootfs/;
      await button(page, 'Try again').click();
      await expect(notice(page)).toContainText('the connection broke in the middle');
      await expect(notice(page)).toContainText('Check the connection, then try again.');
      host.breakOff = null;
    });

    await test.step('not there', async () => {
      rmSync(rootDisk);
      await button(page, 'Try again').click();
      await expect(notice(page)).toContainText('is missing');
      await expect(notice(page)).not.toContainText('npm');
      writeFileSync(rootDisk, whole);
    });

    await test.step('and whole', async () => {
      await button(page, 'Try again').click();
      await untilPrompt(page);
      await expect(notice(page)).toBeHidden();
    });
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true });
  }
});
