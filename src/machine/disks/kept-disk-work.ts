import * as Comlink from 'comlink';
import { keptLock } from '../../devices/block/kept-file.ts';
import { planDisk } from '../assembly.ts';
import { MachineError } from '../errors.ts';
import type { DiskOptions } from '../options.ts';
import type { DiskWorkOptions } from './disk-work.ts';
import { inDiskWorker, newLease, withTemporary } from './disk-worker.ts';
import { askForCopy } from './kept-disk-server.ts';
import { heldLocks } from './kept-disks.ts';
import { askForPersistence } from './storage.ts';

/**
 * Makes an empty disk that is kept. @param size bytes, a multiple of 512
 * @throws MachineError 'disk-exists', 'disk-size', 'disk-full'
 */
export async function createKeptDisk(name: string, size: number): Promise<void> {
  askForPersistence();
  await withTemporary((temporary) =>
    inDiskWorker({}, (service) => service.create(name, size, temporary)),
  );
}

export interface ImportOptions extends DiskWorkOptions {
  /** Bytes of the disk, at least those of the image, which is followed by zeros. */
  size?: number;
}

/**
 * Makes a kept disk of an image: raw, gzip, zstd or a store (`.ringdisk`), recognised by its content.
 * Zeros take no room. It takes its name when it is complete.
 * @throws MachineError 'disk-exists', 'image-format' for what cannot be read, 'disk-size', 'disk-full',
 *   'disk-unreadable' for an image that is damaged or cut off
 */
export async function importKeptDisk(
  name: string,
  image: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
  options: ImportOptions = {},
): Promise<void> {
  askForPersistence();
  const source = { name, image, size: options.size };
  const transfer = image instanceof ReadableStream ? [image as unknown as Transferable] : [];
  await withTemporary((temporary) =>
    inDiskWorker(options, (service, onProgress) => {
      return service.import(Comlink.transfer(source, transfer), temporary, onProgress);
    }),
  );
}

/**
 * Copies a kept disk. A machine that has it, in this tab or another, is paused meanwhile: the copy is
 * one moment of the disk, as after a power cut.
 * @throws MachineError 'disk-missing', 'disk-exists', 'disk-full', 'disk-in-use' when the tab that has
 *   it does not answer
 */
export async function copyKeptDisk(
  from: string,
  to: string,
  options: DiskWorkOptions = {},
): Promise<void> {
  askForPersistence();
  const inUse = (await heldLocks()).has(keptLock(from));
  if (inUse && (await askForCopy(from, to, options))) return;
  try {
    await withTemporary((temporary) =>
      inDiskWorker(options, (service, onProgress) => service.copy(from, to, temporary, onProgress)),
    );
  } catch (error) {
    throw inUse ? unanswered(from, error) : error;
  }
}

/** Nobody has answered for a disk, and it is still in use. */
function unanswered(name: string, error: unknown): unknown {
  if (!(error instanceof MachineError) || error.code !== 'disk-in-use') return error;
  const message = `The disk that is kept as “${name}” is in use, and whoever has it does not answer.`;
  const remedy = 'Show the tab that has it, or close it, then try again.';
  return new MachineError('disk-in-use', message, remedy, error);
}

/** @throws MachineError 'disk-missing', 'disk-exists', 'disk-in-use' */
export async function renameKeptDisk(from: string, to: string): Promise<void> {
  await inDiskWorker({}, (service) => service.rename(from, to));
}

/** A copy of a kept disk to look at: what is written to it is forgotten. */
export interface DiskLook {
  /** For `DiskOptions.keep`, together with the image of the disk, if it has one. */
  keep: string;
  /**
   * Deletes the copy. Comes after the machine that has it was disposed of. Without this it is deleted
   * some time after the page has gone.
   */
  end(): Promise<void>;
}

/**
 * Copies a kept disk for a while, so that a second tab can use it as it is now.
 * @throws MachineError as `copyKeptDisk`
 */
export async function lookAtKeptDisk(
  name: string,
  options: DiskWorkOptions = {},
): Promise<DiskLook> {
  const lease = await newLease();
  try {
    await copyKeptDisk(name, lease.name, options);
  } catch (error) {
    await lease.end();
    throw error;
  }
  return { keep: lease.name, end: () => lease.end() };
}

/** What a kept disk is to lie on: an image as in `DiskOptions`; null for none. */
export type NewBase = (Pick<DiskOptions, 'image' | 'imageVersion'> & { size?: number }) | null;

/**
 * Puts a kept disk on another image, such as a newer one, or on none: it is the same disk to its guest, and
 * what it does not have in common with the image is kept. Afterwards only the new image goes with it.
 * @param disk as for a machine, with its present image
 * @throws MachineError 'disk-missing', 'disk-in-use', 'base-changed', 'disk-size' when the image is longer
 *   than the disk, 'disk-full'
 */
export async function rebaseKeptDisk(
  disk: DiskOptions & { keep: string },
  onto: NewBase,
  options: DiskWorkOptions = {},
): Promise<void> {
  const from = planDisk(disk, 0);
  const to = onto && planDisk(onto, 0);
  const transfer = [...from.transfer, ...(to?.transfer ?? [])];
  await inDiskWorker(options, (service, onProgress) => {
    const present = Comlink.transfer({ ...from.options, keep: disk.keep }, transfer);
    return service.rebase(present, to?.options ?? null, onProgress);
  });
}
