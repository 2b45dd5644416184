import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from './errors.ts';

/** A kernel module and what it cannot be loaded without. */
export interface KernelModule {
  /** Its file. */
  path: string;
  /** Files of the modules that it uses, directly or not, each after what it uses itself. */
  dependencies: string[];
}

/** The name that the kernel and modprobe know a module by: a file has `-` where others write `_`. */
function moduleName(file: string): string {
  return basename(file, '.ko').replaceAll('-', '_');
}

/**
 * The modules of these names in `folder` (lib/modules/RELEASE) and all that they depend on, each
 * after what it uses. The package brings no modules.dep: that is made where it is installed.
 * @throws SetupError when one is missing
 */
export function resolveModules(folder: string, names: readonly string[]): KernelModule[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ko'))
      .map((path) => [moduleName(path), join(folder, path)]),
  );
  const resolved = new Map<string, KernelModule>();
  const resolve = (name: string): KernelModule => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    const path = files.get(name);
    if (path === undefined) throw new SetupError(`There is no kernel module ${name} in ${folder}.`);
    const used = dependenciesOf(readFileSync(path)).map(resolve);
    const dependencies = used.flatMap((module) => [...module.dependencies, module.path]);
    const module = { path, dependencies: [...new Set(dependencies)] };
    resolved.set(name, module);
    return module;
  };
  for (const name of names) resolve(name);
  return [...resolved.values()];
}

/**
 * The file modules.dep of a folder that holds these modules, and nothing below: a line for each
 * module, its file first, then those of its dependencies, of which the last is loaded first.
 */
export function modulesDep(modules: readonly KernelModule[]): string {
  const line = ({ path, dependencies }: KernelModule) => {
    const used = [...dependencies].reverse().map((file) => ` ${basename(file)}`);
    return `${basename(path)}:${used.join('')}\n`;
  };
  return modules.map(line).join('');
}

/** What a module says of itself: its section .modinfo holds strings such as `depends=crc16,jbd2`. */
export function dependenciesOf(file: Buffer): string[] {
  const depends = /\0depends=([^\0]*)\0/.exec(file.toString('latin1'))?.[1];
  if (depends === undefined) throw new SetupError('A kernel module does not say what it uses.');
  return depends === '' ? [] : depends.split(',').map(moduleName);
}
