import { baseName } from '../../devices/block/store/base-name.ts';
import { type NamedBase, rebaseStore } from '../../devices/block/store/rebase.ts';
import { Store } from '../../devices/block/store/store.ts';
import { usageError } from '../run-error.ts';
import { interruptible, type Surroundings } from './interruptible.ts';
import type { Opening } from './opened-disk.ts';
import type { RebaseOptions } from './options.ts';
import {
  byBytes,
  checkBase,
  imageName,
  type OverlayFile,
  openImage,
  openOverlay,
} from './overlay.ts';
import { scratchBeside } from './part-file.ts';
import { storeProblem } from './problems.ts';
import { withProgress } from './progress.ts';

/** Puts a store on another base, or on none. @throws RunError; then its disk is what it was */
export async function rebaseDisk(options: RebaseOptions): Promise<void> {
  await interruptible((surroundings) => rebase(options, surroundings));
}

async function rebase(options: RebaseOptions, surroundings: Surroundings): Promise<void> {
  const { base, onto, force } = options;
  const { cleanup, signal } = surroundings;
  const overlay = await openOverlay(options.store, [base, onto], cleanup);
  const { name, file, superblock } = overlay;
  checkBase(overlay, base, force);
  if (superblock.base === '' && onto === undefined) {
    throw usageError(`${name}: this store needs no base; --onto IMAGE would put it on one`);
  }
  const opening = { ...surroundings, scratch: scratchBeside(name, cleanup) };
  const from = base === undefined ? null : await openImage(base, opening);
  const to = onto === undefined ? null : await openNewBase(onto, options.name, overlay, opening);
  try {
    const store = Store.open(file);
    await withProgress(`Rebasing ${name}`, (progress) => {
      return rebaseStore(store, from, to, { signal, onProgress: byBytes(progress) });
    });
    // At its opening a store begins another log, and gives up room that it does not need.
    Store.open(file);
  } catch (error) {
    throw signal.aborted ? signal.reason : storeProblem(name, error);
  }
}

async function openNewBase(
  onto: string,
  name: string | undefined,
  overlay: OverlayFile,
  opening: Opening,
): Promise<NamedBase> {
  const image = await openImage(onto, opening);
  const { size } = overlay.superblock;
  if (image.size > size) {
    throw usageError(
      `${onto}: it has ${image.size} bytes, and the disk of ${overlay.name} only ${size}; ` +
        'a base must not be longer than its disk',
    );
  }
  return { image, name: await baseName(name ?? imageName(onto)) };
}
