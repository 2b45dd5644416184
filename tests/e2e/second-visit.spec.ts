import { expect, type Page, test } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { Deferred } from '../../src/machine/deferred.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { layoutShifts, watchLayoutShifts } from '../support/layout-shifts.ts';

// The page saves its machine when the guest rests; the next visit goes on with it.

const notice = (page: Page) => page.locator('#notice');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Waits until a machine is saved whose terminal shows `text`. */
async function untilSaved(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => localStorage.getItem('ringbox.saved-machine.root disk')?.includes(text),
    text,
  );
}

test('a machine goes on at the next visit, as it was left', async ({ page }) => {
  await watchLayoutShifts(page);
  await boot(page);
  await type(page, 'cd /tmp; MEMORY=remembered; echo saved-$((40 + 2))');
  await untilSaved(page, 'saved-42');
  expect(await layoutShifts(page)).toEqual([]);

  await test.step('it is told, and goes on', async () => {
    const manifest = new Deferred<void>();
    await page.context().route('**/guest/manifest.json', async (route) => {
      await manifest.promise;
      await route.continue();
    });
    await page.reload();
    await expect(page.locator('#loading')).toContainText(/It goes on as it was on .*\d/);
    await expectAccessible(page);
    manifest.resolve();
    await expect(notice(page)).toContainText('Your machine goes on');
    await expectAccessible(page);
    expect(await screen(page)).toContain('saved-42');
    expect(await layoutShifts(page)).toEqual([]);
    await type(page, 'pwd; echo $MEMORY-$((1 + 2))');
    await expect(notice(page)).toBeHidden();
    await expect.poll(() => screen(page)).toContain('\n/tmp\nremembered-3');
    const [guest, host] = [Number((await output(page, 'date +%s')).trim()), Date.now() / 1000];
    expect(Math.abs(guest - host)).toBeLessThan(30);
  });

  await test.step('it is started anew, if that is wanted, before or after', async () => {
    await page.context().unroute('**/guest/manifest.json');
    await page.goto('about:blank');
    await page.goto(BUILT_PAGE);
    await button(page, 'Start anew').click();
    await expect(notice(page)).toBeHidden();
    await untilPrompt(page);
    await expectForgotten(page);
  });

  await test.step('it boots when its disk is another since, and when the address says so', async () => {
    await type(page, 'MEMORY=again; echo saved-$((50 + 2))');
    await untilSaved(page, 'saved-52');
    await page.goto(`${BUILT_PAGE}?resume=no`);
    await untilPrompt(page);
    expect(await screen(page)).not.toContain('saved-52');
    // While its devices are watched, it is not saved.
    await button(page, 'Inspector').click();
    await output(page, 'echo changed > /root/file; sync');
    await page.goto(BUILT_PAGE);
    await untilPrompt(page);
    expect(await output(page, 'cat /root/file')).toBe('changed');
    await expectForgotten(page);
    await expect(notice(page)).toBeHidden();
  });
});

/** The shell has booted. */
async function expectForgotten(page: Page): Promise<void> {
  await type(page, 'echo "[$MEMORY]"');
  await expect.poll(() => screen(page)).toContain('\n[]');
}

/** What a command prints. */
async function output(page: Page, command: string): Promise<string> {
  return page.evaluate(async (command) => {
    const { output } = await window.ringbox.machine!.exec(command);
    return output.trim();
  }, command);
}
