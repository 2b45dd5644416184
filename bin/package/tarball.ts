import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Tarball {
  /** Of the file, in the package's folder. */
  name: string;
  /** Bytes. */
  size: number;
  unpackedSize: number;
}

/** Packs the package in `folder`, as npm would publish it. */
export async function makeTarball(folder: string): Promise<Tarball> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--ignore-scripts'], {
    cwd: folder,
  });
  const [{ filename, size, unpackedSize }] = JSON.parse(stdout);
  return { name: filename, size, unpackedSize };
}
