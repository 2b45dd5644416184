import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer, preview } from 'vite';
import { prepareGuest } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { ISOLATION_HEADERS } from '../../src/hosting/headers.ts';
import { Consumer, type PackedPackage, packPackage } from '../support/consumer.ts';
import { PlainHost } from '../support/plain-host.ts';
import { runProject } from '../support/playwright-project.ts';

/** Bytes of the tarball at most: 3.5 MB of them are the default guest. */
const LARGEST_TARBALL = 4_600_000;

/** What is attached to the report of a failed test. */
const REPORT = ['console.txt', 'terminal.png', 'ring-trace.json', 'dmesg.txt'];

const tool = (path: string) => join(projectDirectory, 'node_modules', path);

test.describe('the npm package', () => {
  let packed: PackedPackage;
  const consumers: Consumer[] = [];

  test.beforeAll(async () => {
    packed = await packPackage();
  });

  test.afterEach(() => {
    for (const consumer of consumers.splice(0)) consumer.remove();
  });

  async function install(example: string, ...tools: string[]): Promise<Consumer> {
    const consumer = await Consumer.install(example, packed, tools);
    consumers.push(consumer);
    return consumer;
  }

  test('is small and sound, and tells its size', async () => {
    const { size } = statSync(packed.tarball);
    expect(packed.report).toContain(`${(size / 1e6).toFixed(2)} MB`);
    expect(size).toBeLessThan(LARGEST_TARBALL);
    expect(existsSync(join(packed.folder, 'docs/playwright.md'))).toBe(true);
    const consumer = await install('node-ring');
    await consumer.node(tool('publint/src/cli.js'), packed.folder, '--strict');
    const types = ['--profile', 'esm-only', '--no-color'];
    await consumer.node(tool('@arethetypeswrong/cli/dist/index.js'), packed.tarball, ...types);
  });

  test('gives only what is used, and can be imported anywhere', async () => {
    const consumer = await install('node-ring');
    const bytesOf = async (code: string) => {
      const input = join(consumer.folder, 'input.js');
      writeFileSync(input, code);
      const { output } = (await build({
        root: consumer.folder,
        configFile: false,
        logLevel: 'error',
        // A script of the kind that can wait for nothing while it loads.
        build: {
          write: false,
          minify: false,
          rolldownOptions: { input, output: { format: 'iife', codeSplitting: false } },
        },
      })) as { output: { code?: string }[] };
      return output.reduce((sum, { code = '' }) => sum + code.length, 0);
    };
    const print = (what: string, from: string) =>
      `import { ${what} } from '${from}'; console.log(${what});`;
    expect(await bytesOf(print('MachineError', 'ringbox'))).toBeLessThan(1000);
    expect(await bytesOf(print('Device', 'ringbox/ring'))).toBeLessThan(10_000);
    expect(await bytesOf(print('Machine', 'ringbox'))).toBeGreaterThan(100_000);
    for (const path of ['', '/ring', '/device', '/vite']) {
      await consumer.node('-e', `import('ringbox${path}')`);
    }
  });

  test('puts a machine into a page that Vite serves, with types', async ({ page }) => {
    const consumer = await install('vite-page', 'vite');
    await checkTypes(consumer);
    const server = await createServer({ root: consumer.folder, server: { port: 0 } });
    try {
      await server.listen();
      await page.goto(server.resolvedUrls!.local[0]);
      await expect(page.locator('pre')).toContainText('Linux ringbox');
      await page.getByLabel('Command').fill('expr 6 \\* 7; echo oh >&2; false');
      await page.getByLabel('Command').press('Enter');
      await expect(page.locator('pre')).toContainText('42\noh\n[exit status 1]');
    } finally {
      await server.close();
    }
  });

  test('runs a device that is not in it, in a page that Vite has built', async ({ page }) => {
    const consumer = await install('own-device', 'vite');
    await checkTypes(consumer);
    await build({ root: consumer.folder, logLevel: 'error' });
    const server = await preview({ root: consumer.folder, preview: { port: 0 } });
    try {
      await page.goto(server.resolvedUrls!.local[0]);
      await expect.poll(() => freeMemory(page)).toHaveLength(1);
      await page.getByLabel('MiB').fill('100');
      await page.getByLabel('MiB').press('Enter');
      await expect.poll(() => freeMemory(page)).toHaveLength(2);
      const [before, after] = await freeMemory(page);
      expect(before - after).toBeGreaterThanOrEqual(99);
    } finally {
      await server.close();
    }
  });

  test('needs no tool, below any path of a host that sends two headers', async ({ page }) => {
    const consumer = await install('static-page');
    const host = await PlainHost.start(consumer.folder, ISOLATION_HEADERS);
    try {
      await page.goto(host.address);
      await expect(page.locator('pre')).toContainText(/cat greeting\s+Hello from the page\./);
    } finally {
      await host.stop();
    }
  });

  test('has a machine for each test of a Playwright project, and tells of those that fail', async () => {
    test.setTimeout(300_000);
    const consumer = await install('playwright', '@playwright/test');
    const source = join(projectDirectory, 'tests/support/failing-machines.ts');
    copyFileSync(source, join(consumer.folder, 'tests/failing.spec.ts'));
    const guest = await prepareGuest();
    const ends = await runProject(consumer.folder, ['--workers=2'], {
      RINGBOX_KERNEL: guest.kernelImage,
      RINGBOX_ROOT: guest.rootfs,
      RINGBOX_ROOT_SIZE: String(guest.rootfsSize),
    });
    const end = (title: string) => ends.find((end) => end.title === title)!;
    const failed = ends.filter(({ status }) => status !== 'passed').map(({ title }) => title);
    expect(failed).toEqual([
      'waits for words that do not come',
      'hangs in a command',
      'hangs by itself',
      'has a guest that panics',
    ]);
    expect(ends).toHaveLength(13);
    // The two files had a worker each, side by side.
    expect(end('a shell answers').worker).not.toBe(end(failed[0]).worker);

    const words = end('waits for words that do not come');
    expect(words.message).toMatch(/Within 1000 ms the console has not printed \/other words\//);
    expect(words.message).toContain('some words');
    const hung = end('hangs in a command');
    expect(hung.message).toMatch(/`sleep 1000` has not ended within \d+ ms, and was killed/);
    expect(hung.message).toContain('words of the last hour');
    expect(hung.message).not.toContain('Test timeout');
    const overdue = end('hangs by itself');
    expect(overdue.message).toMatch(/The machine was running.*words before the end/s);
    const panic = end('has a guest that panics');
    expect(panic.message).toMatch(/has panicked, and the console has not printed "after all"/);
    expect(panic.message).toContain('Kernel panic - not syncing');

    expect([...words.attachments.keys()]).toEqual(expect.arrayContaining(REPORT));
    const attached = (name: string) => words.attachments.get(name)!.toString();
    expect(attached('console.txt')).toContain('\x1b[31msome words');
    expect(attached('dmesg.txt')).toContain('Linux version');
    expect(words.attachments.get('terminal.png')!.subarray(1, 4).toString()).toBe('PNG');
    const { traceEvents } = JSON.parse(attached('ring-trace.json'));
    const threads = traceEvents.filter(({ name }: { name: string }) => name === 'thread_name');
    expect(threads.length).toBeGreaterThan(2);
    expect(traceEvents.length).toBeGreaterThan(20);
    // A guest that is dead tells nothing, but all else is there.
    expect([...panic.attachments.keys()]).toEqual(expect.arrayContaining(REPORT));
    expect(panic.attachments.get('dmesg.txt')!.toString()).toContain('could not be had');
  });

  test('boots and restores 20 times without fail', async () => {
    test.setTimeout(300_000);
    const parameters = [join(projectDirectory, 'tests/flakes/run.mjs'), '20', '--packed'];
    const { stdout: report } = await promisify(execFile)(process.execPath, parameters);
    console.log(report);
    expect(report).toMatch(/^20 rounds on .*: 0 failed$/m);
    expect(report).toMatch(/^restores +20 /m);
  });

  test('has rings for worker_threads', async () => {
    const consumer = await install('node-ring');
    expect(await consumer.node('main.js')).toBe('HELLO FROM THE OTHER THREAD\n');
  });
});

/** The example compiles against the package's declarations, which are checked as well. */
async function checkTypes(consumer: Consumer): Promise<void> {
  const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2023'];
  const library = ['--lib', 'es2024,dom,dom.iterable,esnext.disposable', '--types', ''];
  const { folder } = consumer;
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ include: ['*.ts'] }));
  await consumer.node(tool('typescript/bin/tsc'), '--noEmit', '--strict', ...options, ...library);
}

/** What `free -m` has told so far, in MiB. */
async function freeMemory(page: Page): Promise<number[]> {
  const text = (await page.locator('pre').textContent()) ?? '';
  return Array.from(text.matchAll(/^Mem: +\d+ +\d+ +(\d+)/gm), ([, free]) => Number(free));
}
