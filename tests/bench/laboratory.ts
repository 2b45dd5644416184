import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, LaunchOptions, Page } from 'playwright';
import { build, type PreviewServer, preview } from 'vite';
import { findCommand, runCommand } from '../../guest/build/command.ts';
import {
  buildGuestProgram,
  type GuestFiles,
  prepareGuest,
  provideChromium,
} from '../../guest/build/index.ts';
import { ensurePackages } from '../../guest/build/packages.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { inStep } from '../../guest/build/progress.ts';
import { loadPlaywright, sandboxArguments } from '../../src/cli/browser.ts';
import { ISOLATION_HEADERS } from '../../src/hosting/headers.ts';
import { Noise } from '../support/noise.ts';
import type { MachineName, SideName } from './figure.ts';
import type { Guest, GuestParts } from './sides/guest.ts';
import { PageSide } from './sides/page-side.ts';
import { QEMU_PACKAGE, QemuSide } from './sides/qemu-side.ts';
import { TwoMachines } from './sides/two-machines.ts';
import { withoutTracePoints } from './without-trace-points.ts';

const PAGES = fileURLToPath(new URL('pages', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('guest', import.meta.url));
/** The programs in `guest`, which every guest finds in /tmp/bench. */
const PROGRAM_NAMES = ['disk-bench', 'fsync-bench', 'integer-bench'];
const PAGE_NAMES = ['latency', 'ringbox', 'trace-points', 'v86', 'v86-page', 'work'];
/** The source tree that guests unpack. */
const TREE = { folders: 25, filesEach: 20, longest: 12 * 1024 };

/** Where the pages are served, here and on the next port; clones that work side by side need ports of their own. */
const PORT = Number(process.env.RINGBOX_TEST_PORT ?? 5283);
/** The kernel's two forms, as the pages know them. */
const BZ_IMAGE = 'bzImage';
const VMLINUX = 'vmlinux';
/** Bytes of the disk to be worked with: more than any cache of a processor holds. */
export const WORK_SIZE = 128 * 1024 * 1024;
/** The disk to be worked with, as Ringbox's guest calls it. */
export const RINGBOX_DISK = '/dev/vdb';
/** MiB of RAM of every guest. */
const MEMORY = 256;

/** As in the tests, and a page that nobody sees runs as fast as one that somebody looks at. */
const BROWSER_ARGUMENTS = [
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-renderer-backgrounding',
  '--disable-sync',
  '--no-first-run',
];

/** Everything that the measurements need on this machine, made before the first of them. */
export class Laboratory {
  readonly guest: GuestFiles;
  readonly browser: Browser;
  /** Where the pages are, with a slash at the end. */
  readonly address: string;
  /** In memory, if this machine lets us. */
  readonly folder: string;
  /** Path of qemu-system-i386, or null without it. */
  readonly qemu: string | null;
  /** Where Ringbox's own page is, as `npm start` builds and serves it. */
  readonly pageAddress: string;
  readonly #launchOptions: LaunchOptions;
  readonly #servers: PreviewServer[];
  #untraced: Promise<void> | null = null;

  private constructor(
    parts: Pick<Laboratory, 'guest' | 'browser' | 'folder' | 'qemu'>,
    launchOptions: LaunchOptions,
    servers: PreviewServer[],
  ) {
    this.guest = parts.guest;
    this.browser = parts.browser;
    this.#launchOptions = launchOptions;
    this.folder = parts.folder;
    this.qemu = parts.qemu;
    this.#servers = servers;
    [this.address, this.pageAddress] = servers.map((server) => server.resolvedUrls?.local[0] ?? '');
  }

  /** @param minify what the pages run, as it ships; otherwise functions keep their names */
  static async open(minify = true): Promise<Laboratory> {
    const guest = await prepareGuest();
    const executablePath = await provideChromium();
    const qemu = await provideQemu();
    const folder = mkdtempSync(
      join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ringbox-bench-'),
    );
    try {
      await inStep('Building the pages', () => buildPages(folder, minify));
      await inStep('Making the disks', () => makeDisks(folder, guest));
      const servers = [
        await preview({ ...BARE, root: PAGES, ...servedFrom(join(folder, 'pages'), PORT) }),
        await preview({ root: projectDirectory, ...servedFrom(join(folder, 'page'), PORT + 1) }),
      ];
      const launchOptions = {
        executablePath,
        args: [...BROWSER_ARGUMENTS, ...sandboxArguments()],
      };
      const browser = await loadPlaywright().chromium.launch(launchOptions);
      return new Laboratory({ guest, browser, folder, qemu }, launchOptions, servers);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** Whether this machine has what `side` needs; otherwise why it is left out. */
  missing(side: SideName): string | null {
    return side === 'qemu' && this.qemu === null ? `skipped: needs package ${QEMU_PACKAGE}` : null;
  }

  /** Boots the guest of `side` to its prompt and unpacks the programs in it. */
  async boot(side: MachineName, changes: Partial<GuestParts> = {}): Promise<Guest> {
    const guest = side === 'qemu' ? await this.#bootQemu() : await this.#bootPage(side, changes);
    await guest.measure(unpackPrograms(guest.disk));
    return guest;
  }

  /** Boots Ringbox's guest with a clock at its work disk (pages/latency.ts), likewise. */
  async bootObserved(): Promise<PageSide> {
    const address = `${this.address}latency.html`;
    const guest = await PageSide.boot(this.browser, address, guestParts(this.guest), RINGBOX_DISK);
    await guest.measure(unpackPrograms(guest.disk));
    return guest;
  }

  /**
   * Boots Ringbox's guest in a page of the build `pages`, which is everybody's, or `untraced`, which has no trace points
   * and is made when it is first asked for.
   */
  async bootBuild(name: 'pages' | 'untraced'): Promise<PageSide> {
    if (name === 'untraced') await this.#buildUntraced();
    const [path, back] = name === 'pages' ? ['', ''] : ['untraced/', '../'];
    const parts = guestParts(this.guest);
    for (const url of ['kernelUrl', 'rootUrl', 'workUrl', 'firmwareUrl'] as const) {
      parts[url] = back + parts[url];
    }
    const address = `${this.address}${path}ringbox.html`;
    const guest = await PageSide.boot(this.browser, address, parts, RINGBOX_DISK);
    await guest.measure(unpackPrograms(guest.disk));
    return guest;
  }

  /** Opens `page` of both builds, in a process each. */
  async openBuilds(page: string): Promise<Page[]> {
    await this.#buildUntraced();
    const addresses = ['', 'untraced/'].map((path) => `${this.address}${path}${page}`);
    return Promise.all(
      addresses.map(async (address) => {
        const opened = await (await this.browser.newContext()).newPage();
        await opened.goto(address);
        await opened.waitForFunction(() => 'timeRequests' in globalThis);
        return opened;
      }),
    );
  }

  #buildUntraced(): Promise<void> {
    this.#untraced ??= buildUntraced(this.folder);
    return this.#untraced;
  }

  /** Boots two guests of Ringbox in one page, likewise. */
  async bootTwo(): Promise<TwoMachines> {
    const address = `${this.address}ringbox.html`;
    const two = await TwoMachines.boot(this.browser, address, guestParts(this.guest));
    await two.measure(unpackPrograms(RINGBOX_DISK));
    return two;
  }

  /** Starts a browser that has a profile, on a disk, as a visitor's has. Closing it deletes that. */
  async openProfile(): Promise<BrowserContext> {
    const profile = mkdtempSync(join(tmpdir(), 'ringbox-bench-'));
    const { chromium } = loadPlaywright();
    const context = await chromium.launchPersistentContext(profile, this.#launchOptions);
    context.on('close', () => rmSync(profile, { recursive: true, force: true }));
    return context;
  }

  /** Closes in the middle of a measurement. */
  async abandon(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.browser.close();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all(this.#servers.map((server) => server.close()));
    rmSync(this.folder, { recursive: true });
  }

  #bootPage(side: 'ringbox' | 'v86', changes: Partial<GuestParts>): Promise<Guest> {
    // v86 takes only bzImages; Ringbox takes what is in one, as its own page does.
    const kernelUrl = `guest/${side === 'v86' ? BZ_IMAGE : VMLINUX}`;
    const parts = { ...guestParts(this.guest), kernelUrl, ...changes };
    const disk = side === 'v86' ? '/dev/sdb' : RINGBOX_DISK;
    return PageSide.boot(this.browser, `${this.address}${side}.html`, parts, disk);
  }

  #bootQemu(): Promise<Guest> {
    if (this.qemu === null) throw new Error('there is no qemu-system-i386');
    return QemuSide.boot({
      program: this.qemu,
      kernel: this.guest.kernelImage,
      commandLine: this.guest.commandLine,
      disks: ['root.img', 'work.img'].map((name) => join(this.folder, name)),
      sink: join(this.folder, 'sink'),
      memory: MEMORY,
    });
  }
}

/** The programs lie at the beginning of the disk to be worked with. */
function unpackPrograms(disk: string): string {
  return `tar -x -C /tmp -f ${disk}`;
}

/** What pages start, by addresses below theirs. */
function guestParts({ rootfsSize, commandLine }: GuestFiles): GuestParts {
  return {
    kernelUrl: `guest/${BZ_IMAGE}`,
    rootUrl: 'guest/rootfs.ext4.gzip',
    rootSize: rootfsSize,
    workUrl: 'guest/work.img',
    furtherDisks: 0,
    firmwareUrl: 'guest/seabios.bin',
    commandLine,
    memory: MEMORY,
  };
}

/** As root installs QEMU if it is missing. @returns its path, or null if it cannot be had */
async function provideQemu(): Promise<string | null> {
  const requirement = { package: QEMU_PACKAGE, provides: 'qemu-system-i386' };
  await ensurePackages([requirement], 'measure native QEMU').catch(() => undefined);
  return findCommand(requirement.provides) ?? null;
}

/** Of our own pages, which have nothing to do with the project's configuration of Vite. */
const BARE = { configFile: false as const, base: './' };

async function buildPages(folder: string, minify: boolean): Promise<void> {
  await build({
    ...BARE,
    root: PAGES,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      target: 'esnext',
      minify,
      outDir: join(folder, 'pages'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: PAGE_NAMES.map((name) => join(PAGES, `${name}.html`)) },
    },
  });
  const outDir = join(folder, 'page');
  await build({
    root: projectDirectory,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, minify },
  });
}

