import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeLock } from '../../../guest/build/lock.ts';
import { projectDirectory } from '../../../guest/build/paths.ts';
import { makeSignal } from './signal.ts';

/** A process that takes the lock as every command does, says so, and stays. */
const OWNER = `
  import { runnerImport } from 'vite';
  const options = { root: process.cwd(), configFile: false, logLevel: 'error' };
  const { module } = await runnerImport(process.cwd() + '/guest/build/lock.ts', options);
  await module.takeLock(process.argv[1], () => {});
  console.log('mine');
  setInterval(() => {}, 1000);
`;

test('the lock of a process that was killed is free', { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbox-lock-test-'));
  const file = join(folder, 'some.lock');
  try {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, file], {
      cwd: projectDirectory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(owner.stdout, 'data');
    expect(String(said)).toBe('mine\n');
    const waiting = makeSignal();
    const lock = takeLock(file, waiting.give);
    await waiting.given; // it is really held
    owner.kill('SIGKILL');
    await (await lock).release();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
