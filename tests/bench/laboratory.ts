import { copyFileSync, existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, LaunchOptions, Page } from 'playwright';
import { type PreviewServer, preview } from 'vite';
import { findCommand } from '../../guest/build/command.ts';
import { type GuestFiles, prepareGuest, provideChromium } from '../../guest/build/index.ts';
import { ensurePackages } from '../../guest/build/packages.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { loadPlaywright } from '../../src/cli/browser.ts';
import { sandboxArguments } from '../../src/cli/chromium.ts';
import { ISOLATION_HEADERS } from '../../src/hosting/headers.ts';
import type { MachineName, SideName } from './figure.ts';
import {
  BARE,
  BZ_IMAGE,
  buildUntraced,
  type MaterialOptions,
  makeMaterials,
  PAGES,
  unpackPrograms,
  VMLINUX,
  workDisk,
} from './materials.ts';
import type { Guest, GuestParts } from './sides/guest.ts';
import { PageSide } from './sides/page-side.ts';
import { QEMU_PACKAGE, QemuSide } from './sides/qemu-side.ts';
import { TwoMachines } from './sides/two-machines.ts';

/** Where the pages are served, here and on the next port; clones that work side by side need ports of their own. */
const PORT = Number(process.env.RINGBOX_TEST_PORT ?? 5283);
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

  static async open(options: MaterialOptions): Promise<Laboratory> {
    const guest = await prepareGuest();
    const executablePath = await provideChromium();
    const qemu = await provideQemu();
    const folder = mkdtempSync(
      join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ringbox-bench-'),
    );
    try {
      await makeMaterials(folder, guest, guestParts(guest), options);
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
  async boot(side: MachineName): Promise<Guest> {
    const guest =
      side === 'qemu' ? await this.#bootQemu(['root', 'work']) : await this.#bootPage(side);
    await guest.measure(unpackPrograms(guest.disk));
    return guest;
  }

  /** Boots Ringbox's guest with a clock at its work disk (pages/latency.ts), likewise. */
  async bootObserved(): Promise<PageSide> {
    const guest = await this.#bootPage('latency');
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

  /** Boots Ringbox's guest to its prompt with its root disk and so many small ones, without programs. */
  bootPlain(furtherDisks: number, memory = MEMORY): Promise<Guest> {
    return this.#bootPage('ringbox', { workUrl: null, furtherDisks, memory });
  }

  /** Boots QEMU's guest to its prompt with its root disk, without programs. */
  bootPlainQemu(): Promise<QemuSide> {
    return this.#bootQemu(['root']);
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

  #bootPage(
    page: 'ringbox' | 'latency' | 'v86',
    changes: Partial<GuestParts> = {},
  ): Promise<PageSide> {
    // v86 takes only bzImages; Ringbox takes what is in one, as its own page does.
    const kernelUrl = `guest/${page === 'v86' ? BZ_IMAGE : VMLINUX}`;
    const parts = { ...guestParts(this.guest), kernelUrl, ...changes };
    const disk = page === 'v86' ? '/dev/sdb' : RINGBOX_DISK;
    return PageSide.boot(this.browser, `${this.address}${page}.html`, parts, disk);
  }

  /** With disks of its own: like the others it begins with fresh ones, and QEMU locks what it has. */
  #bootQemu(names: ('root' | 'work')[]): Promise<QemuSide> {
    if (this.qemu === null) throw new Error('there is no qemu-system-i386');
    const folder = mkdtempSync(join(this.folder, 'qemu-'));
    const disks = names.map((name) => join(folder, name));
    for (const disk of disks) {
      copyFileSync(disk.endsWith('root') ? this.guest.rootfs : workDisk(this.folder), disk);
    }
    truncateSync(disks[0], this.guest.rootfsSize);
    return QemuSide.boot({
      program: this.qemu,
      kernel: this.guest.kernelImage,
      commandLine: this.guest.commandLine,
      folder,
      disks,
      memory: MEMORY,
    });
  }
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

/** Served with the headers that isolate a page, which Ringbox needs, on all sides. */
function servedFrom(outDir: string, port: number) {
  const headers = ISOLATION_HEADERS;
  const preview = { port, strictPort: true, host: 'localhost', headers };
  return { logLevel: 'error' as const, build: { outDir }, preview };
}
