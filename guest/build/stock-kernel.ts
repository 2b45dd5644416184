import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { BUSYBOX_GENERATION, extractBusybox, provideBusybox } from './busybox.ts';
import { provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { type CpioEntry, CpioType, makeCpio } from './cpio.ts';
import { hashOfFile, keyOf } from './hash.ts';
import { type KernelModule, modulesDep, resolveModules } from './modules.ts';
import { guestDirectory } from './paths.ts';
import { inStep } from './progress.ts';
import { provideTarget } from './sources.ts';

/** The metapackage of Debian's newest kernel of this kind: i686, without PAE, for several CPUs. */
const PACKAGE = 'linux-image-686';
const KERNEL_PACKAGE = /\blinux-image-[\w.-]+-686\b/;
/** Raise it to take a newer package. */
const PACKAGE_GENERATION = 1;
const INIT = join(guestDirectory, 'initramfs/init');

/** What is loaded at the start. ext4 asks for crc32c by what it does, not by its name. */
const MODULES = [
  'virtio_pci',
  'virtio_console',
  'virtio_blk',
  'virtio_rng',
  'crc32c_generic',
  'ext4',
];

/** Debian's own kernel, for tests: virtio comes as modules, from an initramfs. */
export interface StockKernel {
  /** Path of a bzImage. */
  kernel: string;
  /** Path of an initramfs under gzip that starts /sbin/init of /dev/vda. */
  initramfs: string;
  /** What `uname -r` says. */
  release: string;
}

/** The kernel and its initramfs, made first if need be (50 MB to download, then some seconds). */
export async function provideStockKernel(): Promise<StockKernel> {
  const recipe = ['stock-kernel.ts', 'busybox.ts', 'cpio.ts', 'modules.ts'].map((name) =>
    hashOfFile(fileURLToPath(new URL(name, import.meta.url))),
  );
  const generations = [PACKAGE_GENERATION, BUSYBOX_GENERATION].map(String);
  const folder = await provideArtifact({
    name: 'stock-kernel',
    key: keyOf(...recipe, ...generations, hashOfFile(INIT)),
    build: buildStockKernel,
  });
  return {
    kernel: join(folder, 'bzImage'),
    initramfs: join(folder, 'initramfs.gz'),
    release: readFileSync(join(folder, 'release'), 'utf8'),
  };
}

async function buildStockKernel(folder: string): Promise<Record<string, string>> {
  const source = await provideTarget(PACKAGE, KERNEL_PACKAGE, PACKAGE_GENERATION);
  const busybox = await provideBusybox();
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const release = await inStep("Making an initramfs for Debian's kernel", async () => {
    const tree = join(scratch, 'tree');
    await runCommand('dpkg-deb', ['-x', source.path, tree]);
    await extractBusybox(busybox.path, join(scratch, 'busybox'));
    const [release] = readdirSync(join(tree, 'lib/modules'));
    copyFileSync(join(tree, `boot/vmlinuz-${release}`), join(folder, 'bzImage'));
    const modules = resolveModules(join(tree, 'lib/modules', release), MODULES);
    const archive = makeCpio(initramfs(join(scratch, 'busybox'), release, modules));
    writeFileSync(join(folder, 'initramfs.gz'), gzipSync(archive));
    writeFileSync(join(folder, 'release'), release);
    return release;
  });
  rmSync(scratch, { recursive: true });
  return { release };
}

function initramfs(busybox: string, release: string, modules: KernelModule[]): CpioEntry[] {
  const home = `lib/modules/${release}`;
  const folder = (path: string) => ({ path, mode: CpioType.folder | 0o755 });
  const file = (path: string, content: Buffer | string, permissions = 0o644) => {
    return { path, mode: CpioType.file | permissions, content };
  };
  return [
    ...['bin', 'dev', 'etc', 'lib', 'lib/modules', home, 'mnt', 'proc', 'sbin'].map(folder),
    file('init', readFileSync(INIT), 0o755),
    file('bin/busybox', readFileSync(busybox), 0o755),
    file('etc/modules', `${MODULES.join('\n')}\n`),
    file(`${home}/modules.dep`, modulesDep(modules)),
    ...modules.map(({ path }) => file(`${home}/${basename(path)}`, readFileSync(path))),
  ];
}
