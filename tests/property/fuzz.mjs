// Starts `fuzz.ts` in any Node that we support: Vite loads TypeScript, as it does for our commands.
import { loadTypeScript } from '../../bin/typescript.mjs';

const module = await loadTypeScript('tests/property/fuzz.ts');
const code = module.fuzz(process.argv.slice(2));
// What was fuzzed may have left message channels open, which would keep Node alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
