import * as Comlink from 'comlink';
import { KEPT_FOLDER, keptFileName } from '../../devices/block/kept-file.ts';
import { privateFolder } from '../../devices/block/private-files.ts';
import type { ExportFormat } from '../../disk-work/service.ts';
import { planDisk } from '../assembly.ts';
import { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { DiskOptions } from '../options.ts';
import { workOnAttached } from './copy-attached.ts';
import type { Disk } from './disk.ts';
import type { DiskWorkOptions } from './disk-work.ts';
import { inDiskWorker, newLease, withTemporary } from './disk-worker.ts';

/**
 * A disk to be exported: one that a machine of this page has, or a kept one that no machine has,
 * described as for a machine, with its image if it was made on one.
 */
export type ExportedDisk = { machine: Machine; disk: Disk } | (DiskOptions & { keep: string });

export interface ExportOptions extends DiskWorkOptions {
  /** `raw`: the bytes of the disk; `gzip`: the same, compressed; `store`: a `.ringdisk` file. */
  format: 'raw' | 'gzip' | 'store';
  /**
   * With `store`: all of the disk (the standard), or what was changed on its image, with which alone the
   * file is then of use.
   */
  content?: 'whole' | 'changes';
}

/** A file that exists for a while, in the private storage of the page's origin. */
export interface TemporaryFile {
  file: File;
  /**
   * Deletes it. Without this it is deleted some time after the page has gone. A download that was begun
   * from it reads it until its end, of which the page is not told.
   */
  delete(): Promise<void>;
}

/**
 * Writes a disk into a file that the user has chosen, such as one of `showSaveFilePicker`. Where the
 * disk has zeros, a raw file has holes if its file system knows them. The file is changed only at the
 * end, and not at all by a failure.
 *
 * A machine that has the disk stands still meanwhile, so that the file is one moment of the disk, as
 * after a power cut; then it goes on.
 * @throws MachineError
 */
export async function exportDisk(
  what: ExportedDisk,
  to: FileSystemFileHandle,
  options: ExportOptions,
): Promise<void> {
  await withTemporary((temporary) => runExport(what, to, temporary, options));
}

/**
 * The same for browsers without `showSaveFilePicker`: a file to be downloaded, which lies in the
 * browser's storage, not in memory. There a raw file counts with all its holes: of a large disk that
 * is mostly empty, better export gzip or a store.
 * @throws MachineError
 */
export async function exportDiskToFile(
  what: ExportedDisk,
  options: ExportOptions,
): Promise<TemporaryFile> {
  const lease = await newLease();
  try {
    await runExport(what, null, lease.name, options);
    const folder = await privateFolder(KEPT_FOLDER);
    const handle = await folder.getFileHandle(keptFileName(lease.name));
    return { file: await handle.getFile(), delete: () => lease.end() };
  } catch (error) {
    await lease.end();
    throw error;
  }
}

/** @param to null for the temporary disk's file */
async function runExport(
  what: ExportedDisk,
  to: FileSystemFileHandle | null,
  temporary: string,
  options: ExportOptions,
): Promise<void> {
  const { format, content = 'whole' } = options;
  const as: ExportFormat = { format, content: content === 'whole' ? 'data' : 'changes' };
  if ('machine' in what) {
    return what.machine.atRest(() => exportAttached(what.disk, as, to, temporary, options));
  }
  const { options: disk, transfer } = planDisk(what, 0);
  await inDiskWorker(options, (service, onProgress) => {
    const kept = Comlink.transfer({ ...disk, keep: what.keep }, transfer);
    return service.export(kept, as, to, temporary, onProgress);
  });
}

async function exportAttached(
  disk: Disk,
  as: ExportFormat,
  to: FileSystemFileHandle | null,
  temporary: string,
  options: ExportOptions,
): Promise<void> {
  if (as.content === 'changes' && (await disk.base()) === null) {
    const message = `The changes to ${disk.name} are not kept, so there is no store of them.`;
    throw new MachineError('disk-missing', message, 'Export all of the disk.');
  }
  await workOnAttached(disk, options, (service, described, reader, onProgress) => {
    return service.exportAttached(described, reader, as, to, temporary, onProgress);
  });
}
