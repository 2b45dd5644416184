import { join } from 'node:path';
import { build as buildPage } from 'vite';
import { SetupError } from '../guest/build/errors.ts';
import { prepareGuest } from '../guest/build/index.ts';
import { projectDirectory } from '../guest/build/paths.ts';
import { readBuiltFolder } from '../src/hosting/built-folder.ts';
import { formatTransfers, transferBeforePrompt } from '../src/hosting/transfer.ts';

/** Where the page is built to, below the project. */
const FOLDER = 'dist';

/**
 * `ringbox build`: prepares the guest, builds the page into a folder for any static host, and tells
 * how much a visitor's browser will fetch.
 */
export async function build(parameters: string[]): Promise<number> {
  if (parameters.length > 0) throw new SetupError(`build: unknown option '${parameters[0]}'`);
  await prepareGuest();
  await buildPage({ root: projectDirectory, logLevel: 'warn', build: { outDir: FOLDER } });
  const files = readBuiltFolder(join(projectDirectory, FOLDER));
  process.stdout.write(`\n${formatTransfers(transferBeforePrompt(files))}\n`);
  process.stdout.write(`The page is in ${FOLDER}/. Put that folder on any static host.\n`);
  return 0;
}
