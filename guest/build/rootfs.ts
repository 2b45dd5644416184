import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { BUSYBOX_GENERATION, BUSYBOX_PACKAGE, extractBusybox, provideBusybox } from './busybox.ts';
import { type Artifact, findArtifact, provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { describeFolder, hashOfFile, keyOf } from './hash.ts';
import { buildExt4Image, cutTrailingZeros, setTimes } from './image.ts';
import { compilerRequirements, ensurePackages, imageRequirements } from './packages.ts';
import { guestDirectory } from './paths.ts';
import { compileProgram } from './program.ts';
import { formatSize, inStep } from './progress.ts';

/** Bytes of the root disk as the guest sees it. */
export const ROOT_DISK_SIZE = 256 * 2 ** 20;

const OVERLAY = join(guestDirectory, 'rootfs');
const PROGRAMS = join(guestDirectory, 'programs');

/** Folders that a system has beside those of the overlay, with their modes where they differ. */
const FOLDERS: Record<string, number> = {
  bin: 0o755,
  dev: 0o755,
  'etc/profile.d': 0o755,
  home: 0o755,
  mnt: 0o755,
  opt: 0o755,
  proc: 0o755,
  root: 0o700,
  run: 0o755,
  sbin: 0o755,
  sys: 0o755,
  tmp: 0o1777,
  'usr/bin': 0o755,
  'usr/local/bin': 0o755,
  'usr/local/sbin': 0o755,
  'usr/sbin': 0o755,
  'var/log': 0o755,
  'var/tmp': 0o1777,
};

/** Busybox's own init gives way to ours. */
const REPLACED_APPLETS = new Set(['sbin/init', 'linuxrc']);

/** Changes when what `makeRootTree` makes, or how an image is made of it, does. */
export function rootTreeKey(): string {
  const recipe = ['rootfs.ts', 'busybox.ts', 'image.ts', 'program.ts'].map((name) =>
    hashOfFile(fileURLToPath(new URL(name, import.meta.url))),
  );
  const generation = String(BUSYBOX_GENERATION);
  const trees = [OVERLAY, PROGRAMS].map(describeFolder);
  return keyOf(...recipe, generation, ...trees);
}

function rootfsArtifact(): Artifact {
  return { name: 'rootfs', key: rootTreeKey(), build: buildRootfs };
}

/** The folder that holds `rootfs.ext4` and `rootfs.ext4.gz`, or undefined if it is not built. */
export function findRootfs(): string | undefined {
  return findArtifact(rootfsArtifact());
}

/** The same folder, built first if need be: some seconds. */
export async function provideRootfs(): Promise<string> {
  return findRootfs() ?? provideArtifact(rootfsArtifact());
}

async function buildRootfs(folder: string): Promise<Record<string, string>> {
  const required = [...compilerRequirements, ...imageRequirements];
  await ensurePackages(required, 'make the root file system');
  const source = await provideBusybox();
  const version = await runCommand('dpkg-deb', ['-f', source.path, 'Version']);
  const size = await inStep('Making the root file system', () => makeImage(folder), formatSize);
  return { package: BUSYBOX_PACKAGE, packageVersion: version.trim(), compressedSize: String(size) };
}

/** Makes both files in `folder`; answers the size of the compressed one in bytes. */
async function makeImage(folder: string): Promise<number> {
  const tree = join(folder, 'tree');
  const image = join(folder, 'rootfs.ext4');
  await makeRootTree(tree);
  await buildExt4Image(tree, ROOT_DISK_SIZE, image);
  rmSync(tree, { recursive: true });
  cutTrailingZeros(image);
  const compressed = `${image}.gz`;
  writeFileSync(compressed, gzipSync(readFileSync(image), { level: 9 }));
  return statSync(compressed).size;
}

/** Makes the folder `tree`, which holds all that the guest's root file system does. */
export async function makeRootTree(tree: string): Promise<void> {
  const { path: packageFile } = await provideBusybox();
  cpSync(OVERLAY, tree, { recursive: true });
  for (const [name, mode] of Object.entries(FOLDERS)) {
    mkdirSync(join(tree, name), { recursive: true });
    chmodSync(join(tree, name), mode);
  }
  await addBusybox(packageFile, tree);
  await compileProgram(join(PROGRAMS, 'init', 'init.c'), join(tree, 'sbin/init'));
  await compileProgram(join(PROGRAMS, 'agent', 'agent.c'), join(tree, 'sbin/ringbox-agent'));
  chmodSync(join(tree, 'etc/shadow'), 0o600);
  symlinkSync('/proc/mounts', join(tree, 'etc/mtab'));
  // As old as what is inside, whenever and wherever it is made.
  setTimes(tree, Date.UTC(2026, 0, 1));
}

/** Busybox with a link for each of its applets, where they belong. */
async function addBusybox(packageFile: string, tree: string): Promise<void> {
  const program = join(tree, 'bin/busybox');
  await extractBusybox(packageFile, program);
  const list = await runCommand(program, ['--list-full']).catch((error: Error) => {
    throw new SetupError(`This machine cannot run 32-bit x86 programs: ${error.message}`);
  });
  for (const applet of list.split('\n').filter((path) => path && !REPLACED_APPLETS.has(path))) {
    const link = join(tree, applet);
    if (!existsSync(link)) symlinkSync('/bin/busybox', link);
  }
}
