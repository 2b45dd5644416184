import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../guest/build/errors.ts';
import { prepareGuest, provideChromium } from '../guest/build/index.ts';
import { projectDirectory } from '../guest/build/paths.ts';
import { addCounts, type Counts, formatCounts, NO_TESTS } from './test-counts.ts';
import { runCheck, runPlaywright, runVitest } from './test-runners.ts';

/** Makes the API reference of the package; a warning is a mistake. */
const REFERENCE_TOOL = join(projectDirectory, 'docs/api/node_modules/.bin/typedoc');
const REFERENCE_CHECK = ['--options', 'docs/api/typedoc.json', '--emit', 'none'];

interface TestOptions {
  check: boolean;
  unit: boolean;
  endToEnd: boolean;
  /** For the runner that was asked for. */
  rest: string[];
}

/** Reads the options of `ringbox test`; what follows --unit or --e2e is for that runner. */
export function parseTestOptions(parameters: string[]): TestOptions {
  const [first, ...rest] = parameters;
  if (first === undefined) return { check: true, unit: true, endToEnd: true, rest };
  if (first === '--unit') return { check: false, unit: true, endToEnd: false, rest };
  if (first === '--e2e') return { check: false, unit: false, endToEnd: true, rest };
  throw new SetupError(`test: unknown option '${first}'; it takes --unit or --e2e`);
}

/**
 * `ringbox test`: type-check, lint, unit tests and end-to-end tests, one after the other, none
 * skipped because of another. The last line says how many passed and failed; the exit code is 1
 * if any failed.
 */
export async function test(parameters: string[]): Promise<number> {
  const options = parseTestOptions(parameters);
  const reports = mkdtempSync(join(tmpdir(), 'ringbox-test-'));
  try {
    const counts = await runAll(options, reports);
    process.stdout.write(`\n${formatCounts(counts)}\n`);
    return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

/** Answers the browser's path; undefined, with the reason told, if the tests cannot be run. */
async function prepare(): Promise<string | undefined> {
  try {
    await prepareGuest();
    return await provideChromium();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`ringbox: ${error.message}\n`);
    return undefined;
  }
}

async function runAll(options: TestOptions, reports: string): Promise<Counts> {
  let counts = NO_TESTS;
  const tools = join(projectDirectory, 'node_modules');
  if (options.check) {
    counts = addCounts(counts, await runCheck('Type check', join(tools, '.bin/tsc'), ['--noEmit']));
    counts = addCounts(counts, await runCheck('Lint', join(tools, '.bin/biome'), ['ci', '.']));
    counts = addCounts(counts, await runCheck('API reference', REFERENCE_TOOL, REFERENCE_CHECK));
  }
  const chromium = await prepare();
  if (chromium === undefined) return addCounts(counts, { ...NO_TESTS, failed: 1 });
  if (options.unit) counts = addCounts(counts, await runVitest(reports, options.rest));
  if (options.endToEnd) {
    counts = addCounts(counts, await runPlaywright(reports, options.rest, chromium));
  }
  return counts;
}
