import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { provideSource, type Source } from './sources.ts';

export const BUSYBOX_PACKAGE = 'busybox-static';
/** Raise it to build from a newer package of the same name. */
export const BUSYBOX_GENERATION = 1;

/** The package, downloaded first if need be. */
export function provideBusybox(): Promise<Source> {
  return provideSource(BUSYBOX_PACKAGE, BUSYBOX_GENERATION);
}

/** Puts the one program of the package at `target`. */
export async function extractBusybox(packageFile: string, target: string): Promise<void> {
  const unpacked = `${target}-package`;
  await runCommand('dpkg-deb', ['-x', packageFile, unpacked]);
  copyFileSync(join(unpacked, 'bin/busybox'), target);
  rmSync(unpacked, { recursive: true });
}
