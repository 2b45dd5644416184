import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { provideArtifact } from '../../guest/build/cache.ts';
import { runCommand } from '../../guest/build/command.ts';
import { keyOf } from '../../guest/build/hash.ts';
import { ensurePackages, kernelRequirements } from '../../guest/build/packages.ts';
import { provideSource } from '../../guest/build/sources.ts';

/** The guest kernel's source, as guest/build/kernel.ts has it. */
const PACKAGE = 'linux-source-6.1';
const PACKAGE_GENERATION = 1;
const PROGRAM = 'virtio_ring_0_9';
const FLAGS = ['-O2', '-flto', '-fwhole-program', '-pthread'];

/**
 * Linux's own test of how fast two threads hand buffers to each other over a split virtqueue
 * (tools/virtio/ringtest), compiled for this machine. @returns its path
 */
export async function provideRingtest(): Promise<string> {
  await ensurePackages(kernelRequirements, 'compile Linux’s test of rings');
  const folder = await provideArtifact({
    name: 'ringtest',
    key: keyOf(PACKAGE, String(PACKAGE_GENERATION), ...FLAGS),
    build: buildRingtest,
  });
  return join(folder, PROGRAM);
}

async function buildRingtest(folder: string): Promise<Record<string, string>> {
  const { path } = await provideSource(PACKAGE, PACKAGE_GENERATION);
  const member = `${PACKAGE}/tools/virtio/ringtest`;
  const script = [
    'set -e -o pipefail',
    `dpkg-deb --fsys-tarfile '${path}' | tar -xO './usr/src/${PACKAGE}.tar.xz' | tar -xJ '${member}'`,
  ].join('\n');
  await runCommand('bash', ['-c', script], { directory: folder });
  const source = join(folder, member);
  const files = [`${PROGRAM}.c`, 'main.c'];
  await runCommand('gcc', [...FLAGS, '-o', PROGRAM, ...files], { directory: source });
  renameSync(join(source, PROGRAM), join(folder, PROGRAM));
  rmSync(join(folder, PACKAGE), { recursive: true });
  return { package: PACKAGE };
}
