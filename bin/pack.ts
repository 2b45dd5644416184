import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../guest/build/errors.ts';
import { buildGuestProgram, prepareGuest } from '../guest/build/index.ts';
import { guestDirectory, projectDirectory } from '../guest/build/paths.ts';
import { addFiles } from './package/files.ts';
import { addScripts } from './package/scripts.ts';
import { makeTarball } from './package/tarball.ts';
import { addTypes } from './package/types.ts';

/** Where the package is made, below the project. */
const FOLDER = 'package';

/**
 * `ringbox pack`: makes the npm package, as a folder and as a tarball, and tells its size. What is in it, and
 * why, is told in src/library/README.md.
 */
export async function pack(parameters: string[]): Promise<number> {
  if (parameters.length > 0) throw new SetupError(`pack: unknown option '${parameters[0]}'`);
  const guest = await prepareGuest();
  const agent = await buildGuestProgram(join(guestDirectory, 'programs/agent/agent.c'));
  const folder = join(projectDirectory, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  await addScripts(folder, guest);
  await addTypes(folder);
  addFiles(folder, guest, agent);
  const { name, size, unpackedSize } = await makeTarball(folder);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  process.stdout.write(
    `${FOLDER}/${name}: ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}\n`,
  );
  return 0;
}
