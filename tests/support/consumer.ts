import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectDirectory } from '../../guest/build/paths.ts';

const run = promisify(execFile);
const PACKAGE = join(projectDirectory, 'package');

/** The npm package, made anew. */
export interface PackedPackage {
  /** The folder that it was made in, and the tarball. */
  folder: string;
  tarball: string;
  /** What the command has said. */
  report: string;
}

/** Makes the npm package, as its command does. */
export async function packPackage(): Promise<PackedPackage> {
  const { stdout } = await run('node', ['bin/ringbox.mjs', 'pack'], { cwd: projectDirectory });
  const name = readdirSync(PACKAGE).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`there is no tarball in ${PACKAGE}`);
  return { folder: PACKAGE, tarball: join(PACKAGE, name), report: stdout };
}

/**
 * A project of somebody who uses the package: a copy of an example in a folder outside of this repository,
 * into which npm has installed the packed package, without any network.
 */
export class Consumer {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param tools packages that are this repository's, since npm would fetch them */
  static async install(
    example: string,
    { tarball }: PackedPackage,
    tools: readonly string[] = [],
  ): Promise<Consumer> {
    const folder = mkdtempSync(join(tmpdir(), `ringbox-${example}-`));
    cpSync(join(projectDirectory, 'examples', example), folder, { recursive: true });
    const file = join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    manifest.dependencies = { ...manifest.dependencies, ringbox: `file:${tarball}` };
    delete manifest.devDependencies;
    writeFileSync(file, JSON.stringify(manifest));
    await run('npm', ['install', '--offline', '--omit=peer', '--no-package-lock'], { cwd: folder });
    for (const tool of tools) {
      const link = join(folder, 'node_modules', tool);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(projectDirectory, 'node_modules', tool), link);
    }
    return new Consumer(folder);
  }

  /** Runs a program of Node's in the folder. @returns what it has printed */
  async node(...parameters: string[]): Promise<string> {
    const { stdout } = await run('node', parameters, { cwd: this.folder }).catch((error) => {
      throw new Error(`node ${parameters.join(' ')}: ${error.stdout}${error.stderr}`);
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
