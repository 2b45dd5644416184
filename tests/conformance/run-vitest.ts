import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDirectory } from '../../guest/build/paths.ts';

/**
 * Runs those unit tests whose full title matches `titles`. What the tests print goes to standard
 * error, so that standard output holds the table alone.
 * @returns Vitest's JSON report
 * @throws Error when there is none
 */
export async function runVitest(titles: RegExp): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'ringbox-conformance-'));
  try {
    const report = join(directory, 'vitest.json');
    const program = join(projectDirectory, 'node_modules/vitest/vitest.mjs');
    await run([
      program,
      'run',
      `--testNamePattern=${titles.source}`,
      '--silent',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    return readFileSync(report, 'utf8');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs Node to its end, however it ends: the report says what came of it. */
function run(parameters: string[]): Promise<void> {
  const stdio = ['ignore', process.stderr, 'inherit'] as const;
  const child = spawn(process.execPath, parameters, { cwd: projectDirectory, stdio: [...stdio] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}
