// Starts `run.ts` in any Node that we support: Vite loads TypeScript, as it does for our commands.
import { loadTypeScript } from '../../bin/typescript.mjs';

const module = await loadTypeScript('tests/conformance/run.ts');
process.exitCode = await module.conformance();
