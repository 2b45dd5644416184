import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';
import { boot, screen, type, untilPrompt } from '../support/built-page.ts';
import { fetchAlone } from '../support/fetch-alone.ts';

const notice = (page: Page) => page.locator('#notice');

test.describe('the page', () => {
  test('boots to a prompt, takes keys and breaks none of its own rules', async ({ page }) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(BUILT_PAGE)) foreign.push(request.url());
    });
    await boot(page);
    await type(page, 'echo six times seven is $((6 * 7)) äöü €');
    await expect.poll(() => screen(page)).toContain('six times seven is 42 äöü €');
    await expect(page.locator('html')).toHaveAttribute('data-state', /running|halted/);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });

  test("gives the guest's tty the terminal's size, also after a change", async ({ page }) => {
    await boot(page);
    const size = () =>
      page.evaluate(() => `${window.ringbox.terminal.rows} ${window.ringbox.terminal.cols}`);
    await type(page, 'stty size');
    await expect.poll(() => screen(page)).toContain(`\n${await size()}\n`);
    const before = await size();
    await page.setViewportSize({ width: 700, height: 500 });
    await expect.poll(size).not.toBe(before);
    const after = await size();
    await expect
      .poll(async () => {
        await type(page, 'stty size');
        return screen(page);
      })
      .toContain(`\n${after}\n`);
  });

  test('pastes, pauses, resumes and resets', async ({ page }) => {
    await boot(page);
    await page.evaluate(() => window.ringbox.terminal.paste('echo pasted-$((1 + 1))\n'));
    await expect.poll(() => screen(page)).toContain('pasted-2');
    await page.locator('#pause').click();
    await expect(page.locator('html')).toHaveAttribute('data-state', 'paused');
    await type(page, 'echo typed-while-paused-$((2 + 2))');
    await page.locator('#pause').click();
    await expect.poll(() => screen(page)).toContain('typed-while-paused-4');
    await page.locator('#reset').click();
    await expect.poll(() => screen(page)).not.toContain('typed-while-paused-4');
    await untilPrompt(page);
  });

  test('shows how far the download is before the machine runs', async ({ page }) => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/guest/rootfs-*', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(BUILT_PAGE);
    await expect(page.locator('html')).toHaveAttribute('data-state', 'loading');
    await expect(page.locator('#transfers')).toContainText('100');
    await expect(page.getByRole('progressbar').first()).toBeVisible();
    answer();
    await untilPrompt(page);
    await expect(page.locator('#loading')).toBeHidden();
  });

  test('tells in its status line what the machine does', async ({ page }) => {
    await boot(page);
    await expect(page.locator('#memory')).toHaveText('256');
    await expect(page.locator('#state')).toHaveText('Halted');
    await type(page, 'while :; do dd if=/dev/vda of=/dev/null bs=1M count=4 iflag=direct; done');
    await expect(page.locator('#state')).toHaveText('Running');
    for (const rate of ['#speed', '#disk-rate', '#console-rate']) {
      await expect(page.locator(rate)).toHaveText(/[1-9]/);
    }
  });

  test('copies what is selected', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await boot(page);
    await page.evaluate(() => window.ringbox.terminal.selectAll());
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+C');
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('a Linux machine in a browser tab');
  });

  test('takes a kernel and a disk that are dropped onto it', async ({ page }) => {
    await boot(page);
    await page.evaluate(async () => {
      const manifest = await (await fetch('guest/manifest.json')).json();
      const { body } = await fetch(manifest.kernel.url);
      const unpacked = body?.pipeThrough(new DecompressionStream('gzip'));
      const kernel = await new Response(unpacked).blob();
      const files = new DataTransfer();
      files.items.add(new File([kernel], 'my-kernel'));
      files.items.add(new File([new Uint8Array(1024)], 'my-disk.img'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }));
    });
    await expect(page.locator('#sheet')).toBeVisible();
    await expect(page.locator('#kernel-name')).toHaveText('my-kernel');
    await expect(page.locator('#sheet')).toContainText('my-disk.img');
    await page.locator('#command-line').fill('console=hvc0 root=/dev/vda');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    // The disk is all zeros: the kernel finds no file system on it.
    await expect(notice(page)).toContainText('VFS: Unable to mount root fs');
  });

  test('shows a panic, keeps its output and offers a restart', async ({ page }) => {
    await boot(page);
    await type(page, 'echo c > /proc/sysrq-trigger');
    await expect(notice(page)).toContainText('The kernel has panicked');
    await expect(notice(page)).toContainText('sysrq triggered crash');
    expect(await screen(page)).toContain('Kernel panic - not syncing');
    await notice(page).getByRole('button', { name: 'Restart' }).click();
    await expect(notice(page)).toBeHidden();
    await untilPrompt(page);
  });

  test('offers to start again when the guest is off', async ({ page }) => {
    await boot(page);
    await type(page, 'poweroff');
    await expect(notice(page)).toContainText('The guest has powered off');
    await notice(page).getByRole('button', { name: 'Start again' }).click();
    await untilPrompt(page);
  });

  test('tells of a device that has died', async ({ page }) => {
    await boot(page);
    await page.evaluate(() => window.ringbox.machine?.killDevice(1));
    await expect(notice(page)).toContainText('has failed');
    await notice(page).getByRole('button', { name: 'Start again' }).click();
    await untilPrompt(page);
  });

  test('boots another kernel, command line and disk, by URL and by file', async ({ page }) => {
    await boot(page, '?append=console=ttyS0');
    await type(page, 'cat /proc/cmdline');
    await expect.poll(() => screen(page)).toMatch(/console=hvc0 .*console=ttyS0/);
    await page.locator('#another').click();
    await page.locator('#disk-files').setInputFiles({
      name: 'data.img',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(4096, 'on a disk of my own '),
    });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect.poll(() => screen(page)).not.toContain('console=ttyS0');
    await untilPrompt(page);
    await type(page, 'head -c 19 /dev/vdb; echo');
    await expect.poll(() => screen(page)).toContain('\non a disk of my own');
  });
});

