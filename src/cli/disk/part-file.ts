import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Cleanup } from '../cleanup.ts';
import { DescriptorFile } from './descriptor-file.ts';

/**
 * A file that is on its way to be another one, or helps to make it. It lies beside that one, and
 * is gone at the end, unless it got another name: only SIGKILL can leave it behind.
 */
export class PartFile extends DescriptorFile {
  /** @param path of the file that is to be made @param mode its permissions */
  constructor(path: string, mode: number) {
    super(`${path}.ringbox-part-${randomBytes(4).toString('hex')}`, 'wx+', mode);
    // Not every end waits for what is going on: a second signal is one that does not.
    process.once('exit', this.discard);
  }

  /** Closes and removes it. May be called again. */
  readonly discard = (): void => {
    process.off('exit', this.discard);
    try {
      this.close();
    } finally {
      rmSync(this.path, { force: true });
    }
  };
}

/** What makes empty files for a while beside a file, for this user alone. */
export function scratchBeside(path: string, cleanup: Cleanup): () => PartFile {
  return () => {
    const file = new PartFile(path, 0o600);
    cleanup.add(file.discard);
    return file;
  };
}
