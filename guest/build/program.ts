import { basename, join } from 'node:path';
import { findArtifact, provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { keyOf } from './hash.ts';
import { compilerRequirements, ensurePackages } from './packages.ts';
import { guestDirectory } from './paths.ts';

/**
 * A static 32-bit program that needs no C library: GCC for amd64 can make it without any package
 * for i386. GCC must not turn the loops of our own memset into calls of memset.
 */
const FLAGS = [
  '-m32',
  '-march=i686',
  '-static',
  '-fno-pie',
  '-no-pie',
  '-nostdlib',
  '-ffreestanding',
  '-O2',
  '-fno-tree-loop-distribute-patterns',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-fcf-protection=none',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--build-id=none',
  '-s',
  `-I${join(guestDirectory, 'programs')}`,
];

/**
 * Compiles one C file that includes `ringbox.h` (guest/programs) for the guest and answers the
 * path of the program in the cache. Compiled again only when the preprocessed text or our flags
 * have changed. Throws a SetupError that quotes the compiler when the file has mistakes.
 */
export async function buildGuestProgram(sourceFile: string): Promise<string> {
  await ensurePackages(compilerRequirements, 'compile programs for the guest');
  const name = basename(sourceFile, '.c');
  const text = await runCommand('gcc', [...FLAGS, '-E', '-P', sourceFile]);
  const artifact = { name: `program-${name}`, key: keyOf(text, ...FLAGS.slice(0, -1)) };
  const folder =
    findArtifact(artifact) ??
    (await provideArtifact({
      ...artifact,
      async build(target) {
        await compileProgram(sourceFile, join(target, name));
        return {};
      },
    }));
  return join(folder, name);
}

/** Compiles `sourceFile` to the program `output`, without the cache. */
export async function compileProgram(sourceFile: string, output: string): Promise<void> {
  await runCommand('gcc', [...FLAGS, '-o', output, sourceFile]);
}
