// Starts `main.ts` in any Node that we support: Vite loads TypeScript, as it does for our commands.
import { loadTypeScript } from '../../bin/typescript.mjs';

const module = await loadTypeScript('tests/bench/main.ts');
process.exitCode = await module.bench(process.argv.slice(2));
