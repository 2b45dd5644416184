import { expect, type Page, test } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { layoutShifts, watchLayoutShifts } from '../support/layout-shifts.ts';

// The lessons as a learner goes through them. What they say is held against the machine, which is read here by hand.

const panel = (page: Page) => page.getByRole('complementary', { name: 'Lessons' });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const told = (page: Page) => panel(page).locator('.lesson-told');
const verdict = (page: Page) => panel(page).locator('.lesson-verdict');
const press = (page: Page, name: string) =>
  panel(page).getByRole('button', { name, exact: true }).click();
const control = (page: Page, name: string) =>
  inspector(page).getByRole('button', { name, exact: true }).click();

/** The devices of Ringbox's own machine, by their places. */
const CONSOLE = 0;
const DISK = 1;

/** A queue as it is now: indices, and the last element of its used ring. */
function queueNow(page: Page, place: number, queue: number) {
  return page.evaluate(
    async ([device, number]) => {
      const machine = await window.ringbox.machine!.inspect();
      const found = machine.queue(device, number)!;
      const { size, published, usedRing } = found;
      const word = (at: number) => {
        const bytes = machine.bytes(at, 2);
        return bytes[0] + 256 * bytes[1];
      };
      const last = usedRing + 4 + 8 * ((published - 1) & (size - 1));
      const { usedEvent } = found.available;
      const waiting = found.inFlight.filter(({ state }) => state === 'notified').length;
      return { size, usedIndex: word(usedRing + 2), length: word(last + 4), usedEvent, waiting };
    },
    [place, queue],
  );
}

/** A step is there, the machine was looked at, and it is not done. */
async function begins(page: Page, title: string): Promise<void> {
  await expect(panel(page).getByRole('heading', { name: title, exact: true })).toBeFocused();
  const isQuestion = (await panel(page).locator('.lesson-form, .experiment').count()) > 0;
  if (!isQuestion) await expect(verdict(page)).not.toBeEmpty();
  await expect(verdict(page)).toHaveAttribute('data-done', 'false');
}

/** The step is done, and the next one comes. */
async function ends(page: Page, words: RegExp | string, next = 'Next'): Promise<void> {
  await expect(verdict(page)).toHaveAttribute('data-done', 'true', { timeout: 15_000 });
  await expect(verdict(page)).toContainText(words);
  await expect(panel(page).locator('.lessons-news')).toContainText('done.');
  await press(page, next);
}

async function answer(page: Page, text: string): Promise<void> {
  await panel(page).locator('.lesson-form input').fill(text);
  await press(page, 'Check');
}

/** Answers wrongly, and then as the machine is. */
async function answers(page: Page, wrong: string, right: string): Promise<void> {
  await answer(page, wrong);
  await expect(verdict(page)).not.toBeEmpty();
  await expect(verdict(page)).toHaveAttribute('data-done', 'false');
  await answer(page, right);
}

