import { linkSync, lstatSync, realpathSync, renameSync, type Stats, statSync } from 'node:fs';
import { hasJournal, journalPath, syncFolder } from '../disk-journal.ts';
import { type DiskLock, lockDisk } from '../disk-lock.ts';
import { exitCodes } from '../exit-codes.ts';
import { RunError, usageError } from '../run-error.ts';
import { PartFile } from './part-file.ts';
import { writeProblem } from './problems.ts';
import { isSameFile } from './same-file.ts';

/** What a file system says that has no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** A file that gets its name when it is complete. */
export class OutputFile {
  /** As the user has called it. */
  readonly name: string;
  /** Where it is written, beside its place. */
  readonly file: PartFile;
  readonly #path: string;
  readonly #force: boolean;
  readonly #lock: DiskLock | undefined;

  private constructor(
    name: string,
    path: string,
    force: boolean,
    existing: Stats | undefined,
    lock: DiskLock | undefined,
  ) {
    this.name = name;
    this.#path = path;
    this.#force = force;
    this.#lock = lock;
    // What replaces a file is open to nobody to whom that one was not.
    this.file = new PartFile(path, existing ? existing.mode & 0o777 : 0o666);
  }

  /**
   * Begins a file. @param force whether it may replace one that is there
   * @param inputs files that it must not replace
   * @throws RunError
   */
  static async create(name: string, force: boolean, inputs: string[]): Promise<OutputFile> {
    try {
      return await OutputFile.#create(name, force, inputs);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw writeProblem(name, error);
      throw usageError(`${name}: there is no such folder; make it, or check the path`);
    }
  }

  static async #create(name: string, force: boolean, inputs: string[]): Promise<OutputFile> {
    const exists = lstatSync(name, { throwIfNoEntry: false }) !== undefined;
    if (exists && !force) throw existsAlready(name);
    const path = exists ? realpathSync(name) : name;
    const existing = exists ? checkReplaceable(name, path, inputs) : undefined;
    if (hasJournal(path)) {
      throw new RunError(
        exitCodes.failure,
        `${name}: ${journalPath(path)} has changes of an interrupted run that would be written ` +
          'into it; give that disk to ringbox run once, or remove the journal',
      );
    }
    const lock = exists ? await lockDisk(path, false) : undefined;
    if (exists && lock === undefined) {
      throw new RunError(exitCodes.failure, `${name}: the file is in use by another program`);
    }
    try {
      return new OutputFile(name, path, force, existing, lock);
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** Makes it durable and gives it its name. @throws RunError */
  async commit(): Promise<void> {
    try {
      this.file.flush();
      this.file.close();
      if (this.#force) renameSync(this.file.path, this.#path);
      else this.#link();
      syncFolder(this.#path);
    } catch (error) {
      throw writeProblem(this.name, error);
    } finally {
      await this.discard();
    }
  }

  /** Removes what was not committed. May be called again. */
  async discard(): Promise<void> {
    this.file.discard();
    await this.#lock?.release();
  }

  /** Takes the name only if nobody else has taken it meanwhile. */
  #link(): void {
    try {
      linkSync(this.file.path, this.#path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EEXIST') throw existsAlready(this.name);
      if (!NO_LINKS.includes(code)) throw error;
      if (lstatSync(this.#path, { throwIfNoEntry: false })) throw existsAlready(this.name);
      renameSync(this.file.path, this.#path);
    }
  }
}

function existsAlready(name: string): RunError {
  return usageError(`${name}: the file is there already; give --force to replace it`);
}

function checkReplaceable(name: string, path: string, inputs: string[]): Stats {
  const status = statSync(path);
  if (!status.isFile()) throw usageError(`${name}: this is not a regular file`);
  if (inputs.some((input) => isSameFile(input, path)))
    throw usageError(`${name}: this is also what is read; give another name`);
  return status;
}
