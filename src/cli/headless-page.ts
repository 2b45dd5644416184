import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { findArtifact, provideArtifact } from '../../guest/build/cache.ts';
import { describeFolder, keyOf } from '../../guest/build/hash.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { inStep } from '../../guest/build/progress.ts';

/** Raise it when the way of building changes. */
const GENERATION = '2';

/** The file to open, in the folder that `provideHeadlessPage` answers. */
export const PAGE_NAME = 'index.html';

/**
 * The folder of the page that runs in the headless browser, built first if need be. It is kept in
 * the cache, by a hash of everything that it is made of, so that the second run starts at once.
 */
export async function provideHeadlessPage(): Promise<string> {
  const identity = { name: 'headless-page', key: keyOfHeadlessPage(projectDirectory) };
  return (
    findArtifact(identity) ??
    provideArtifact({
      ...identity,
      build: async (folder) => {
        await inStep('Building the headless page', () => buildPage(folder));
        return {};
      },
    })
  );
}

/** Changes with everything that the page is made of: its code, its workers', and all packages. */
export function keyOfHeadlessPage(project: string): string {
  const folders = ['src', 'workers'].map((folder) => describeFolder(join(project, folder)));
  const lockFile = readFileSync(join(project, 'package-lock.json'), 'utf8');
  return keyOf(GENERATION, ...folders, lockFile);
}

async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(projectDirectory, 'src/headless'),
    // Served below a path that is not known yet; all in one folder, which the cache wants flat.
    base: './',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      target: 'esnext',
      outDir: folder,
      assetsDir: '',
      emptyOutDir: false,
      // The page's security policy has no place for data: addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}
