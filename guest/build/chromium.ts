import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installedChromium } from '../../src/cli/chromium.ts';
import { runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { ensurePackages } from './packages.ts';
import { projectDirectory } from './paths.ts';
import { inStep } from './progress.ts';

/**
 * The Chromium to use: `$CHROMIUM_PATH`, else one that is installed, else one that Playwright has
 * fetched before; undefined if there is none. Throws a SetupError if `$CHROMIUM_PATH` names
 * nothing.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = environment.CHROMIUM_PATH;
  if (chosen && !existsSync(chosen)) throw new SetupError(`CHROMIUM_PATH: there is no ${chosen}`);
  return installedChromium(environment) ?? findFetchedChromium();
}

/** Playwright is loaded only if it comes to that: it takes a while. */
function findFetchedChromium(): string | undefined {
  try {
    const require = createRequire(join(projectDirectory, 'package.json'));
    const path: string = require('playwright').chromium.executablePath();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The same, installed first if need be: as root by apt-get, otherwise fetched by Playwright.
 * Throws a SetupError that says what to install when neither works.
 */
export async function provideChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  const requirement = { package: 'chromium', provides: 'chromium' };
  const refusal = await ensurePackages([requirement], 'run a browser').then(
    () => undefined,
    (error: Error) => error,
  );
  if (refusal) await fetchChromium(refusal);
  const path = findChromium();
  if (!path) throw refusal ?? new SetupError('Chromium was installed, but cannot be found.');
  return path;
}

/** Lets Playwright fetch its own browser; when it cannot, what apt-get said counts more. */
async function fetchChromium(refusal: Error): Promise<void> {
  const program = join(projectDirectory, 'node_modules/playwright/cli.js');
  await inStep('Fetching Chromium', () =>
    runCommand(process.execPath, [program, 'install', 'chromium'], { directory: projectDirectory }),
  ).catch(() => {
    throw refusal;
  });
}
