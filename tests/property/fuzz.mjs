// Starts `fuzz.ts` in any Node that we support: Vite loads TypeScript, as it does for our commands.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const { module } = await runnerImport(join(here, 'fuzz.ts'), {
  root: dirname(dirname(here)),
  configFile: false,
  envFile: false,
  logLevel: 'error',
});
const code = module.fuzz(process.argv.slice(2));
// What was fuzzed may have left message channels open, which would keep Node alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
