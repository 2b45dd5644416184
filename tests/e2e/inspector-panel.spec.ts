import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';

// The inspector as a visitor sees it, held against the guest's memory, which is read here by hand.

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const tab = (page: Page, name: string) => panel(page).getByRole('tab', { name, exact: true });
const explanation = (page: Page) => panel(page).getByRole('note');

/** The root disk, after the console; and its queue that Linux uses. */
const PLACE = 1;
const QUEUE = 0;

/** The cells of a table's rows that can be seen. */
function rows(page: Page, table: string): Promise<string[][]> {
  return panel(page)
    .getByRole('grid', { name: table })
    .locator('.table-row:not([hidden])')
    .evaluateAll((found) => {
      return found.map((row) => [...row.children].map((cell) => cell.textContent ?? ''));
    });
}

/** The three parts of the disk's queue, byte for byte. */
function memoryOfQueue(page: Page) {
  return page.evaluate(
    async ([place, number]) => {
      const inspector = await window.ringbox.machine!.inspect();
      const queue = inspector.queue(place, number)!;
      const { descriptorTable, availableRing, usedRing, size } = queue;
      return {
        size,
        table: [...inspector.bytes(descriptorTable, 16 * size)],
        available: [...inspector.bytes(availableRing, 6 + 2 * size)],
        used: [...inspector.bytes(usedRing, 6 + 8 * size)],
      };
    },
    [PLACE, QUEUE],
  );
}

const word = (bytes: number[], at: number) => Buffer.from(bytes).readUInt16LE(at);
const long = (bytes: number[], at: number) => Buffer.from(bytes).readUInt32LE(at);
const grouped = (value: number) => value.toLocaleString('en');

