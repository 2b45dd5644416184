import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SetupError } from './errors.ts';

/** A lock that is held; `release` gives it up and resolves when the next owner can have it. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock on `file` (made if missing), waiting as long as another process holds it;
 * `onWait` is called once if that is so. The lock is the kernel's own, held by a helper process
 * that ends with us however we end, even by `kill -9`: there are no stale locks to detect.
 */
export async function takeLock(file: string, onWait: () => void): Promise<Lock> {
  const lock = await holdLock(file, ['--nonblock']);
  if (lock) return lock;
  onWait();
  const waited = await holdLock(file, []);
  if (waited) return waited;
  throw new SetupError(`Cannot lock ${file}: is its folder writable?`);
}

/** Answers undefined when flock(1) ends without having the lock. */
async function holdLock(file: string, options: string[]): Promise<Lock | undefined> {
  // `cat` ends when our end of its input does, and with it the last hold on the lock.
  const holder = ['sh', '-c', 'echo held; exec cat >/dev/null'];
  const helper = spawn('flock', [...options, file, ...holder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => helper.once('close', () => resolve()));
  const failed = once(helper, 'error').then(([error]) => {
    throw new SetupError(`flock is missing (Debian package util-linux): ${error.message}`);
  });
  const held = once(helper.stdout, 'data').then(() => true);
  if (!(await Promise.race([held, ended.then(() => false), failed]))) return undefined;
  const release = () => {
    helper.stdin.end();
    return ended;
  };
  return { release };
}
