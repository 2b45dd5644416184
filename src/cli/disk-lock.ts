import { spawn } from 'node:child_process';

/** A disk's file that no other `ringbox run` uses in a way that gets into ours. */
export interface DiskLock {
  /** Resolves when others can have the file. */
  release(): Promise<void>;
}

/**
 * Locks a disk's file, shared for reading or alone for writing. @returns undefined if another
 * process has it. The lock is flock(1)'s, which also locks out other programs that ask for one;
 * its helper ends with us however we end, so that no lock is ever left behind.
 */
export async function lockDisk(file: string, readOnly: boolean): Promise<DiskLock | undefined> {
  const kind = readOnly ? '--shared' : '--exclusive';
  // In a process group of its own: Ctrl-C is for us, who still have to write the changes.
  const helper = spawn(
    'flock',
    ['--nonblock', kind, file, 'sh', '-c', 'echo held; exec cat >/dev/null'],
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true },
  );
  const ended = new Promise<void>((resolve) => {
    helper.once('error', () => resolve());
    helper.once('exit', () => resolve());
  });
  const locked = await new Promise<boolean>((resolve) => {
    helper.once('error', () => resolve(true)); // no flock(1) here: go on without
    helper.once('exit', () => resolve(false));
    helper.stdout.once('data', () => resolve(true));
  });
  if (!locked) return undefined;
  helper.unref();
  const release = async () => {
    helper.ref();
    helper.stdin.destroy();
    await ended;
  };
  return { release };
}
