import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Artifact, findArtifact, provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { keyOf } from './hash.ts';
import { ensurePackages, kernelRequirements } from './packages.ts';
import { guestDirectory } from './paths.ts';
import { formatSize, inStep, type Step } from './progress.ts';
import { provideSource } from './sources.ts';

/** Raise it when this file changes in a way that changes the kernel. */
const RECIPE = 2;
const PACKAGE = 'linux-source-6.1';
/** Raise it to build from a newer package of the same name. */
const PACKAGE_GENERATION = 1;
/** Lines that one build prints for compiled objects; only the percentage shown depends on it. */
const EXPECTED_OBJECTS = 1290;
const FRAGMENT = join(guestDirectory, 'kernel.config');
const PATCH = join(guestDirectory, 'kernel.patch');

/** Parts of the source tree that a kernel for x86 without modules never reads: two thirds of it. */
const UNUSED = [
  'arch/[!x]*.[chS]',
  'arch/*.dts*',
  'Documentation/*.rst',
  'Documentation/*.yaml',
  'drivers/gpu/drm/*.[ch]',
  'drivers/media/*.[ch]',
  'drivers/net/ethernet/*.[ch]',
  'drivers/net/wireless/*.[ch]',
  'sound/*.[ch]',
  'tools/testing/*',
];

/** The same sources give the same bytes, whoever compiles them and when. */
const REPRODUCIBLE = {
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 2026',
  KBUILD_BUILD_USER: 'ringbox',
  KBUILD_BUILD_HOST: 'ringbox',
  KBUILD_BUILD_VERSION: '1',
};

function kernelArtifact(): Artifact {
  const changes = [readFragment(), readPatch()];
  const key = keyOf(`recipe ${RECIPE}`, PACKAGE, String(PACKAGE_GENERATION), ...changes);
  return { name: 'kernel', key, build: buildKernel };
}

/** The fragment without comments and blank lines: rewording a comment builds no kernel. */
function readFragment(): string {
  const isOption = (line: string) => /^(# )?CONFIG_/.test(line);
  return readFileSync(FRAGMENT, 'utf8').split('\n').filter(isOption).join('\n');
}

/** The patch without the text before it: see `readFragment`. */
function readPatch(): string {
  const patch = readFileSync(PATCH, 'utf8');
  return patch.slice(patch.search(/^--- /m));
}

/** The folder that holds `bzImage`, `vmlinux` and `vmlinux.gz`, or undefined if it is not built. */
export function findKernel(): string | undefined {
  return findArtifact(kernelArtifact());
}

/** The same folder, built first if need be: some minutes. */
export async function provideKernel(): Promise<string> {
  return findKernel() ?? provideArtifact(kernelArtifact());
}

async function buildKernel(folder: string): Promise<Record<string, string>> {
  await ensurePackages(kernelRequirements, 'compile the guest kernel');
  const source = await provideSource(PACKAGE, PACKAGE_GENERATION);
  const tree = join(folder, 'tree');
  await inStep('Unpacking the kernel source', () => unpack(source.path, folder));
  // No fuzz: what has moved in a newer package has to be looked at again.
  await runCommand('patch', ['-p1', '-F0', '-s', '-i', PATCH], { directory: tree });
  await configure(tree);
  const image = join(tree, 'arch/x86/boot/bzImage');
  await inStep(
    'Compiling the guest kernel',
    (step) => compile(tree, step),
    () => formatSize(statSync(image).size),
  );
  copyFileSync(image, join(folder, 'bzImage'));
  await keepUnpacked(tree, folder);
  copyFileSync(join(tree, '.config'), join(folder, 'config'));
  copyFileSync(PATCH, join(folder, 'patch'));
  const release = await runCommand('make', ['-s', 'ARCH=i386', 'kernelrelease'], {
    directory: tree,
  });
  rmSync(tree, { recursive: true });
  const version = await runCommand('dpkg-deb', ['-f', source.path, 'Version']);
  return { package: PACKAGE, packageVersion: version.trim(), release: release.trim() };
}

/** Keeps what is in the bzImage, without symbols, and for those who download it under gzip. */
async function keepUnpacked(tree: string, folder: string): Promise<void> {
  const kernel = join(folder, 'vmlinux');
  await runCommand('objcopy', ['--strip-all', join(tree, 'vmlinux'), kernel]);
  writeFileSync(`${kernel}.gz`, gzipSync(readFileSync(kernel), { level: 9 }));
}

/** Unpacks the source in `folder/tree`. */
async function unpack(packageFile: string, folder: string): Promise<void> {
  const member = `./usr/src/${PACKAGE}.tar.xz`;
  const exclude = UNUSED.map((path) => `--exclude='${PACKAGE}/${path}'`).join(' ');
  const script = [
    'set -e -o pipefail',
    `dpkg-deb --fsys-tarfile '${packageFile}' | tar -xO '${member}' | tar -xJ ${exclude}`,
    `mv '${PACKAGE}' tree`,
  ].join('\n');
  await runCommand('bash', ['-c', script], { directory: folder });
}

async function configure(tree: string): Promise<void> {
  const environment = { ARCH: 'i386' };
  const run = (name: string, ...parameters: string[]) =>
    runCommand(name, parameters, { directory: tree, environment });
  await run('make', 'tinyconfig');
  await run('sh', 'scripts/kconfig/merge_config.sh', '-m', '.config', FRAGMENT);
  await run('make', 'olddefconfig');
  const unmet = unmetOptions(readFragment(), readFileSync(join(tree, '.config'), 'utf8'));
  if (unmet.length === 0) return;
  throw new SetupError(`guest/kernel.config: the kernel does not take\n  ${unmet.join('\n  ')}`);
}

/**
 * The lines of a fragment that a final configuration does not keep. Options that are not set may
 * be missing from it altogether: their own conditions are off.
 */
export function unmetOptions(fragment: string, config: string): string[] {
  const lines = config.split('\n');
  const kept = new Set(lines);
  return fragment.split('\n').filter((line) => {
    const disabled = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1];
    if (disabled) return lines.some((other) => other.startsWith(`${disabled}=`));
    return line.startsWith('CONFIG_') && !kept.has(line);
  });
}

async function compile(tree: string, step: Step): Promise<void> {
  let objects = 0;
  await runCommand('make', ['ARCH=i386', `-j${availableParallelism() + 1}`, 'bzImage'], {
    directory: tree,
    environment: REPRODUCIBLE,
    onLine: (line) => {
      if (/^ {2}(CC|AS|AR|HOSTCC) /.test(line)) step.update(++objects / EXPECTED_OBJECTS);
    },
  });
}
