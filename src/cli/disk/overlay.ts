import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { RawBackend } from '../../devices/block/raw-backend.ts';
import { fileFingerprint } from '../../devices/block/sources/file-source.ts';
import type { Superblock } from '../../devices/block/store/format.ts';
import { recover } from '../../devices/block/store/recovery.ts';
import type { OnProgress } from '../../devices/block/work.ts';
import type { Cleanup } from '../cleanup.ts';
import { usageError } from '../run-error.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { recognizeFormat } from './formats.ts';
import { openLocked } from './locked-file.ts';
import { type Opening, openDisk } from './opened-disk.ts';
import { readProblem, writeProblem } from './problems.ts';
import { type Progress, withProgress } from './progress.ts';
import { isSameFile } from './same-file.ts';
import { checkDiskSize } from './size.ts';
import { RawSource } from './source.ts';
import { writeRaw } from './targets.ts';
import { watched } from './watch.ts';

/** The file of a store that is to be changed, which was only read so far. */
export interface OverlayFile {
  name: string;
  file: DescriptorFile;
  superblock: Superblock;
}

/** @param images files that are used with it @throws RunError */
export async function openOverlay(
  name: string,
  images: (string | undefined)[],
  cleanup: Cleanup,
): Promise<OverlayFile> {
  if (images.some((image) => image !== undefined && isSameFile(image, name))) {
    throw usageError(`${name}: this is the store itself; give the image that it was made over`);
  }
  const file = await openLocked(name, 'r+', cleanup);
  try {
    const format = recognizeFormat(name, file);
    if (format !== 'store') throw usageError(`${name}: this is ${format}, and no store`);
    return { name, file, superblock: recover(file).superblock };
  } catch (error) {
    throw readProblem(name, error);
  }
}

/** What a store calls an image in a file: what a browser calls one that is picked or dropped. */
export function imageName(name: string): string {
  const { size, mtimeMs } = statSync(name);
  return fileFingerprint(basename(name), size, mtimeMs);
}

/** Takes only the image that a store was made over for its base. @throws RunError */
export function checkBase(
  { name, superblock: { base } }: OverlayFile,
  image: string | undefined,
  force: boolean,
): void {
  if (base === '') {
    if (image === undefined) return;
    throw usageError(`${name}: this store was made over no base; leave out --base`);
  }
  if (image === undefined) {
    throw usageError(`${name}: this store was made over '${base}'; give that with --base IMAGE`);
  }
  const found = imageName(image);
  if (found === base || force) return;
  throw usageError(
    `${name}: this store was made over '${base}', and ${image} is '${found}'; ` +
      'with another image its disk would be spoilt. If it is the same, go on with --force',
  );
}

/**
 * Opens an image to be read at any place. What is not raw is unpacked for a while.
 * @throws RunError
 */
export async function openImage(name: string, opening: Opening): Promise<RawBackend> {
  const source = await openDisk(name, undefined, opening);
  if (source instanceof RawSource) {
    checkDiskSize(name, source.size);
    return new RawBackend(source.file);
  }
  const raw = opening.scratch();
  try {
    await withProgress(`Unpacking ${name}`, (progress) => {
      return writeRaw(raw, watched({ name, source, signal: opening.signal }, progress));
    });
  } catch (error) {
    throw opening.signal.aborted ? opening.signal.reason : writeProblem(raw.path, error);
  }
  return new RawBackend(raw);
}

/** Tells progress in bytes as a fraction. */
export function byBytes(progress: Progress): OnProgress {
  return (done, total) => progress.update(total ? done / total : 1);
}