test('shows the queues of a machine, and what each part is', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await boot(page, '?keep=no');

  await test.step('nothing of it is loaded before it is opened', async () => {
    const loaded = () =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).length);
    const before = await loaded();
    await button(page, 'Inspector').press('Enter');
    await expect(panel(page).getByRole('heading', { name: 'Inspector' })).toBeFocused();
    await expect(tab(page, 'Queue')).toBeVisible();
    expect(await loaded()).toBeGreaterThan(before);
  });

  await test.step('the rings as they lie in memory', async () => {
    await type(page, 'dd if=/dev/vda of=/dev/null bs=4k count=300 iflag=direct; sync');
    await settle(page);
    const { available, used } = await memoryOfQueue(page);
    const value = (name: string) =>
      panel(page).locator('.reading').filter({ hasText: name }).locator('.reading-value');
    await expect(value('avail idx')).toHaveText(`${word(available, 2)}`);
    await expect(value('used idx')).toHaveText(`${word(used, 2)}`);
    await expect(value('used_event')).toHaveText(`${word(available, available.length - 2)}`);
    await expect(panel(page).locator('.queue-words')).toContainText('Nothing is in flight.');
  });

  await test.step('its three parts, row by row', async () => {
    const { table, available, used, size } = await memoryOfQueue(page);
    await tab(page, 'Descriptor table').click();
    for (const [index, address, length, , next] of await rows(page, 'Descriptor table')) {
      expect(Number(address)).toBe(long(table, 16 * Number(index)));
      expect(length).toBe(grouped(long(table, 16 * Number(index) + 8)));
      expect(next).toBe(`${word(table, 16 * Number(index) + 14)}`);
    }
    await tab(page, 'Available ring').click();
    const elements = await rows(page, 'Available ring');
    expect(elements.length).toBeGreaterThan(4);
    for (const [slot, head] of elements)
      expect(head).toBe(`${word(available, 4 + 2 * Number(slot))}`);
    const pointed = elements.find(([, , pointers]) => pointers.includes('avail idx'));
    expect(Number(pointed?.[0])).toBe(word(available, 2) % size);
    await tab(page, 'Used ring').click();
    for (const [slot, id, len] of await rows(page, 'Used ring')) {
      expect(id).toBe(`${long(used, 4 + 8 * Number(slot))}`);
      expect(len).toBe(grouped(long(used, 8 + 8 * Number(slot))));
    }
    await page.evaluate(() => window.ringbox.machine?.resume());
  });

  await test.step('what is in flight, and the bytes of a chain', async () => {
    await button(page, 'receiveq(port0) of The console').click();
    await tab(page, 'In flight').click();
    await panel(page).getByRole('grid', { name: 'In flight' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const chosen = panel(page)
      .getByRole('grid', { name: 'In flight' })
      .locator('.table-row[aria-selected="true"]');
    await expect(chosen).toContainText('Room for 4096 bytes to port 0');
    await expect(panel(page).locator('.chain-title')).toHaveText('Room for 4096 bytes to port 0');
    await expect
      .poll(() => rows(page, 'Bytes of the buffer').then(({ length }) => length))
      .toBeGreaterThan(3);
    await panel(page).locator('.buffer').focus();
    await expect(explanation(page)).toContainText('2.7.4 Message Framing');
    await button(page, 'Follow what moves').click();
    await expect(button(page, 'Follow what moves')).toBeHidden();
  });

  await test.step('each part says what it is, by keyboard as well', async () => {
    // What comes below a mouse that stands still is pointed at as well.
    await page.mouse.move(1, 1);
    await panel(page).locator('.reading').first().focus();
    await expect(explanation(page)).toContainText('2.7.6 The Virtqueue Available Ring');
    await page.keyboard.press('ArrowDown');
    await expect(explanation(page)).toContainText('doorbell');
    await button(page, 'used ring').focus();
    await expect(explanation(page)).toContainText(
      'The used ring is where the device returns buffers',
    );
    const ring = (await panel(page).locator('.ring-canvas').boundingBox())!;
    await page.mouse.move(ring.x + ring.width / 2, ring.y + ring.height / 2);
    await expect(explanation(page)).toContainText(/descriptor \d+/);
    await expectAccessible(page);
  });

  await test.step('a disk is held, goes step by step, and nothing is lost', async () => {
    await button(page, 'requestq1 of Disk root').click();
    const { available } = await memoryOfQueue(page);
    const first = word(available, 2);
    const flight = panel(page).getByRole('grid', { name: 'In flight' });
    await button(page, 'Hold').click();
    await button(page, 'Release').waitFor();
    const read = 'dd if=/dev/vda of=/dev/null bs=4k skip=8 count=2 iflag=direct';
    await type(page, `${read} && echo all-$((6 * 7))`);
    await expect(flight).toContainText('waitingRead 8 sectors from sector 64');
    await button(page, 'Publish one element').click();
    await expect(panel(page)).toContainText('There is nothing to publish');
    await button(page, 'Take one chain').click();
    await expect(flight).toContainText('done, not visibleRead 8 sectors from sector 64');
    await expect(panel(page).locator('.chain-title')).toHaveText('Read 8 sectors from sector 64');
    expect(word((await memoryOfQueue(page)).used, 2)).toBe(first);
    const link = `${BUILT_PAGE}?keep=no&inspect=vda.0.queue&hold=vda`;
    await button(page, 'Copy link').click();
    await expect(explanation(page)).toContainText(`was copied: ${link}`);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await button(page, 'Withhold interrupts').click();
    await button(page, 'Publish one element').click();
    await expect(panel(page)).toContainText('An interrupt is withheld.');
    expect(word((await memoryOfQueue(page)).used, 2)).toBe(first + 1);
    await button(page, 'Deliver').click();
    await expect(flight).toContainText('waitingRead 8 sectors from sector 72');
    await button(page, 'Withhold interrupts').click();
    await page.keyboard.press('Escape');
    await expect(button(page, 'Inspector')).toHaveAttribute('title', /Held: Disk root/);
    await button(page, 'Inspector').press('Enter');
    await button(page, 'Slow motion').click();
    await expect.poll(() => screen(page)).toContain('\nall-42');
    await button(page, 'Slow motion').click();
    await expect(panel(page)).toContainText('At full speed.');
  });

  await test.step('a device: its status, features and configuration', async () => {
    await button(page, 'requestq1 of Disk root').click();
    await tab(page, 'Device').click();
    const lit = panel(page).locator('.lamp[data-lit="true"]');
    await expect(lit.filter({ hasText: 'DRIVER_OK' })).toBeVisible();
    await expect(lit.filter({ hasText: 'VIRTIO_F_EVENT_IDX' })).toBeVisible();
    await expect(panel(page).getByRole('tabpanel', { name: 'Device' })).toContainText('capacity');
    await expectAccessible(page);
  });

  await test.step('time: what happens, on the thread where it happens', async () => {
    await tab(page, 'Time').click();
    await expect(source(page)).toContainText(/^Live/);
    await type(
      page,
      'dd if=/dev/vda of=/dev/null bs=4k count=300 iflag=direct; echo read-$((6 * 7))',
    );
    await expect.poll(() => screen(page)).toContain('\nread-42');
    await page.evaluate(() => window.ringbox.machine?.pause());
    await button(page, 'Freeze').click();
    await panel(page).getByLabel('Events of').selectOption('requestq1 of Disk root');
    await button(page, 'See all').click();
    await tab(page, 'Rates').click();
    await expect.poll(() => count(page, 'Chains taken')).toBeGreaterThanOrEqual(300);
    await expect.poll(() => count(page, 'Doorbells')).toBeGreaterThanOrEqual(300);
    await tab(page, 'Latency').click();
    const way = panel(page).getByRole('row', { name: 'doorbell to interrupt' });
    await expect(way.getByRole('cell').nth(1)).toContainText(/[µm]s$/);
  });

  await test.step('its events go as far as the rings in memory', async () => {
    await tab(page, 'Events').click();
    const { available, used } = await memoryOfQueue(page);
    await keep(page, ['doorbell', 'published']);
    await timeline(page).focus();
    await page.keyboard.press('End');
    const table = panel(page).getByRole('grid', { name: 'Events' });
    await expect(table.locator('.table-row[aria-selected="true"]')).toContainText('published');
    const events = await rows(page, 'Events');
    const last = (kind: string) => events.filter(([, , event]) => event === kind).at(-1) ?? [];
    expect(last('doorbell').slice(1), 'the last that the driver has notified of').toEqual([
      'CPU',
      'doorbell',
      'requestq1 of Disk root',
      `up to available index ${word(available, 2)}`,
    ]);
    expect(last('published')[1]).toBe('Disk root');
    expect(last('published')[4]).toContain(` becomes ${word(used, 2)}`);
    expect(events.some(([, , event]) => event === 'taken')).toBe(false);
    await page.evaluate(() => window.ringbox.machine?.resume());
  });

  await test.step('the way of a chain, by keyboard, nearer and nearer', async () => {
    await keep(page, ['doorbell']);
    const life = panel(page).getByRole('region', { name: 'Chosen event' });
    await timeline(page).focus();
    await page.keyboard.press('ArrowLeft');
    await expect(life.getByRole('heading')).toHaveText('doorbell, requestq1 of Disk root');
    await expect(page.locator('#panel-announcement')).toContainText(
      'on CPU: up to available index',
    );
    await expect(life.getByRole('listitem').locator('strong')).toHaveText([
      'doorbell',
      'taken',
      'served',
      'sync point',
      'published',
      'interrupt',
      'ISR read',
    ]);
    await expect(explanation(page)).toContainText('2.7.13.4 Notifying The Device');
    const before = await rowCount(page);
    for (let step = 0; step < 6; step++) await page.keyboard.press('+');
    await expect.poll(() => rowCount(page)).toBeLessThan(before);
    await page.keyboard.press('Escape');
    await expect(life.getByRole('heading')).toHaveText('No event is chosen');
    await expectAccessible(page);
    await tab(page, 'Latency').click();
    await expectAccessible(page);
  });

  await test.step('a piece of time is selected, and the numbers are of that alone', async () => {
    await button(page, 'See all').click();
    await tab(page, 'Events').click();
    await timeline(page).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => rowCount(page)).toBeGreaterThanOrEqual(300);
    const all = await rowCount(page);
    for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowRight');
    await expect(page.locator('#panel-announcement')).toContainText(/[µm]s are selected\.$/);
    await expect.poll(() => rowCount(page)).toBe(4);
    await expect(panel(page).locator('.time-note')).toContainText('All that are selected.');
    await tab(page, 'Rates').click();
    await expect.poll(() => count(page, 'Doorbells')).toBe(4);
    await expect.poll(() => count(page, 'Chains taken')).toBeLessThanOrEqual(4);
    await expectAccessible(page);
    await button(page, 'Zoom to it').click();
    await timeline(page).focus();
    await page.keyboard.press('Escape');
    await expect(panel(page).locator('.time-note')).toContainText('that are in sight.');
    await button(page, 'See all').click();
    await expect.poll(() => count(page, 'Doorbells')).toBeGreaterThanOrEqual(all);
    // By mouse, along the times: the first half of the picture.
    const { x, y, width } = (await timeline(page).boundingBox())!;
    await page.mouse.move(x + 80, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 60, { steps: 3 });
    await page.mouse.up();
    await expect(panel(page).locator('.time-note')).toContainText('that are selected.');
    await button(page, 'Select nothing').click();
    await expect(panel(page).locator('.time-note')).toContainText('that are in sight.');
    await button(page, 'Go on').click();
    await expect(source(page)).toContainText(/^Live/);
  });

  await test.step('a mistake of a driver, and what a device makes of it', async () => {
    await tab(page, 'Break it').click();
    await button(page, 'A buffer begins where RAM ends.').click();
    const answer = panel(page).getByRole('region', { name: 'Answer of the device' });
    await expect(answer).toContainText('The device sets DEVICE_NEEDS_RESET');
    await expect(answer).toContainText('As SPECIFICATION.md promises.');
    await expect(answer).toContainText(
      '2.1.2 Device Requirements: Device Status Field (BASIC-002)',
    );
    await expect(answer.locator('dl')).toContainText('an honest request is served');
    await expect(answer.getByRole('list', { name: 'What happened' })).toContainText('needs reset');
    await expectAccessible(page);
    await button(page, 'receiveq(port0) of The console').click();
    await expect(answer).toBeHidden();
    await button(page, 'A chain to be transmitted has nothing that the device could read.').click();
    await expect(answer).toContainText('It is ignored');
    await button(page, 'See it on the timeline').click();
    await expect(source(page)).toContainText('A chain to be transmitted');
    await button(page, 'Back to live').click();
  });

  const file =
    await test.step('a recording from the beginning of a boot on, in two files', async () => {
      await button(page, 'Record a boot').click();
      await button(page, 'Reset and record').click();
      await expect(button(page, 'Stop recording')).toBeVisible();
      await expect.poll(() => screen(page)).not.toContain('read-42');
      await untilPrompt(page);
      await button(page, 'Stop recording').click();
      await expect(source(page)).toContainText('Recording of');
      await panel(page).getByLabel('Events of').selectOption('Disk root');
      await keep(page, ['the rest']);
      await tab(page, 'Events').click();
      await timeline(page).focus();
      await page.keyboard.press('Home');
      const kinds = async () => (await rows(page, 'Events')).map(([, , kind]) => kind);
      await expect.poll(kinds).toEqual(expect.arrayContaining(['reset', 'status']));
      await button(page, 'Back to live').click();
      const question = page.getByRole('dialog', { name: 'Let the recording go?' });
      await question.getByRole('button', { name: 'Cancel' }).click();
      await expect(source(page)).toContainText('Not saved.');
      const perfetto = await download(page, 'Save for Perfetto');
      expect(JSON.parse(`${perfetto.buffer}`).traceEvents.length).toBeGreaterThan(1000);
      const json = await download(page, 'Save as JSON');
      const enabled = eventsOf(json, 'queue enabled').map(([, , , device]) => device);
      expect(enabled).toContain(PLACE);
      await expect(source(page)).not.toContainText('Not saved.');
      return json;
    });

  await test.step('it is as it was after it was closed, and gone with the machine', async () => {
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
    await button(page, 'Inspector').click();
    await expect(tab(page, 'Time')).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('a file is looked at without a machine', async () => {
    const words = (await source(page).textContent())?.split(': ')[1];
    await page.goto(`${BUILT_PAGE}?kernel=none`);
    await expect(panel(page)).toContainText('There is no machine.');
    const picker = panel(page).getByLabel('Open a trace');
    await picker.setInputFiles({ ...file, buffer: Buffer.from('{"traceEvents": []}') });
    await expect(panel(page).getByRole('alert')).toContainText('which is for other programs');
    await picker.setInputFiles(file);
    await expect(source(page)).toHaveText(`boot.json: ${words}`);
    await expect(panel(page).getByRole('alert')).toBeHidden();
    await tab(page, 'Rates').click();
    const interrupts = eventsOf(file, 'interrupt').length;
    expect(interrupts).toBeGreaterThan(0);
    await expect.poll(() => count(page, 'Interrupts')).toBe(interrupts);
    await expectAccessible(page);
  });
});

const source = (page: Page) => panel(page).locator('.time-source');
const timeline = (page: Page) => panel(page).getByRole('application', { name: 'Timeline' });

/** What has been counted of something in sight, by now. */
async function count(page: Page, what: string): Promise<number> {
  const header = page.getByRole('rowheader', { name: what, exact: true });
  const row = panel(page).getByRole('row').filter({ has: header });
  return Number((await row.getByRole('cell').last().textContent())?.replace(/\D/g, ''));
}

/** Events in the table. */
async function rowCount(page: Page): Promise<number> {
  const table = panel(page).getByRole('grid', { name: 'Events' });
  return Number(await table.getAttribute('aria-rowcount')) - 1;
}

/** Shows events of these groups only. */
async function keep(page: Page, groups: string[]): Promise<void> {
  const legend = panel(page).getByRole('toolbar', { name: 'Kinds of events' });
  for (const entry of await legend.getByRole('button').all()) {
    const wanted = groups.includes((await entry.textContent()) ?? '');
    if ((await entry.getAttribute('aria-pressed')) !== `${wanted}`) await entry.click();
  }
}

/** Events of a kind in a trace that was saved: the numbers of each. */
function eventsOf({ buffer }: { buffer: Buffer }, kind: string): number[][] {
  const { kinds, events } = JSON.parse(`${buffer}`);
  return events.filter((event: number[]) => kinds[event[1]] === kind);
}

/** A file that the page has the browser download, as one that can be picked. */
async function download(page: Page, name: string) {
  const [downloaded] = await Promise.all([
    page.waitForEvent('download'),
    button(page, name).click(),
  ]);
  const buffer = await readFile(await downloaded.path());
  return { name: 'boot.json', mimeType: 'application/json', buffer };
}

/**
 * Pauses the machine when nothing is in flight any more. The guest writes to its disk by itself, seconds later: between two
 * looks it must stand still, and it may have begun before it does.
 */
async function settle(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      await page.evaluate(() => window.ringbox.machine?.pause());
      const { available, used } = await memoryOfQueue(page);
      if (word(available, 2) > 300 && word(available, 2) === word(used, 2)) return true;
      await page.evaluate(() => window.ringbox.machine?.resume());
      return false;
    })
    .toBe(true);
}
