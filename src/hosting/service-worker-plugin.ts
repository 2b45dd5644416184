import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { keyOf } from '../../guest/build/hash.ts';
import { type Build, SERVICE_WORKER_PATH } from './build.ts';
import { type BuiltFile, readBuiltFolder } from './built-folder.ts';

const ENTRY = fileURLToPath(new URL('../../workers/service-worker.ts', import.meta.url));

/** Puts the service worker into the folder of the page, with a list of all that is in it. */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'ringbox-service-worker',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    async closeBundle() {
      await buildServiceWorker(folder, describeBuild(readBuiltFolder(folder)));
    },
  };
}

export function describeBuild(built: readonly BuiltFile[]): Build {
  const files = built
    .filter(({ path }) => path !== SERVICE_WORKER_PATH)
    .map(({ path, content }) => {
      return { path, sha256: createHash('sha256').update(content).digest('hex') };
    });
  return { version: keyOf(JSON.stringify(files)), files };
}

/** One classic script: not every browser takes modules as service workers. */
async function buildServiceWorker(folder: string, described: Build): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { BUILD: JSON.stringify(described) },
    build: {
      target: 'es2023',
      outDir: folder,
      emptyOutDir: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: ENTRY,
        output: { format: 'iife', entryFileNames: SERVICE_WORKER_PATH },
      },
    },
  });
}
