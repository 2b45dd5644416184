import { join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import type { GuestFiles } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';

/** The modules that the package exports, by file. */
const ENTRIES = [
  'src/library/index.ts',
  'src/library/device.ts',
  'src/library/vite.ts',
  'src/playwright/index.ts',
  // The page that the kit opens.
  'src/playwright/page/main.ts',
];
const RING = 'src/ring/index.ts';

/** The scripts of its workers. Each is one file, so that every bundler can take it as it is. */
const WORKERS = ['device', 'disk-work'];

/** What is left to whoever uses the package. */
const EXTERNAL = ['vite', '@playwright/test', /^node:/];

/**
 * Where the sources look for a file, and where it is in the package. They are literal there, for
 * bundlers, which know no other way to find them.
 */
const PLACES: Record<string, [source: string, packed: string]> = {
  'src/machine/device-workers.ts': [
    "new URL('../../workers/device.ts', import.meta.url)",
    "new URL('../workers/device.js', import.meta.url)",
  ],
  'src/machine/disks/disk-worker.ts': [
    "new URL('../../../workers/disk-work.ts', import.meta.url)",
    "new URL('../../workers/disk-work.js', import.meta.url)",
  ],
  'src/machine/emulator-module.ts': [
    "import emulatorUrl from 'v86/build/v86.wasm?url';",
    "const emulatorUrl = new URL('../emulator/v86.wasm.gzip', import.meta.url).href;",
  ],
};

/** v86 asks for Node's modules in Node only; bundlers for browsers stumble over them. */
const NODE_MODULE = /\b(?:import|require)\("(?:node:)?(?:crypto|fs|fs\/promises|perf_hooks)"\)/g;

const asPacked: Plugin = {
  name: 'ringbox-as-packed',
  transform(code, id) {
    const path = relative(projectDirectory, id);
    if (path.endsWith('v86/build/libv86.mjs')) {
      return code.replace(NODE_MODULE, 'null');
    }
    const place = PLACES[path];
    if (place === undefined) return;
    if (!code.includes(place[0])) throw new Error(`${path} does not contain ${place[0]}`);
    return code.replace(...place);
  },
};

/** Puts the scripts of the package into `folder`, below `dist`. */
export async function addScripts(folder: string, guest: GuestFiles): Promise<void> {
  const dist = join(folder, 'dist');
  await addModules(dist, guest);
  for (const worker of WORKERS) await addWorker(dist, worker);
}

/** One file for each module, so that whoever bundles the package gets only what it uses. */
async function addModules(dist: string, guest: GuestFiles): Promise<void> {
  const { rootfsSize, rootfsVersion, commandLine } = guest;
  const packedGuest = { rootDiskSize: rootfsSize, rootDiskVersion: rootfsVersion, commandLine };
  const bundle = await rolldown({
    cwd: projectDirectory,
    input: [...ENTRIES, RING],
    external: EXTERNAL,
    platform: 'browser',
    treeshake: { moduleSideEffects: true },
    transform: { define: { PACKED_GUEST: JSON.stringify(packedGuest) } },
    plugins: [asPacked],
  });
  await bundle.write({
    dir: dist,
    format: 'es',
    preserveModules: true,
    preserveModulesRoot: join(projectDirectory, 'src'),
    entryFileNames: ({ name }) => `${inVendor(name)}.js`,
  });
  await bundle.close();
}

async function addWorker(dist: string, name: string): Promise<void> {
  const bundle = await rolldown({
    cwd: projectDirectory,
    input: `workers/${name}.ts`,
    platform: 'browser',
    plugins: [asPacked],
  });
  await bundle.write({
    file: join(dist, 'workers', `${name}.js`),
    format: 'es',
    codeSplitting: false,
    minify: true,
  });
  await bundle.close();
}

/** npm leaves out whatever is in a folder `node_modules`. */
function inVendor(name: string): string {
  return name.replace(/^(.*\/)?node_modules\//, 'vendor/');
}
