import { RawBackend } from '../../devices/block/raw-backend.ts';
import { baseName } from '../../devices/block/store/base-name.ts';
import { commitStore } from '../../devices/block/store/commit.ts';
import { Store } from '../../devices/block/store/store.ts';
import { DeviceError } from '../../devices/errors.ts';
import { RunError, usageError } from '../run-error.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { recognizeFormat } from './formats.ts';
import { interruptible, type Surroundings } from './interruptible.ts';
import { openLocked } from './locked-file.ts';
import type { CommitOptions } from './options.ts';
import { byBytes, checkBase, imageName, openOverlay } from './overlay.ts';
import { storeProblem, writeProblem } from './problems.ts';
import { withProgress } from './progress.ts';
import { checkDiskSize } from './size.ts';

/**
 * Writes what a store has changed into its image, and empties the store.
 * @throws RunError; then the store still has all that the image has not
 */
export async function commitDisk(options: CommitOptions): Promise<void> {
  await interruptible((surroundings) => commit(options, surroundings));
}

async function commit(options: CommitOptions, { cleanup, signal }: Surroundings): Promise<void> {
  const { base, force } = options;
  const overlay = await openOverlay(options.store, [base], cleanup);
  const { name, file } = overlay;
  if (overlay.superblock.base === '') {
    throw usageError(`${name}: this store was made over no base; convert makes an image of it`);
  }
  const imageFile = await openLocked(base, 'r+', cleanup);
  checkImage(base, imageFile);
  checkBase(overlay, base, force);
  const newName = options.name && (await baseName(options.name));
  try {
    const store = Store.open(file);
    await withProgress(`Writing ${base}`, (progress) => {
      return commitStore(store, openImage(imageFile, store.size), {
        // The file has its last time when all is written.
        name: () => newName ?? imageName(base),
        signal,
        onProgress: byBytes(progress),
      });
    });
    // At its opening a store begins another log, and gives up room that it does not need.
    Store.open(file);
  } catch (error) {
    const problem = signal.aborted ? signal.reason : problemOf(name, base, error);
    throw problem instanceof RunError ? withState(problem, name, base) : problem;
  }
}

function checkImage(name: string, file: DescriptorFile): void {
  const format = recognizeFormat(name, file);
  if (format !== 'raw') {
    throw usageError(
      `${name}: this is ${format}, and only raw images can be written to in place; ` +
        'convert makes one of it',
    );
  }
  checkDiskSize(name, file.getSize());
}

/** An image as long as the disk: what a shorter one has not are zeros. */
function openImage(file: DescriptorFile, size: number): RawBackend {
  if (file.getSize() < size) file.truncate(size);
  return new RawBackend(file);
}

function problemOf(name: string, base: string, error: unknown): unknown {
  return error instanceof DeviceError ? storeProblem(name, error) : writeProblem(base, error);
}

/** With what has become of the files, which somebody has to know, whatever has ended the work. */
function withState({ exitCode, message, cause }: RunError, name: string, base: string): RunError {
  const state =
    `${base} may be partly written, and ${name} still has all that belongs there; ` +
    'do the same again with --force, which completes it';
  return new RunError(exitCode, message ? `${message}; ${state}` : state, cause);
}
