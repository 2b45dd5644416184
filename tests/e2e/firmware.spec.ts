import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { buildBootDisk, makeMenuWait } from '../../guest/build/index.ts';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { screen, type, untilPrompt } from '../support/built-page.ts';
import { drawn } from '../support/drawn.ts';
import { prepareRuns, RingboxRun, ringbox, TerminalRun } from '../support/ringbox-run.ts';

// SeaBIOS starts GRUB from vda, and GRUB our kernel: drivers that we did not make, in 16-bit code,
// which poll.

const DOWN = '\x1b[B';

let folder: string;
let disk: string;

test.beforeAll(async () => {
  await prepareRuns();
  await buildBootDisk();
});

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-firmware-test-'));
  disk = join(folder, 'boot.img');
  copyFileSync(await buildBootDisk(), disk, constants.COPYFILE_FICLONE);
});

test.afterEach(() => rmSync(folder, { recursive: true }));

test.describe('ringbox run --bios', () => {
  test('starts what is on the disk, gives it the input, and keeps what it writes', async () => {
    const script = 'echo "$((6 * 7)) kept" > /root/note; cat /proc/cmdline; poweroff\n';
    const { code, stdout, stderr } = await ringbox(['--bios', '--disk', disk], script);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const output = stdout.toString();
    for (const words of ['SeaBIOS', 'GNU GRUB']) expect(output).toMatch(drawn(words));
    expect(output).toContain('BOOT_IMAGE=/boot/bzImage console=hvc0');
    const look = await ringbox([
      ...['--disk', `${disk},ro`, '--'],
      'mount -o ro,noload /dev/vdb1 /mnt && cat /mnt/root/note',
    ]);
    expect(look).toEqual({ code: 0, stdout: Buffer.from('42 kept\n'), stderr: '' });
  });

  test('takes keys over the serial port, one by one', async () => {
    makeMenuWait(disk);
    const run = new RingboxRun(['--bios', '--disk', disk, '--console', 'ttyS0']);
    await run.untilOutput(drawn('Ringbox on ttyS0'));
    run.write(DOWN);
    await run.untilOutput(drawn('*Ringbox on ttyS0'));
    run.write('\r');
    await run.untilOutput('# ');
    run.write('cat /proc/cmdline; poweroff\r');
    const { code, stdout } = await run.ended;
    expect(stdout.toString()).toContain('BOOT_IMAGE=/boot/bzImage console=ttyS0');
    expect(code).toBe(0);
  });

  test('on a terminal keys go first to the boot loader, then to the kernel', async () => {
    makeMenuWait(disk);
    const run = new TerminalRun(`$RINGBOX run --bios --disk ${disk}; echo "status $?"`);
    await run.untilOutput(drawn('Ringbox on ttyS0'));
    run.write('\r');
    await run.untilOutput('# ');
    run.write('echo $((6 * 7)) seconds; poweroff\r');
    await run.untilOutput('42 seconds');
    await run.untilOutput('status 0');
    expect((await run.ended).code).toBe(0);
  });
});

test('on the page: firmware from the sheet, and keys for its menu', async ({ page }) => {
  makeMenuWait(disk);
  const noDisk = `${BUILT_PAGE}favicon.svg`;
  await page.goto(`${BUILT_PAGE}?bios&disk=${noDisk}`);
  await expect(page.locator('#notice')).toContainText('no multiple of 512');
  await page.locator('#another').click();
  await page.getByRole('button', { name: 'Remove vda' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.locator('#disks-problem')).toContainText('add one');
  await page.locator('#disk-files').setInputFiles(disk);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(() => screen(page)).toContain('*Ringbox on hvc0');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => screen(page)).toContain('*Ringbox on ttyS0');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => screen(page)).toContain('*Ringbox on hvc0');
  await page.keyboard.press('Enter');
  await untilPrompt(page);
  await type(page, 'grep -o console=hvc0 /proc/cmdline; uname -m');
  await expect.poll(() => screen(page)).toContain('\nconsole=hvc0\ni686');
});
