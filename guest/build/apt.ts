import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand, runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { inStep, type Step } from './progress.ts';

/** A package file as downloaded. */
export interface PackageFile {
  path: string;
  version: string;
}

/**
 * Options that give apt a state of its own below `folder` and make it a machine of the guest's
 * architecture: needs no root, and the system's own lists and architectures stay as they are.
 */
function privateState(folder: string): string[] {
  for (const name of ['lists/partial', 'archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'status'), '');
  const options = {
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'APT::Architecture': 'i386',
    'APT::Architectures': 'i386',
    'APT::Sandbox::User': 'root',
    'APT::Status-Fd': '1',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/**
 * Downloads a package of the i386 architecture (or of all) with the package sources that this
 * machine is set up with, into `folder`, which must be empty and may be thrown away. apt checks
 * the archive's signature and the file's hash.
 */
export async function downloadPackage(name: string, folder: string): Promise<PackageFile> {
  if (!findCommand('apt-get') || !findCommand('dpkg-deb')) {
    throw new SetupError(
      'The guest is built from Debian packages; this machine has no apt-get. Use Debian 12.',
    );
  }
  const state = privateState(join(folder, 'apt'));
  return inStep(`Downloading ${name}`, async (step) => {
    // One source that fails makes the whole update fail; whether it matters, the download tells.
    const update = await runCommand('apt-get', [...state, 'update', '-q']).then(
      () => '',
      (error: Error) => error.message,
    );
    try {
      return await fetchPackage(name, folder, state, step);
    } catch (error) {
      throw new SetupError(`${(error as Error).message}${update}`);
    }
  });
}

async function fetchPackage(
  name: string,
  folder: string,
  state: string[],
  step: Step,
): Promise<PackageFile> {
  await runCommand('apt-get', [...state, 'download', '-q', name], {
    directory: folder,
    onLine: (line) => {
      const percentage = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
      if (percentage) step.update(Number(percentage) / 100);
    },
  });
  const file = readdirSync(folder).find((entry) => entry.endsWith('.deb'));
  if (!file) throw new SetupError(`apt-get download ${name} brought no file.`);
  const path = join(folder, file);
  return { path, version: (await runCommand('dpkg-deb', ['-f', path, 'Version'])).trim() };
}
