import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { layoutShifts, watchLayoutShifts } from '../support/layout-shifts.ts';

// The terminal and the panels around it: by keyboard alone, on a phone, for a screen reader; and
// nothing moves by itself.

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const panel = (page: Page, name: string) => page.getByRole('complementary', { name });
const terminal = (page: Page) => page.getByRole('textbox', { name: /^Terminal of the machine/ });
const columns = (page: Page) => page.evaluate(() => window.ringbox.terminal.cols);
const ROUNDS = 'Control+Shift+L';

declare global {
  var letGo: () => void;
}

/**
 * Lets an answer wait after the next navigation. In the page itself: a service worker may give it without the network.
 * @returns what lets it go
 */
async function hold(page: Page, path: string): Promise<() => Promise<void>> {
  await page.addInitScript((held) => {
    const waiting = new Promise<void>((resolve) => {
      globalThis.letGo = resolve;
    });
    const { fetch } = globalThis;
    globalThis.fetch = async (input, options) => {
      const { href } = new URL(input instanceof Request ? input.url : input, document.baseURI);
      if (href.endsWith(held)) await waiting;
      return fetch(input, options);
    };
  }, path);
  return () => page.evaluate(() => globalThis.letGo());
}

test('panels stay where they were, by keyboard alone, and nothing else moves', async ({ page }) => {
  await watchLayoutShifts(page);
  await boot(page);
  const alone = await columns(page);
  expect(await layoutShifts(page)).toEqual([]);
  await expectAccessible(page);

  await test.step('colours of the visitor’s system leave all that is told by a filling', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    const light = page.locator('#disk-light');
    const shown = async (lit: boolean) => {
      await light.evaluate((element, on) => element.classList.toggle('lit', on), lit);
      return light.screenshot();
    };
    // The guest may use its disk between the two, which sets the light itself.
    await expect.poll(async () => (await shown(false)).equals(await shown(true))).toBe(false);
    const cursor = (await page.locator('.xterm-cursor').boundingBox())!;
    const emptyCell = await page.screenshot({
      clip: { ...cursor, x: cursor.x + 5 * cursor.width },
    });
    expect(emptyCell.equals(await page.screenshot({ clip: cursor }))).toBe(false);
    await page.emulateMedia({ forcedColors: 'none' });
  });

  await test.step('rounds lead out of the terminal and back', async () => {
    await expect(terminal(page)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(terminal(page)).toBeFocused();
    await page.keyboard.press(ROUNDS);
    await expect(button(page, 'Pause')).toBeFocused();
    await page.keyboard.press(ROUNDS);
    await expect(terminal(page)).toBeFocused();
  });

  await test.step('a panel opens beside the terminal, and the guest hears of it', async () => {
    await button(page, 'Help').press('Enter');
    await expect(panel(page, 'Help').getByRole('heading', { name: 'Help' })).toBeFocused();
    await expect(button(page, 'Help')).toHaveAttribute('aria-expanded', 'true');
    await expect.poll(() => columns(page)).toBeLessThan(alone);
    const rows = await page.evaluate(() => window.ringbox.terminal.rows);
    await page.keyboard.press(ROUNDS);
    await page.keyboard.press(ROUNDS);
    await type(page, 'stty size');
    await expect.poll(() => screen(page)).toContain(`\n${rows} ${await columns(page)}\n`);
    await expectAccessible(page);
  });

  await test.step('its edge moves by arrows', async () => {
    const edge = page.getByRole('separator', { name: 'Width of the panel Help' });
    await edge.focus();
    const width = () => edge.getAttribute('aria-valuenow').then(Number);
    expect(await width()).toBe(352);
    await page.keyboard.press('ArrowLeft');
    expect(await width()).toBe(368);
    await page.keyboard.press('Shift+ArrowRight');
    expect(await width()).toBe(288);
    await page.keyboard.press('Home');
    expect(await width()).toBe(256);
    await page.keyboard.press('Enter');
    expect(await width()).toBe(352);
  });

  await test.step('and by mouse, below the terminal as well', async () => {
    await button(page, 'Move below the terminal').click();
    await expect.poll(() => columns(page)).toBe(alone);
    const edge = page.getByRole('separator', { name: 'Height of the panel Help' });
    const { x, y } = (await edge.boundingBox())!;
    await page.mouse.move(x + 100, y + 4);
    await page.mouse.down();
    await page.mouse.move(x + 100, y - 76, { steps: 4 });
    await page.mouse.up();
    await expect(edge).toHaveAttribute('aria-valuenow', '400');
    await expect(button(page, 'Move beside the terminal')).toBeFocused();
  });

  await test.step('another takes its place; the first waits where it was', async () => {
    await button(page, 'Disks').click();
    await button(page, 'Move below the terminal').click();
    await expect(panel(page, 'Help')).toBeHidden();
    await expect(button(page, 'Help')).toHaveAttribute('aria-expanded', 'false');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(button(page, 'Disks')).toBeFocused();
    await button(page, 'Disks').press('Enter');
  });

  await test.step('all of it is there after a reload, before anything is loaded', async () => {
    const go = await hold(page, '/guest/manifest.json');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-state', 'loading');
    await expect(panel(page, 'Disks')).toBeVisible();
    await expect(button(page, 'Disks')).toHaveAttribute('aria-expanded', 'true');
    // Whatever is known by now stays where it is when the machine comes with its disk.
    await expect(page.locator('#disks-body')).toHaveAttribute('data-looked', 'true');
    await expect(panel(page, 'Disks')).toContainText('The machine is on its way.');
    await expectAccessible(page);
    // Less motion was asked for by then.
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await go();
    await untilPrompt(page);
    await expect(panel(page, 'Disks').locator('.disk-card')).toContainText('Changed');
    expect(await layoutShifts(page)).toEqual([]);
    await button(page, 'Help').click();
    await expect(panel(page, 'Help')).toHaveAttribute('data-place', 'below');
    expect((await panel(page, 'Help').boundingBox())?.height).toBe(400);
  });

  await test.step('dialogs and messages', async () => {
    await button(page, 'Start another machine').click();
    await expectAccessible(page);
    await page.keyboard.press(ROUNDS);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await button(page, 'Fresh disk').click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await type(page, 'poweroff');
    await expect(page.locator('#notice')).toContainText('powered off');
    await expectAccessible(page);
    await terminal(page).focus();
    await page.keyboard.press(ROUNDS);
    await expect(button(page, 'Start again')).toBeFocused();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  const key = (page: Page, name: string) =>
    page.getByRole('group', { name: 'Keys for the terminal' }).getByRole('button', { name });

  /** What is covered by a keyboard on the screen, which no browser without one has. */
  const cover = (page: Page, pixels: number) =>
    page.evaluate((covered) => {
      const { clientHeight } = document.documentElement;
      Object.defineProperty(visualViewport, 'height', {
        value: clientHeight - covered,
        configurable: true,
      });
      visualViewport!.dispatchEvent(new Event('resize'));
    }, pixels);

  test('has keys below the terminal, and a panel below them', async ({ page }) => {
    await watchLayoutShifts(page);
    await boot(page);
    expect(await layoutShifts(page)).toEqual([]);
    await expectAccessible(page);

    await test.step('keys that leave the keyboard on the screen where it is', async () => {
      await type(page, 'echo the first-$((40 + 2))');
      await expect.poll(() => screen(page)).toContain('\nthe first-42');
      await key(page, 'Up').tap();
      await key(page, 'Vertical bar').tap();
      await page.keyboard.type('tr a-z A-Z');
      await page.keyboard.press('Enter');
      await expect.poll(() => screen(page)).toContain('\nTHE FIRST-42');
      await expect(terminal(page)).toBeFocused();
    });

    await test.step('Ctrl and Alt are for the next key', async () => {
      await type(page, 'cat');
      await key(page, 'Ctrl').tap();
      await expect(key(page, 'Ctrl')).toHaveAttribute('aria-pressed', 'true');
      await page.keyboard.type('d');
      await expect(key(page, 'Ctrl')).toHaveAttribute('aria-pressed', 'false');
      await type(page, 'echo back-$((1 + 1))');
      await expect.poll(() => screen(page)).toContain('\nback-2');
    });

    await test.step('a keyboard on the screen covers nothing of the page', async () => {
      await button(page, 'Disks').tap();
      await terminal(page).focus();
      await cover(page, 336);
      const disks = panel(page, 'Disks');
      await expect.poll(async () => (await disks.boundingBox())!.y).toBeLessThan(300);
      const { y, height } = (await disks.boundingBox())!;
      expect(y + height).toBeLessThanOrEqual(844 - 336);
      await expect(key(page, 'Esc')).toBeVisible();
      await expectAccessible(page);
    });

    await test.step('what there is no room for makes room for who types', async () => {
      await cover(page, 560);
      await expect(panel(page, 'Disks')).toBeHidden();
      await expect(terminal(page)).toBeFocused();
      await cover(page, 0);
      await expect(panel(page, 'Disks')).toBeVisible();
    });

    await test.step('one panel at a time', async () => {
      await button(page, 'Help').tap();
      await expect(panel(page, 'Disks')).toBeHidden();
      await page.getByRole('radio', { name: 'Never' }).check();
      await expect(key(page, 'Esc')).toBeHidden();
      await expectAccessible(page);
      await button(page, 'Close the panel').tap();
      await expect(panel(page, 'Disks')).toBeHidden();
    });
  });

  test('can be read aloud', async ({ page }) => {
    await boot(page);
    await page.keyboard.press(ROUNDS);
    await page.getByRole('button', { name: 'Have the terminal read aloud' }).press('Enter');
    await type(page, 'echo read by $((3 * 3)) ears');
    await expect(page.getByRole('list').getByText('read by 9 ears')).toBeVisible();
    await expectAccessible(page);
    await page.reload();
    await untilPrompt(page);
    const aloud = page.getByRole('button', { name: 'Have the terminal read aloud' });
    await expect(aloud).toHaveAttribute('aria-pressed', 'true');
  });
});
