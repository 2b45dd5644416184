import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../guest/build/paths.ts';
import {
  type Counts,
  NO_TESTS,
  playwrightCounts,
  settleCounts,
  vitestCounts,
} from './test-counts.ts';

/** Runs a program with our own streams; answers its exit code, null for one that was killed. */
function runVisibly(
  program: string,
  parameters: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number | null> {
  const child = spawn(program, parameters, {
    cwd: projectDirectory,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`);
      resolve(null);
    });
    child.on('close', (code) => resolve(code));
  });
}

function heading(title: string): void {
  process.stdout.write(`\n== ${title}\n`);
}

/** Runs a tool that only complains: no tests, but a failure if it is not content. */
export async function runCheck(
  title: string,
  program: string,
  parameters: string[],
): Promise<Counts> {
  heading(title);
  const code = await runVisibly(program, parameters);
  if (code === 0) return NO_TESTS;
  process.stdout.write(`${title}: FAILED\n`);
  return { ...NO_TESTS, failed: 1 };
}

/** Runs the unit tests; `rest` is handed on to Vitest. */
export async function runVitest(reports: string, rest: string[]): Promise<Counts> {
  heading('Unit tests');
  const report = join(reports, 'vitest.json');
  const program = join(projectDirectory, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runVisibly(process.execPath, [program, 'run', ...reporters, ...rest]);
  return settleCounts(code, readIfThere(report), vitestCounts);
}

/** Runs the end-to-end tests in the browser at `chromium`; `rest` is handed on to Playwright. */
export async function runPlaywright(
  reports: string,
  rest: string[],
  chromium: string,
): Promise<Counts> {
  heading('End-to-end tests');
  const report = join(reports, 'playwright.json');
  const program = join(projectDirectory, 'node_modules/@playwright/test/cli.js');
  const code = await runVisibly(
    process.execPath,
    [program, 'test', '--reporter=list,json', ...rest],
    { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  );
  return settleCounts(code, readIfThere(report), playwrightCounts);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
