import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { runCommand } from '../../guest/build/command.ts';
import { buildGuestProgram, type GuestFiles } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { inStep } from '../../guest/build/progress.ts';
import { Noise } from '../support/noise.ts';
import type { GuestParts } from './sides/guest.ts';
import { withoutTracePoints } from './without-trace-points.ts';

export const PAGES = fileURLToPath(new URL('pages', import.meta.url));
const PAGE_NAMES = ['latency', 'ringbox', 'trace-points', 'v86', 'v86-page', 'work'];
const PROGRAMS = fileURLToPath(new URL('guest', import.meta.url));
/** The programs in `guest`, which every guest finds in /tmp/bench. */
const PROGRAM_NAMES = ['disk-bench', 'fsync-bench', 'integer-bench'];
/** The source tree that guests find as /tmp/bench/tree.tar. */
const TREE = { folders: 25, longest: 12 * 1024 };

/** The kernel's two forms, as the pages know them. */
export const BZ_IMAGE = 'bzImage';
export const VMLINUX = 'vmlinux';

const MIB = 1024 * 1024;
/** Bytes of the disk to be worked with: more than any cache of a processor holds. */
const WORK_SIZE = 128 * MIB;
/** As much of it the programs may take. */
const PROGRAMS_SIZE = 4 * MIB;

/** How much is made. */
export interface MaterialOptions {
  /** Pages as they ship; otherwise functions keep their names. */
  minify: boolean;
  /** Files in each folder of the source tree. */
  filesEach: number;
}

/**
 * Makes what pages are served, below `pages` and `page`, and for QEMU raw images that are to be
 * copied before it writes to them.
 * @param parts what a page is to boot, by addresses below its own
 */
export async function makeMaterials(
  folder: string,
  guest: GuestFiles,
  parts: GuestParts,
  { minify, filesEach }: MaterialOptions,
): Promise<void> {
  await inStep('Building the pages', () => buildPages(folder, minify));
  await inStep('Making the disks', async () => {
    await serveGuest(join(folder, 'pages/guest'), guest, parts);
    await makeWorkDisk(folder, filesEach);
  });
}

/** Shell command of a guest: finds the programs at the beginning of the disk to be worked with. */
export function unpackPrograms(disk: string): string {
  // Left alone, tar would read on to the end of the disk.
  return `dd if=${disk} bs=64k count=${PROGRAMS_SIZE / (64 * 1024)} 2>/dev/null | tar -x -C /tmp`;
}

/** Of our own pages, which have nothing to do with the project's configuration of Vite. */
export const BARE = { configFile: false as const, base: './' };

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
export async function buildUntraced(folder: string): Promise<void> {
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

/** What the pages fetch but for the disk to be worked with. */
async function serveGuest(served: string, guest: GuestFiles, parts: GuestParts): Promise<void> {
  mkdirSync(served);
  copyFileSync(guest.kernelImage, join(served, BZ_IMAGE));
  copyFileSync(guest.kernel, join(served, VMLINUX));
  copyFileSync(guest.rootfsCompressed, join(served, 'rootfs.ext4.gzip'));
  copyFileSync(guest.firmware, join(served, 'seabios.bin'));
  await writeFile(join(served, 'parts.json'), JSON.stringify(parts));
}

/** Where the disk to be worked with is. */
export function workDisk(folder: string): string {
  return join(folder, 'pages/guest/work.img');
}

/**
 * The disk to be worked with: an archive of our programs at its start, and noise behind it, so that
 * no side has pages that were never written, which cost it nothing.
 */
async function makeWorkDisk(folder: string, filesEach: number): Promise<void> {
  const made = join(folder, 'made');
  const pack = (name: string, archive: string) =>
    runCommand('tar', ['-c', '-f', archive, '-C', made, name]);
  mkdirSync(join(made, 'bench'), { recursive: true });
  for (const name of PROGRAM_NAMES) {
    copyFileSync(await buildGuestProgram(join(PROGRAMS, `${name}.c`)), join(made, 'bench', name));
  }
  makeTree(join(made, 'tree'), filesEach);
  await pack('tree', join(made, 'bench/tree.tar'));
  await pack('bench', join(made, 'programs.tar'));
  const programs = readFileSync(join(made, 'programs.tar'));
  if (programs.length > PROGRAMS_SIZE) throw new Error('the programs for guests are too large');
  const image = randomBytes(WORK_SIZE);
  programs.copy(image);
  await writeFile(workDisk(folder), image);
}

/** Files of text in folders, the same ones for ever. */
function makeTree(tree: string, filesEach: number): void {
  const line = 'static int some_function(struct some_type *argument, int number);\n';
  const noise = new Noise(1);
  for (let folder = 0; folder < TREE.folders; folder++) {
    const path = join(tree, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesEach; file++) {
      const lines = 1 + (noise.next() % Math.floor(TREE.longest / line.length));
      writeFileSync(join(path, `file-${file}.c`), line.repeat(lines));
    }
  }
}