/** Ringbox's page again, without trace points, beside the others. */
async function buildUntraced(folder: string): Promise<void> {
  const { plugin, counted } = withoutTracePoints();
  await build({
    ...BARE,
    root: PAGES,
    logLevel: 'error',
    plugins: [plugin],
    worker: { format: 'es', plugins: () => [plugin] },
    build: {
      target: 'esnext',
      outDir: join(folder, 'pages/untraced'),
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: ['ringbox', 'trace-points'].map((n) => join(PAGES, `${n}.html`)) },
    },
  });
  if (counted.points === 0) throw new Error('the build without trace points found none');
}

/** Served with the headers that isolate a page, which Ringbox needs, on all sides. */
function servedFrom(outDir: string, port: number) {
  const headers = ISOLATION_HEADERS;
  const preview = { port, strictPort: true, host: 'localhost', headers };
  return { logLevel: 'error' as const, build: { outDir }, preview };
}

/** What the pages fetch, and for QEMU raw images that it may write to. */
async function makeDisks(folder: string, guest: GuestFiles): Promise<void> {
  const served = join(folder, 'pages/guest');
  mkdirSync(served);
  copyFileSync(guest.kernelImage, join(served, BZ_IMAGE));
  copyFileSync(guest.kernel, join(served, VMLINUX));
  copyFileSync(guest.rootfsCompressed, join(served, 'rootfs.ext4.gzip'));
  copyFileSync(guest.firmware, join(served, 'seabios.bin'));
  await writeFile(join(served, 'parts.json'), JSON.stringify(guestParts(guest)));
  await makeWorkDisk(folder, join(served, 'work.img'));
  copyFileSync(join(served, 'work.img'), join(folder, 'work.img'));
  copyFileSync(guest.rootfs, join(folder, 'root.img'));
  truncateSync(join(folder, 'root.img'), guest.rootfsSize);
}

