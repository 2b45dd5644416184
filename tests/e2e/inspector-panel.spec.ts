import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { boot, screen, type } from '../support/built-page.ts';

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

test('shows the queues of a machine, and what each part is', async ({ page }) => {
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
    await settled(page);
    // The guest writes to its disk by itself, seconds later: between two looks it must stand still.
    await page.evaluate(() => window.ringbox.machine?.pause());
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
    await expect(panel(page).locator('.configuration')).toContainText('capacity');
    await expectAccessible(page);
  });

  await test.step('it is as it was after it was closed, and gone with the machine', async () => {
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
    await button(page, 'Inspector').click();
    await expect(tab(page, 'Device')).toHaveAttribute('aria-selected', 'true');
  });
});

/** The memory of the queue once nothing is in flight any more. */
async function settled(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const { available, used } = await memoryOfQueue(page);
      return word(available, 2) > 300 && word(available, 2) === word(used, 2);
    })
    .toBe(true);
}
