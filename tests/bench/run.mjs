// Starts `main.ts` in any Node that we support: Vite loads TypeScript, as it does for our commands.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const { module } = await runnerImport(join(here, 'main.ts'), {
  root: dirname(dirname(here)),
  configFile: false,
  envFile: false,
  logLevel: 'error',
});
process.exitCode = await module.bench(process.argv.slice(2));