test.describe('bad input', () => {
  test.describe('a browser without service workers', () => {
    test.use({ serviceWorkers: 'block' });

    test('says how to serve a page that is not isolated', async ({ page }) => {
      // The document alone, which `goto` waits for: no other answer may be under way when the test ends.
      await page.route(BUILT_PAGE, async (route) => {
        const response = await fetchAlone(route);
        const headers = response.headers();
        delete headers['cross-origin-opener-policy'];
        delete headers['cross-origin-embedder-policy'];
        await route.fulfill({ response, headers });
      });
      await page.goto(BUILT_PAGE);
      await expect(notice(page)).toContainText('Cross-Origin-Opener-Policy');
      await expect(notice(page).getByRole('button', { name: 'Reload' })).toBeVisible();
    });
  });

  test('a missing guest file is named, with the command that makes it', async ({ page }) => {
    await page.route('**/guest/vmlinux-*', (route) => route.fulfill({ status: 404 }));
    await page.goto(BUILT_PAGE);
    await expect(notice(page)).toContainText('guest/vmlinux-');
    await expect(notice(page)).toContainText('npm start');
  });

  test('a kernel that is none', async ({ page }) => {
    await page.goto(`${BUILT_PAGE}?kernel=favicon.svg`);
    await expect(notice(page)).toContainText('no Linux kernel');
    await notice(page).getByRole('button', { name: 'Start another machine' }).click();
    await expect(page.locator('#sheet')).toBeVisible();
  });

  test('a disk whose size is no multiple of 512', async ({ page }) => {
    await page.goto(`${BUILT_PAGE}?disk=favicon.svg`);
    await expect(notice(page)).toContainText('512');
  });

  test('a memory size out of range, and one that cannot be had', async ({ page }) => {
    await page.goto(`${BUILT_PAGE}?memory=5`);
    await expect(notice(page)).toContainText('32');
    await page.addInitScript(() => {
      const { instantiate } = WebAssembly;
      Object.assign(WebAssembly, {
        instantiate: async (...given: Parameters<typeof instantiate>) => {
          const instance = await instantiate(...given);
          if (!('allocate_memory' in instance.exports)) return instance;
          const exports = {
            ...instance.exports,
            allocate_memory: () => {
              throw new RangeError();
            },
          };
          return { exports };
        },
      });
    });
    await page.goto(`${BUILT_PAGE}?memory=2048`);
    await expect(notice(page)).toContainText('2048 MiB');
  });

  test('a URL on another host', async ({ page }) => {
    await page.goto(`${BUILT_PAGE}?kernel=https://example.org/bzImage`);
    await expect(notice(page)).toContainText('example.org');
  });
});
