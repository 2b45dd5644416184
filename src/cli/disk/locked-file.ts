import { realpathSync } from 'node:fs';
import type { Cleanup } from '../cleanup.ts';
import { hasJournal } from '../disk-journal.ts';
import { lockDisk } from '../disk-lock.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkReadableFile, isWritable } from '../input-files.ts';
import { RunError, usageError } from '../run-error.ts';
import { DescriptorFile } from './descriptor-file.ts';

/**
 * Opens a file that no `ringbox run` writes to meanwhile, nor has left half written; nor reads, if
 * it is to be written. @throws RunError
 */
export async function openLocked(
  name: string,
  mode: 'r' | 'r+',
  cleanup: Cleanup,
): Promise<DescriptorFile> {
  checkReadableFile(name);
  if (mode === 'r+' && !isWritable(name)) {
    throw usageError(`${name}: permission denied; it is changed in place: make it writable`);
  }
  const path = realpathSync(name);
  const lock = await lockDisk(path, mode === 'r');
  if (!lock) {
    throw new RunError(exitCodes.failure, `${name}: the file is in use by another program`);
  }
  cleanup.add(() => lock.release());
  if (hasJournal(path)) {
    throw new RunError(
      exitCodes.failure,
      `${name}: a run was interrupted while it wrote its changes back; ` +
        'give the disk to ringbox run once, and that is completed',
    );
  }
  const file = new DescriptorFile(path, mode);
  cleanup.add(() => file.close());
  return file;
}
