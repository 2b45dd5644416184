import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, findArtifact, provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { keyOf } from './hash.ts';
import { provideSource } from './sources.ts';

const PACKAGE = 'seabios';
/** Raise it to take a newer package of the same name. */
const PACKAGE_GENERATION = 1;
/** The smaller one of SeaBIOS's images for virtual machines: 128 KiB, without system management. */
const MEMBER = 'usr/share/seabios/bios.bin';

function firmwareArtifact(): Artifact {
  const key = keyOf(PACKAGE, String(PACKAGE_GENERATION), MEMBER);
  return { name: 'firmware', key, build: unpackFirmware };
}

/** The folder that holds `seabios.bin`, or undefined if it is not there. */
export function findFirmware(): string | undefined {
  return findArtifact(firmwareArtifact());
}

/** The same folder, fetched first if need be. */
export async function provideFirmware(): Promise<string> {
  return findFirmware() ?? provideArtifact(firmwareArtifact());
}

async function unpackFirmware(folder: string): Promise<Record<string, string>> {
  const source = await provideSource(PACKAGE, PACKAGE_GENERATION);
  const tree = join(folder, 'tree');
  await runCommand('dpkg-deb', ['-x', source.path, tree]);
  copyFileSync(join(tree, MEMBER), join(folder, 'seabios.bin'));
  rmSync(tree, { recursive: true });
  const version = await runCommand('dpkg-deb', ['-f', source.path, 'Version']);
  return { package: PACKAGE, packageVersion: version.trim() };
}
