import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDirectory } from '../../guest/build/paths.ts';

/** Another module of ours, by the name of its source. */
const SOURCE = /(?<=(?:from |import\()["']\.[^"']*)\.ts(?=["'])/g;

/** Puts the declarations of all modules that the package exports into `folder`, below `dist`. */
export async function addTypes(folder: string): Promise<void> {
  const dist = join(folder, 'dist');
  const compiler = join(projectDirectory, 'node_modules/.bin/tsc');
  const project = join(projectDirectory, 'src/library/tsconfig.json');
  await promisify(execFile)(compiler, ['-p', project, '--outDir', dist]).catch((error) => {
    throw new Error(`The declarations could not be made:\n${error.stdout}`);
  });
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const file = join(dist, path);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(SOURCE, '.js'));
  }
}
