import { realpathSync } from 'node:fs';
import { applyJournal, DiskJournal, hasJournal } from './disk-journal.ts';
import { lockDisk } from './disk-lock.ts';
import { exitCodes } from './exit-codes.ts';
import type { DiskArgument } from './options.ts';
import { messageOf, RunError } from './run-error.ts';

/** A disk's file while a machine runs on it: locked, and as it should be. */
export class DiskFile {
  /** As the user has called it. */
  readonly name: string;
  readonly #journal: DiskJournal;
  readonly #release: () => Promise<void>;

  private constructor(name: string, journal: DiskJournal, release: () => Promise<void>) {
    this.name = name;
    this.#journal = journal;
    this.#release = release;
  }

  /**
   * Locks the file, and completes what an earlier run may have left half done.
   * @throws RunError if the file is in use, or in between and not to be written
   */
  static async open({ file, readOnly }: DiskArgument): Promise<DiskFile> {
    const path = realpathSync(file); // the journal belongs to the file, not to a link to it
    const lock = await lockDisk(path, readOnly);
    if (!lock) throw failure(`--disk ${file}: the file is in use by another program`);
    const journal = new DiskJournal(path);
    if (readOnly) {
      if (!hasJournal(path)) return new DiskFile(file, journal, lock.release);
      throw failure(
        `--disk ${file}: an earlier run was interrupted while it wrote its changes back; ` +
          'give the disk without ,ro once, and that is completed',
      );
    }
    await journal.discard(); // left by a run that never came to write back
    if (hasJournal(path)) await attempt(file, path, () => applyJournal(path));
    return new DiskFile(file, journal, lock.release);
  }

  /** Takes the next bytes of the frames of changes; the file stays as it is. */
  async append(bytes: Uint8Array): Promise<void> {
    await attempt(this.name, this.#journal.file, () => this.#journal.append(bytes));
  }

  /** Writes the changes into the file. @throws RunError */
  async commit(): Promise<void> {
    await attempt(this.name, this.#journal.file, () => this.#journal.commit());
  }

  /** Lets go of the file, and of changes that were not written. */
  async close(): Promise<void> {
    await this.#journal.discard();
    await this.#release();
  }
}

async function attempt(name: string, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const state = hasJournal(path)
      ? 'it is partly written, and the next run with it completes that'
      : 'it is as it was before';
    throw failure(`${name}: its changes could not be written back (${messageOf(error)}); ${state}`);
  }
}

function failure(message: string): RunError {
  return new RunError(exitCodes.failure, message);
}
