import { existsSync } from 'node:fs';
import { findCommand, runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { inStep } from './progress.ts';

/** A system package and how to see that it is there: a program, or a file by its full path. */
export interface Requirement {
  package: string;
  provides: string;
}

/** What compiling C for the guest takes, the freestanding programs of guest/programs. */
export const compilerRequirements: Requirement[] = [{ package: 'gcc', provides: 'gcc' }];

/** What compiling the kernel takes beside Debian's essential packages. */
export const kernelRequirements: Requirement[] = [
  ...compilerRequirements,
  { package: 'libc6-dev', provides: '/usr/include/stdlib.h' },
  { package: 'make', provides: 'make' },
  { package: 'flex', provides: 'flex' },
  { package: 'bison', provides: 'bison' },
  { package: 'bc', provides: 'bc' },
  { package: 'xz-utils', provides: 'xz' },
  { package: 'lz4', provides: 'lz4' },
  { package: 'patch', provides: 'patch' },
];

/** What making an ext4 image takes. */
export const imageRequirements: Requirement[] = [
  { package: 'e2fsprogs', provides: 'mke2fs' },
  { package: 'e2fsprogs', provides: 'debugfs' },
];

/** What making a disk takes that starts by itself. */
export const bootLoaderRequirements: Requirement[] = [
  ...imageRequirements,
  { package: 'grub-common', provides: 'grub-mkimage' },
  { package: 'grub-pc-bin', provides: '/usr/lib/grub/i386-pc/boot.img' },
];

/** The packages of `requirements` that this machine lacks, each once. */
export function missingPackages(
  requirements: Requirement[],
  has: (provides: string) => boolean = isProvided,
): string[] {
  const missing = requirements.filter(({ provides }) => !has(provides));
  return [...new Set(missing.map((requirement) => requirement.package))];
}

function isProvided(provides: string): boolean {
  return provides.startsWith('/') ? existsSync(provides) : findCommand(provides) !== undefined;
}

/** What a user who is not root is told. */
export function missingPackagesMessage(packages: string[], purpose: string): string {
  const [these, are] = packages.length === 1 ? ['a system package', 'is'] : ['packages', 'are'];
  return (
    `To ${purpose}, ${these} ${are} missing that only root can install. Run this, then try again:\n` +
    `  sudo apt-get install --no-install-recommends ${packages.join(' ')}`
  );
}

/**
 * Sees to it that packages are there: as root installs what is missing, otherwise throws a
 * SetupError with the one command to type. `purpose` completes "To ...".
 */
export async function ensurePackages(requirements: Requirement[], purpose: string): Promise<void> {
  const missing = missingPackages(requirements);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !findCommand('apt-get')) {
    throw new SetupError(missingPackagesMessage(missing, purpose));
  }
  await inStep(`Installing ${missing.join(', ')}`, () => installPackages(missing));
  const still = missingPackages(requirements);
  if (still.length > 0) throw new SetupError(missingPackagesMessage(still, purpose));
}

async function installPackages(packages: string[]): Promise<void> {
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      environment,
    });
  try {
    await install();
  } catch {
    // Lists are missing or older than the archive, as on every fresh machine. A source that cannot
    // be reached makes the update fail though the others are fine: the second try will tell.
    await runCommand('apt-get', ['update', '-q'], { environment }).catch(() => undefined);
    await install();
  }
}
