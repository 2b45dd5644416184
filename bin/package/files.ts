import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { GuestFiles } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';

const LIBRARY = join(projectDirectory, 'src/library');

/** Packages whose code is among the scripts. */
const VENDORS = ['@xterm/xterm', 'comlink', 'fzstd', 'v86'];

/** Puts all into `folder` that is neither script nor declaration. */
export function addFiles(folder: string, guest: GuestFiles, agent: string): void {
  const inDist = (path: string) => join(folder, 'dist', path);
  mkdirSync(inDist('guest'));
  const wasm = readFileSync(join(projectDirectory, 'node_modules/v86/build/v86.wasm'));
  writeFileSync(inDist('emulator/v86.wasm.gzip'), gzipSync(wasm, { level: 9 }));
  // Not .gz: hosts take that for an encoding, and browsers unpack it on its way.
  copyFileSync(guest.kernelCompressed, inDist('guest/vmlinux.gzip'));
  copyFileSync(guest.rootfsCompressed, inDist('guest/rootfs.ext4.gzip'));
  for (const name of ['config', 'patch']) {
    copyFileSync(join(dirname(guest.kernel), name), inDist(`guest/kernel.${name}`));
  }
  copyFileSync(agent, inDist('guest/ringbox-agent'));
  // For the screen in the report of a failed test.
  mkdirSync(inDist('playwright/terminal'));
  for (const file of ['lib/xterm.js', 'css/xterm.css']) {
    const source = join(projectDirectory, 'node_modules/@xterm/xterm', file);
    copyFileSync(source, inDist(`playwright/terminal/${basename(file)}`));
  }
  copyFileSync(join(LIBRARY, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(projectDirectory, 'CHANGELOG.md'), join(folder, 'CHANGELOG.md'));
  mkdirSync(join(folder, 'docs'));
  copyFileSync(join(projectDirectory, 'docs/playwright.md'), join(folder, 'docs/playwright.md'));
  writeFileSync(join(folder, 'LICENSES.md'), licenses(guest));
  writeFileSync(join(folder, 'package.json'), manifest());
}

function manifest(): string {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const { version } = read(join(projectDirectory, 'package.json'));
  const { name, ...rest } = read(join(LIBRARY, 'manifest.json'));
  return `${JSON.stringify({ name, version, ...rest }, null, 2)}\n`;
}

/** The licence of each part, with where to get the sources of those that have to come with them. */
function licenses(guest: GuestFiles): string {
  const text = (path: string) => readFileSync(join(projectDirectory, path), 'utf8').trim();
  const vendors = VENDORS.map((name) => `## ${name}\n\n${text(`node_modules/${name}/LICENSE`)}`);
  const source = text('src/library/guest-sources.md')
    .replace('KERNEL_VERSION', factOf(guest.kernel, 'packageVersion'))
    .replace('BUSYBOX_VERSION', factOf(guest.rootfs, 'packageVersion'));
  return `${['# Licences', `## Ringbox\n\n${text('LICENSE')}`, ...vendors, source].join('\n\n')}\n`;
}

/** What the recipe of the folder that `file` is in has noted. */
function factOf(file: string, fact: string): string {
  return JSON.parse(readFileSync(join(dirname(file), 'manifest.json'), 'utf8')).facts[fact];
}