test('each lesson to its end, on a machine that runs', async ({ page }) => {
  await boot(page, '?keep=no');
  await page.getByRole('button', { name: 'Lessons', exact: true }).press('Enter');
  await expect(panel(page).getByRole('heading', { name: 'Lessons', exact: true })).toBeFocused();
  await expect(panel(page).locator('.lesson-card')).toHaveCount(6);
  await expectAccessible(page);

  await test.step('what a virtqueue is, with the inspector', async () => {
    await panel(page).getByRole('button', { name: 'Start' }).first().click();
    await begins(page, 'A table and two rings');
    await press(page, 'Open the inspector there');
    await expect(inspector(page)).toHaveAttribute('data-place', 'below');
    expect(await page.evaluate(() => window.ringbox.terminal.cols)).toBeGreaterThanOrEqual(80);
    await answers(page, '255', `${(await queueNow(page, DISK, 0)).size}`);
    await ends(page, '256 descriptors');

    await begins(page, 'Let it move');
    await type(page, 'dd if=/dev/vda of=/dev/null bs=4k count=20 iflag=direct');
    await expect(verdict(page)).toContainText(/went from \d+ to \d+\.$/);
    await expect(verdict(page)).toHaveAttribute('data-done', 'false');
    await press(page, 'Type it for me');
    await ends(page, /\d+ chains came back/);

    await begins(page, 'An index is not a place');
    const { usedIndex, size } = await queueNow(page, DISK, 0);
    await answers(page, `${(usedIndex + 9) % size}`, `${usedIndex % size}`);
    await ends(page, 'modulo 256');

    await begins(page, 'Stop the device');
    await control(page, 'Hold');
    await ends(page, 'Disk root is held.');

    await begins(page, 'The driver offers a chain');
    await type(page, 'dd if=/dev/vda of=/dev/null bs=4k skip=8 count=1 iflag=direct');
    await ends(page, 'Read 8 sectors from sector 64');

    await begins(page, 'The device does the work');
    // Linux may have written to its disk before.
    await expect(verdict(page)).toContainText(/waits|in their order/);
    await press(page, 'Do it for me');
    await ends(page, 'len 4097');

    await begins(page, 'And gives it back');
    await control(page, 'Publish one element');
    await expect(verdict(page)).toContainText('The disk is still held.');
    await expect(verdict(page)).toHaveAttribute('data-done', 'false');
    await expect(panel(page)).toContainText('Disk root is held.');
    await control(page, 'Release');
    await expect(panel(page).locator('.lesson-end')).toContainText('Everything that passes');
    await ends(page, '`dd` has ended'.replaceAll('`', ''), 'Next lesson');
    await expect(panel(page)).toContainText('Nothing is held.');
  });

  await test.step('one character to the console', async () => {
    await begins(page, 'Room for what will come');
    await press(page, 'Open the inspector there');
    await answers(page, '3', `${(await queueNow(page, CONSOLE, 0)).waiting}`);
    await ends(page, '256 chains');
    await begins(page, 'Hold the console');
    await control(page, 'Hold');
    await ends(page, 'The console is held.');
    await begins(page, 'A key goes into a buffer');
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type('q');
    await expect(verdict(page)).toHaveAttribute('data-done', 'false');
    await control(page, 'Take one chain');
    await ends(page, /holds “q”: its used element says len 1/);
    await begins(page, 'Linux answers');
    await control(page, 'Publish one element');
    await ends(page, '1 byte for the device to read: “q”');
    await begins(page, 'And it is seen');
    expect(await screen(page)).not.toMatch(/# q$/);
    await press(page, 'Do it for me');
    await ends(page, 'went through transmitq(port0)');
    expect(await screen(page)).toMatch(/# q\n*$/);
    await begins(page, 'What came back with it');
    await answers(page, '1', `${(await queueNow(page, CONSOLE, 1)).length}`);
    await ends(page, 'len 0', 'Next lesson');
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+U');
  });

  await test.step('one sector from the disk', async () => {
    await panel(page).getByRole('heading', { name: 'Ask for one sector' }).focus();
    await begins(page, 'Ask for one sector');
    await expect(verdict(page)).toContainText('The disk is not held');
    await press(page, 'Do it for me');
    await ends(page, 'Read 1 sector from sector 2');
    await begins(page, 'Three buffers');
    await answers(page, '4', '3');
    await ends(page, '16, 512, 1 bytes');
    await begins(page, 'Who may write where');
    await answers(page, '16', '513');
    await ends(page, '513');
    await begins(page, 'The sector comes');
    await press(page, 'Do it for me');
    await ends(page, 'VIRTIO_BLK_S_OK (0)');
    await begins(page, 'Read it yourself');
    await answer(page, 'ef 53');
    await expect(verdict(page)).toContainText('the other order');
    await answers(page, '00 00', '53 EF');
    await ends(page, '0xef53');
    await begins(page, 'Back to Linux');
    await press(page, 'Release');
    await ends(page, 'len 513', 'Next lesson');
  });

  await test.step('batches and fewer notifications', async () => {
    await panel(page).getByRole('heading', { name: 'Tell me when' }).focus();
    await begins(page, 'Tell me when');
    await untilPrompt(page);
    const { usedEvent } = await queueNow(page, DISK, 0);
    await answers(page, `${usedEvent + 5}`, `${usedEvent}`);
    await ends(page, 'used_event');
    await begins(page, 'Fewer interrupts than chains');
    await expect(verdict(page)).toContainText('0 chains');
    await press(page, 'Type it for me');
    await ends(page, /\d+ chains, \d+ doorbells, \d+ interrupts/);
    await untilPrompt(page);
    await panel(page).getByRole('heading', { name: 'Let them gather' }).focus();
    await begins(page, 'Let them gather');
    await press(page, 'Do it for me');
    await ends(page, /chains wait/);
    await begins(page, 'One interrupt for all');
    await expect(verdict(page)).toContainText('wait');
    await press(page, 'Do it for me');
    await ends(page, /in one step: \d+ chains, 1 interrupt\./);
    await begins(page, 'The other direction');
    await untilPrompt(page);
    const event = (await queueNow(page, DISK, 0)).usedIndex;
    await answers(page, `${event + 7}`, `${event}`);
    await ends(page, 'the last doorbell carried', 'Next lesson');
  });

  await test.step('interrupts and the ISR', async () => {
    await begins(page, 'A line');
    await answers(page, '9', '10');
    await ends(page, 'IRQ 10');
    await begins(page, 'Keep it from the driver');
    await press(page, 'Do it for me');
    await ends(page, 'withheld from now on');
    await begins(page, 'Back, and nobody knows');
    await press(page, 'Type it for me');
    await ends(page, 'ISR status is 0');
    await begins(page, 'Deliver it');
    await expect(verdict(page)).toContainText('One queue interrupt is withheld.');
    await press(page, 'Do it for me');
    await ends(page, 'The driver read ISR status 1');
    await begins(page, 'As before');
    await expect(verdict(page)).toContainText('still withheld');
    await untilPrompt(page);
    await press(page, 'Do it for me');
    await ends(page, /the ISR status was read \d+ times/, 'Next lesson');
  });

  await test.step('a driver that lies, by hand', async () => {
    const warnings: string[] = [];
    page.on('console', (message) => warnings.push(message.text()));
    const field = (name: string) => panel(page).getByLabel(name, { exact: true });
    const send = () => press(page, 'Notify the device');
    await panel(page).getByRole('heading', { name: 'An honest request' }).focus();
    await begins(page, 'An honest request');
    await expect(field('addr of descriptor 1')).toHaveValue('0x5000');
    await field('len of descriptor 1').fill('much');
    await send();
    await expect(told(page)).toContainText('len of descriptor 1 must be a whole number');
    await press(page, 'Honest again');
    await expect(field('len of descriptor 1')).toHaveValue('512');
    await expectAccessible(page);
    await send();
    await ends(page, 'id 0, len 513, and the status byte is 0');
    await begins(page, 'A buffer that is not there');
    await expect(field('addr of descriptor 1')).toHaveValue('0x5000');
    await send();
    await expect(verdict(page)).toContainText('All buffers lie in memory. The device served');
    await field('addr of descriptor 1').fill('0x3ff00');
    await send();
    await ends(page, 'After a reset it serves again.');
    await begins(page, 'A chain without end');
    await field('NEXT of descriptor 2').check();
    await field('next of descriptor 2').fill('1');
    await send();
    await ends(page, 'The device needs a reset');
    await begins(page, 'Answer before question');
    await send();
    await expect(verdict(page)).toHaveAttribute('data-done', 'false');
    await press(page, 'Show me');
    await ends(page, 'The device needs a reset');
    await begins(page, 'A mistake of another kind');
    await field('sector').fill('127');
    await send();
    await expect(verdict(page)).toContainText('The device served');
    await field('sector').fill('128');
    await send();
    expect(warnings.join()).toContain('ringbox: The scratch disk needs a reset: ');
    await press(page, 'Open Break it');
    const more = inspector(page).getByRole('tabpanel', { name: 'Break it' });
    await expect(more.getByRole('radio', { name: 'A disk' })).toBeChecked();
    await expect(
      more.getByRole('button', { name: 'A buffer begins where RAM ends.' }),
    ).toBeVisible();
    await ends(page, 'VIRTIO_BLK_S_IOERR', 'Finish');
  });

  await test.step('progress', async () => {
    await expect(panel(page).getByText('7 of 7 steps done')).toBeVisible();
    await expect(panel(page).getByRole('button', { name: 'Look again' })).toHaveCount(6);
    await panel(page).getByRole('button', { name: 'Look again' }).first().click();
    await press(page, 'Restart');
    await begins(page, 'A table and two rings');
    await press(page, 'All lessons');
    await expect(panel(page).getByRole('button', { name: 'Start' })).toHaveCount(1);
  });
});

test('a link leads to a step of a lesson, with the machine as that needs it', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await watchLayoutShifts(page);
  await page.goto(`${BUILT_PAGE}?keep=no&lesson=one-sector.take`);
  await expect(panel(page).getByRole('heading', { name: 'The sector comes' })).toBeVisible();
  await expect(verdict(page)).toContainText(/waits|in their order/);
  await expect(panel(page)).toContainText('Disk root is held.');
  expect(await layoutShifts(page)).toEqual([]);

  const link = `${BUILT_PAGE}?keep=no&lesson=one-sector.take&inspect=vda.0.queue`;
  await test.step('that can be copied for others', async () => {
    await press(page, 'Copy link');
    await expect(told(page)).toHaveText('The link to this step was copied.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  });

  await test.step('progress is kept, and the address does not lead back', async () => {
    await press(page, 'Do it for me');
    await ends(page, 'VIRTIO_BLK_S_OK (0)');
    await begins(page, 'Read it yourself');
    expect(page.url()).toBe(`${BUILT_PAGE}?keep=no`);
    await page.reload();
    await expect(panel(page).getByRole('heading', { name: 'Read it yourself' })).toBeVisible();
    await expect(panel(page).getByText('Step 5 of 6')).toBeVisible();
  });

  await test.step('the link opens the inspector as well', async () => {
    await page.goto(link.replace(/queue$/, 'nowhere'));
    await expect(verdict(page)).toHaveText('Done.');
    // What it asks for that there is not is told; the rest is done.
    await expect(page.locator('#notice')).toContainText('a view “nowhere” of the inspector');
    const flight = inspector(page).getByRole('grid', { name: 'In flight' });
    await expect(flight).toContainText('Read 1 sector from sector 2');
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('lessons are below the terminal, and a link types nothing unasked', async ({ page }) => {
    const run = 'echo linked-$((40 + 2))';
    const lesson = 'virtqueue.nothing';
    const parameters = new URLSearchParams({ keep: 'no', lesson, hold: 'rng', run });
    await page.goto(`${BUILT_PAGE}?${parameters}&inspect=rng.0.device`);
    const question = page.getByRole('dialog', { name: 'Type this command?' });
    await expect(question).toContainText(run);
    expect(await screen(page)).not.toContain('echo');
    await question.getByRole('button', { name: 'Type it' }).tap();
    await expect.poll(() => screen(page)).toContain('\nlinked-42');
    await expect(inspector(page)).toBeHidden();
    await expect(panel(page)).toHaveAttribute('data-place', 'below');
    await expect(page.locator('#notice')).toContainText('has none of that name');
    await page.getByRole('button', { name: 'Go to the lessons' }).tap();
    await expect(page.locator('#notice')).toBeHidden();
    await expect(panel(page).getByRole('heading', { name: 'Lessons' })).toBeFocused();
    await expect(panel(page)).toContainText('The random number generator is held.');
    await press(page, 'Release');
    await expect(panel(page)).toContainText('Nothing is held.');
    await expectAccessible(page);
    // There is room for one of both, and a way back.
    await press(page, 'Open the inspector there');
    await expect(panel(page)).toBeHidden();
    await expectAccessible(page);
    await control(page, 'Back to Lessons');
    await expect(panel(page).getByRole('heading', { name: 'Lessons' })).toBeFocused();
    await expect(inspector(page)).toBeHidden();
  });
});
