import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { projectDirectory } from '../../guest/build/paths.ts';
import { SOURCES } from '../../playwright.config.ts';
import { SERVICE_WORKER_PATH } from '../../src/hosting/build.ts';
import { readBuiltFolder } from '../../src/hosting/built-folder.ts';
import { describeBuild } from '../../src/hosting/service-worker-plugin.ts';
import { TRANSFER_LIMIT, transferBeforePrompt } from '../../src/hosting/transfer.ts';
import { screen, type, untilPrompt } from '../support/built-page.ts';
import { PlainHost } from '../support/plain-host.ts';

// The built page on a static host that sends no headers of ours, and then on none.

let host: PlainHost;

test.beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbox-host-'));
  cpSync(join(projectDirectory, 'dist'), folder, { recursive: true });
  host = await PlainHost.start(folder);
});

test.afterEach(async () => {
  await host.stop();
  rmSync(host.folder, { recursive: true });
});

/** Opens the page and waits for the prompt. */
async function visit(page: Page, parameters = ''): Promise<void> {
  await page.goto(host.address + parameters);
  // The first time the page loads itself once more.
  await page.waitForFunction(() => crossOriginIsolated && window.ringbox !== undefined);
  await untilPrompt(page);
}

/** Waits until the page needs its host no more. */
async function untilKept(page: Page): Promise<void> {
  const kept = () =>
    page.evaluate(async (address) => !!(await caches.match(address)), host.address);
  await expect.poll(kept).toBe(true);
}

/** What a newer build leaves at the host: another page, and scripts by other names. */
function publishNewerBuild(): void {
  const files = readBuiltFolder(host.folder);
  const scripts = files.flatMap(({ path }) => /^assets\/(.*\.js)$/.exec(path)?.[1] ?? []);
  const newerName = (name: string) => name.replace(/.{8}\.js$/, 'newerone-$&');
  const newerText = (text: string) =>
    scripts
      .reduce((newer, name) => newer.replaceAll(name, newerName(name)), text)
      .replace('<title>', '<title>Newer ');
  for (const { path, content } of files) {
    if (!/^(assets\/.*\.js|index\.html)$/.test(path)) continue;
    rmSync(join(host.folder, path));
    writeFileSync(join(host.folder, newerText(path)), newerText(content.toString()));
  }
  const worker = join(host.folder, SERVICE_WORKER_PATH);
  const described = JSON.stringify(describeBuild(readBuiltFolder(host.folder)));
  writeFileSync(worker, readFileSync(worker, 'utf8').replace(/\{version:.*?\]\}/, described));
}

const cacheNames = (page: Page) => page.evaluate(() => caches.keys());
const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);

test('a first visit starts, keeps to its rules and its size, and the next needs no host', async ({
  page,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  writeFileSync(join(host.folder, 'disk.img'), Buffer.alloc(2 ** 20, 'read in parts '));

  await visit(page, '?disk=disk.img');
  expect(await isIsolated(page)).toBe(true);
  await type(page, 'head -c 13 /dev/vdb; echo');
  await expect.poll(() => screen(page)).toContain('\nread in parts');
  const image = await page.evaluate(() => window.ringbox.machine?.disks[1].imageStatistics());
  expect(image?.transferred).toBeGreaterThan(0);

  const built = readBuiltFolder(host.folder);
  const leftOut = built.map(({ path }) => path).filter((path) => /(^|\/)[_.]/.test(path));
  expect(leftOut, 'what GitHub Pages does not serve').toEqual([]);
  const counted = transferBeforePrompt(built).map(({ path }) => path);
  const others = asked
    .map((address) => address.replace(host.address, '').replace(/^(\?.*)?$/, 'index.html'))
    .filter((path) => path !== 'disk.img' && !counted.includes(path));
  expect(others, 'what the page asked for and npm run build does not count').toEqual([]);
  const sent = host.answers.filter(({ path }) => counted.includes(path) && path !== 'disk.img');
  expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(TRANSFER_LIMIT);

  await type(page, 'echo a note of mine > /root/note && sync && echo synced-$((40 + 2))');
  await expect.poll(() => screen(page)).toContain('synced-42');
  await untilKept(page);
  expect(host.answers.map(({ path }) => path)).toContain('icons/icon-512.png');
  expect(complaints).toEqual([]);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Tests run in private windows, where nothing can be installed; that is all that is in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);

  await host.stop();
  await visit(page);
  await type(page, 'cat /root/note');
  await expect.poll(() => screen(page)).toContain('\na note of mine');
  await expect(page.locator('#kept')).toContainText('kept in this browser');
});

test('a newer build is there at once, and the one before as long as a tab uses it', async ({
  page,
  context,
}) => {
  await visit(page);
  await untilKept(page);
  const before = await cacheNames(page);
  expect(before).toHaveLength(1);
  const device = readdirSync(join(host.folder, 'assets')).find((name) => /^device-/.test(name));
  publishNewerBuild();

  const second = await context.newPage();
  await second.goto(`${host.address}?keep=no`);
  await expect(second).toHaveTitle('Newer Ringbox');
  // The devices' workers are there: they are of the newer build, the service worker is not yet.
  await expect(second.locator('html')).toHaveAttribute('data-state', /running|halted/);
  const status = (address: string) => fetch(address).then((response) => response.status);
  expect(await page.evaluate(status, `assets/${device}`)).toBe(200);
  expect(await status(`${host.address}assets/${device}`)).toBe(404);
  await expect.poll(() => cacheNames(page)).toHaveLength(2);

  await page.close();
  await second.goto(`${host.address}../`);
  await expect.poll(() => cacheNames(second)).toHaveLength(1);
  expect(await cacheNames(second)).not.toEqual(before);
  await host.stop();
  await second.goto(`${host.address}?keep=no`);
  await expect(second).toHaveTitle('Newer Ringbox');
  await expect(second.locator('html')).toHaveAttribute('data-state', /running|halted/);
});

test('another page that comes to the same address is left alone', async ({ page }) => {
  await page.goto(host.address);
  await page.waitForFunction(() => crossOriginIsolated);
  writeFileSync(join(host.folder, 'index.html'), '<title>Another page</title>');
  await page.goto(host.address);
  await expect(page).toHaveTitle('Another page');
  expect(await isIsolated(page)).toBe(false);
  await page.reload();
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations())).toEqual([]);
  expect(await cacheNames(page)).toEqual([]);
});

test('the development server is rid of what a built page has left at its address', async ({
  page,
  context,
}) => {
  const path = join(host.folder, SERVICE_WORKER_PATH);
  await context.route(SOURCES + SERVICE_WORKER_PATH, (route) => route.fulfill({ path }));
  await page.goto(`${SOURCES}tests/support/blank.html`);
  await page.evaluate(async (address) => {
    await navigator.serviceWorker.register(address);
    await navigator.serviceWorker.ready;
  }, SOURCES + SERVICE_WORKER_PATH);
  await page.goto(SOURCES);
  await page.waitForFunction(() => window.ringbox?.machine);
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations())).toEqual([]);
  expect(await cacheNames(page)).toEqual([]);
});
