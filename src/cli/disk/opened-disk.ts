import { resolve } from 'node:path';
import { recover } from '../../devices/block/store/recovery.ts';
import type { Cleanup } from '../cleanup.ts';
import { usageError } from '../run-error.ts';
import { CompressedSource, unpackGzip, unpackZstd } from './compressed-source.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { type DiskFormat, recognizeFormat } from './formats.ts';
import { openLocked } from './locked-file.ts';
import { readProblem } from './problems.ts';
import { withProgress } from './progress.ts';
import { readQcow2Header } from './qcow2.ts';
import { type DiskSource, RawSource } from './source.ts';
import { StoreSource } from './store-source.ts';
import { runTool } from './tools.ts';

/** What `qemu-img check` ends with when nothing is wrong but some room is wasted. */
const LEAKED_CLUSTERS = 3;

/** What the opening of a disk takes. */
export interface Opening {
  /** Closes what was opened. */
  cleanup: Cleanup;
  /** Makes an empty file for a while. */
  scratch: () => DescriptorFile;
  signal: AbortSignal;
}

/**
 * Opens a disk for reading. @param base the image that it was made over, if it is a store
 * @throws RunError
 */
export async function openDisk(
  name: string,
  base: string | undefined,
  opening: Opening,
): Promise<DiskSource> {
  const file = await openLocked(name, 'r', opening.cleanup);
  try {
    const format = recognizeFormat(name, file);
    if (format === 'store') return await openStore(name, file, base, opening);
    if (base === undefined) return await openOther(format, name, file, opening);
    throw usageError(`${name}: this is ${format}, which has no base; leave out --base`);
  } catch (error) {
    throw readProblem(name, error);
  }
}

async function openStore(
  name: string,
  file: DescriptorFile,
  base: string | undefined,
  opening: Opening,
): Promise<DiskSource> {
  const recovered = recover(file);
  const { base: baseName } = recovered.superblock;
  if (baseName === '' && base !== undefined) {
    throw usageError(`${name}: this store was made over no base; leave out --base`);
  }
  if (baseName !== '' && base === undefined) {
    throw usageError(
      `${name}: this store was made over '${baseName}', without which it is no whole disk; ` +
        'give that image with --base IMAGE',
    );
  }
  const below = base === undefined ? null : await openDisk(base, undefined, opening);
  return new StoreSource(file, recovered, below);
}

async function openOther(
  format: Exclude<DiskFormat, 'store'>,
  name: string,
  file: DescriptorFile,
  opening: Opening,
): Promise<DiskSource> {
  switch (format) {
    case 'raw':
      return new RawSource(file);
    case 'gzip':
      return new CompressedSource(file, unpackGzip);
    case 'zstd':
      return new CompressedSource(file, (packed) => unpackZstd(packed, opening.signal));
    case 'qcow2':
      return openQcow2(name, file, opening);
  }
}

/** Has it made a raw image of, for a while. */
async function openQcow2(
  name: string,
  file: DescriptorFile,
  { scratch, signal }: Opening,
): Promise<DiskSource> {
  checkQcow2(name, file);
  const path = resolve(name);
  // What is cut off, qemu-img would take for zeros.
  await runTool('qemu-img', ['check', '-q', '-f', 'qcow2', path], signal, [LEAKED_CLUSTERS]);
  const raw = scratch();
  const words = ['convert', '-f', 'qcow2', '-O', 'raw', path, resolve(raw.path)];
  await withProgress(`Reading ${name}`, () => runTool('qemu-img', words, signal));
  return new RawSource(raw);
}

/** An image may name any file of this machine as a part of it: such parts are not read. */
function checkQcow2(name: string, file: DescriptorFile): void {
  const { base, encrypted, hasDataFile } = readQcow2Header(name, file);
  const why = encrypted
    ? 'it is encrypted'
    : hasDataFile
      ? 'its data are in another file'
      : base === ''
        ? undefined
        : `it was made over '${base}'`;
  if (why === undefined) return;
  throw usageError(
    `${name}: ${why}, and only whole qcow2 images are read; ` +
      'make it one with: qemu-img convert -O qcow2',
  );
}
