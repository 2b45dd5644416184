import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { cutTrailingZeros } from '../../guest/build/image.ts';
import { buildExt4Image, buildGuestProgram } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { SOURCES } from '../../playwright.config.ts';
import type { TestMachineOptions } from '../support/machine-page.ts';
import { randomNumbers } from '../support/noise.ts';

// A guest writes records with fsync to a kept disk; the whole browser is killed at some moment; and
// then every record must be there that the guest had said was written. RINGBOX_POWER_CUTS is how
// often, RINGBOX_SEED decides about the moments.

const CUTS = Number(process.env.RINGBOX_POWER_CUTS ?? 30);
const SEED = Number(process.env.RINGBOX_SEED ?? Date.now() % 1_000_000);
/** Large enough for the file system to have a journal. */
const DISK_SIZE = 64 * 2 ** 20;
const MOST_RECORDS = 40;

let folder: string;
let image: string;
/** Bytes of tests/guest/records.c, in whole sectors. */
let program: Buffer;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-power-cut-'));
  const file = await buildGuestProgram(join(projectDirectory, 'tests/guest/records.c'));
  const bytes = readFileSync(file);
  program = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
  bytes.copy(program);
  image = join(folder, 'empty.ext4');
  const empty = mkdtempSync(join(folder, 'empty-'));
  await buildExt4Image(empty, DISK_SIZE, image);
  // What is zero is zero on a disk that is begun as well.
  cutTrailingZeros(image);
});

test.afterAll(() => rmSync(folder, { recursive: true }));

/** A browser of its own, with what it kept from its lives before. */
class Browser {
  readonly #context: BrowserContext;
  readonly #profile: string;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page, profile: string) {
    this.#context = context;
    this.page = page;
    this.#profile = profile;
  }

  static async start(profile: string): Promise<Browser> {
    const context = await chromium.launchPersistentContext(
      profile,
      test.info().project.use.launchOptions,
    );
    const page = context.pages()[0];
    await page.route(`${SOURCES}served/empty.ext4`, (route) => route.fulfill({ path: image }));
    await page.route(`${SOURCES}served/records`, (route) => route.fulfill({ body: program }));
    await page.goto(`${SOURCES}tests/support/blank.html`);
    await page.waitForFunction(() => 'TestMachine' in globalThis);
    return new Browser(context, page, profile);
  }

  /** SIGKILL to the browser's process, which takes the others along. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#context.on('close', resolve));
    // The profile's path is in the command lines of this browser's processes, and in no other.
    execFileSync('pkill', ['-KILL', '-f', '--', `--user-data-dir=${this.#profile}`]);
    await closed;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Makes the machine, and leaves it switched off. */
async function makeMachine(page: Page, first: boolean): Promise<void> {
  const disks: TestMachineOptions['disks'] = [
    { size: DISK_SIZE, keep: 'records' },
    { url: `${SOURCES}served/records` },
    ...(first ? [{ url: `${SOURCES}served/empty.ext4` }] : []),
  ];
  await page.evaluate(async (given) => {
    const options = await TestMachine.options({ disks: given });
    globalThis.testMachine = new TestMachine(await Machine.create(options));
  }, disks);
}

/** Writes what the kept disk holds to a file on the host. */
async function exportDisk(page: Page, path: string): Promise<void> {
  const pieces = await page.evaluate(async () => {
    const found: { offset: number; base64: string }[] = [];
    for await (const { offset, bytes } of testMachine.machine.disks[1].changes()) {
      found.push({ offset, base64: TestMachine.base64(bytes) });
    }
    return found;
  });
  const file = openSync(path, 'w');
  for (const { offset, base64 } of pieces) {
    writeSync(file, Buffer.from(base64, 'base64'), 0, undefined, offset);
  }
  closeSync(file);
  truncateSync(path, DISK_SIZE);
}

/** The records on an exported disk, after the replay of its journal; all must be sound. */
function recordsOn(path: string): number {
  const replay = spawnSync('e2fsck', ['-fy', '-E', 'journal_only', path]);
  expect(replay.status, `${replay.stdout}${replay.stderr}`).toBeLessThanOrEqual(1);
  const check = spawnSync('e2fsck', ['-fn', path]);
  expect(check.status, `${check.stdout}${check.stderr}`).toBe(0);
  const text = execFileSync('debugfs', ['-R', 'cat /records', path], { stdio: 'pipe' }).toString();
  const lines = text.split('\n').slice(0, -1);
  for (const [number, line] of lines.entries())
    expect(line).toBe(`${number} ${checksumOf(number)}`);
  return lines.length;
}

/** FNV-1a, as tests/guest/records.c has it. */
function checksumOf(number: number): number {
  let hash = 2166136261;
  for (const character of String(number)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  }
  return hash >>> 1;
}

/** Boots, begins to write records, and resolves when `count` more have been said to be written. */
async function writeRecords(page: Page, first: boolean, count: number): Promise<number> {
  let last = -1;
  let enough = () => {};
  const written = new Promise<void>((resolve) => {
    enough = resolve;
  });
  let begun: number | undefined;
  await page.exposeFunction('printed', (numbers: number[]) => {
    begun ??= numbers[0];
    last = numbers.at(-1) ?? last;
    if (begun !== undefined && last - begun + 1 >= count) enough();
  });
  await page.evaluate(async (isFirst) => {
    testMachine.machine.start();
    await testMachine.untilPrompt();
    const copy = isFirst ? 'dd if=/dev/vdd of=/dev/vdb bs=1M && ' : '';
    const prepare = 'cat /dev/vdc > /tmp/records; chmod +x /tmp/records';
    const { status, output } = await testMachine.run(`${copy}mount /dev/vdb /mnt && ${prepare}`);
    if (status !== 0) throw new Error(output);
    testMachine.output = '';
    void testMachine.machine.console.write('/tmp/records /mnt/records 100000\n');
    void (async () => {
      for (let seen = 0; ; ) {
        const text = await testMachine.until(() => {
          const end = testMachine.output.lastIndexOf('\n') + 1;
          return end > seen ? testMachine.output.slice(seen, end) : undefined;
        });
        seen += text.length;
        const numbers = text.match(/\d+/g)?.map(Number) ?? [];
        await (globalThis as unknown as { printed(n: number[]): Promise<void> }).printed(numbers);
      }
    })();
  }, first);
  await written;
  return last;
}

test(`${CUTS} power cuts lose nothing that was flushed`, async () => {
  test.setTimeout(60_000 + CUTS * 30_000);
  const random = randomNumbers(SEED);
  const profile = join(folder, 'profile');
  const exported = join(folder, 'exported.ext4');
  let promised = -1;
  let beyond = 0;
  for (let cut = 0; cut <= CUTS; cut++) {
    const browser = await Browser.start(profile);
    await makeMachine(browser.page, cut === 0);
    if (cut > 0) {
      await exportDisk(browser.page, exported);
      const records = recordsOn(exported);
      expect(records, `seed ${SEED}, cut ${cut}`).toBeGreaterThan(promised);
      beyond += records - 1 - promised;
    }
    if (cut === CUTS) {
      await browser.close();
      break;
    }
    const count = 1 + Math.floor(random() * MOST_RECORDS);
    promised = await writeRecords(browser.page, cut === 0, count);
    await browser.kill();
  }
  const size = readFileSync(exported).length;
  console.log(
    `${CUTS} cuts, seed ${SEED}: ${promised + 1} records promised, ${beyond} more found, disk of ${size} bytes`,
  );
});
