// `npm run flakes -- 200`: boots and restores the packed package's machine so often, and prints what came of it.
// With --packed the package is taken as it lies in package/.
import { existsSync } from 'node:fs';
import { loadTypeScript } from '../../bin/typescript.mjs';

const words = process.argv.slice(2);
const isPacked = words.includes('--packed');
const [count = '200', ...more] = words.filter((word) => word !== '--packed');
const rounds = Number(count);

async function main() {
  if (!Number.isInteger(rounds) || rounds < 1 || more.length > 0) {
    process.stderr.write('Usage: npm run flakes -- [ROUNDS] [--packed]\n');
    return 2;
  }
  const modules = new URL('../../package/dist/playwright/', import.meta.url);
  if (!isPacked || !existsSync(modules)) await (await loadTypeScript('bin/pack.ts')).pack([]);
  const { flakes } = await loadTypeScript('tests/flakes/flakes.ts');
  const { BootedMachine } = await import(new URL('booted-machine.js', modules).href);
  const { MachineKeeper } = await import(new URL('machine-keeper.js', modules).href);
  return flakes(rounds, { BootedMachine, MachineKeeper });
}

const code = await main();
process.stdout.write('', () => process.exit(code));