/**
 * The disk to be worked with: an archive of our programs at its start, and noise behind it, so that
 * no side has pages that were never written, which cost it nothing.
 */
async function makeWorkDisk(folder: string, target: string): Promise<void> {
  const tree = join(folder, 'tree/bench');
  mkdirSync(tree, { recursive: true });
  for (const name of PROGRAM_NAMES) {
    copyFileSync(await buildGuestProgram(join(PROGRAMS, `${name}.c`)), join(tree, name));
  }
  makeTree(join(tree, 'tree'));
  const archive = join(folder, 'programs.tar');
  await runCommand('tar', ['-c', '-f', archive, '-C', join(folder, 'tree'), 'bench']);
  const image = randomBytes(WORK_SIZE);
  readFileSync(archive).copy(image);
  await writeFile(target, image);
}

/** Files of text in folders, the same ones for ever. */
function makeTree(tree: string): void {
  const line = 'static int some_function(struct some_type *argument, int number);\n';
  const noise = new Noise(1);
  for (let folder = 0; folder < TREE.folders; folder++) {
    const path = join(tree, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < TREE.filesEach; file++) {
      const lines = 1 + (noise.next() % Math.floor(TREE.longest / line.length));
      writeFileSync(join(path, `file-${file}.c`), line.repeat(lines));
    }
  }
}
