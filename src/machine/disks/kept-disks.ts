import {
  KEPT_FOLDER,
  keptDiskName,
  keptFileName,
  keptLock,
} from '../../devices/block/kept-file.ts';
import { privateFolder } from '../../devices/block/private-files.ts';
import {
  decodeSuperblock,
  PAGE_SIZE,
  Page,
  SUPERBLOCKS,
} from '../../devices/block/store/format.ts';
import { isTemporary, sweepTemporaries } from '../../devices/block/temporary-disks.ts';
import { MachineError } from '../errors.ts';
import { inDiskWorker } from './disk-worker.ts';

/** A disk whose changes are kept in this browser: see `DiskOptions.keep`. */
export interface KeptDisk {
  name: string;
  /** Bytes that it takes in the browser's storage. */
  stored: number;
  /** A machine has it, or a piece of work, in this tab or another. */
  inUse: boolean;
  /**
   * Bytes of the disk; bytes that were changed on its image, null if that is not known; and the version
   * of the image, '' for zeros. Null if nothing can be told.
   */
  disk: { size: number; changed: number | null; imageVersion: string } | null;
}

/**
 * The disks that are kept in this browser, in use or not.
 * @param options with `changes`, what was changed is counted, which takes a worker and reads the maps of
 *   the disks; else `disk.changed` is null
 */
export async function keptDisks(options: { changes?: boolean } = {}): Promise<KeptDisk[]> {
  const { changes = false } = options;
  await sweepTemporaries();
  let disks: KeptDisk[] | null;
  // One that is gone may be there by another name, which the list has not: then it begins anew.
  do disks = await listDisks();
  while (disks === null);
  if (changes) await countChanges(disks);
  return disks.sort((a, b) => a.name.localeCompare(b.name));
}

/** @returns null when another tab has deleted or renamed one meanwhile */
async function listDisks(): Promise<KeptDisk[] | null> {
  const folder = await privateFolder(KEPT_FOLDER);
  const locks = await heldLocks();
  const disks: KeptDisk[] = [];
  for await (const [fileName, handle] of folder.entries()) {
    const name = keptDiskName(fileName);
    if (name === undefined || isTemporary(name)) continue;
    if (!(handle instanceof FileSystemFileHandle)) continue;
    const file = await fileOf(handle);
    if (file === null) return null;
    // A machine that writes to it meanwhile makes what was got unreadable.
    const disk = await describe(file).catch(() => null);
    disks.push({ name, stored: file.size, inUse: locks.has(keptLock(name)), disk });
  }
  return disks;
}

/**
 * Forgets the changes that are kept under a name, for good; it may be that there are none.
 * @throws MachineError 'disk-in-use' while a machine has the disk
 */
export async function forgetKeptDisk(name: string): Promise<void> {
  const folder = await privateFolder(KEPT_FOLDER);
  try {
    await folder.removeEntry(keptFileName(name));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'NotFoundError') return;
    if (error.name !== 'NoModificationAllowedError') throw error;
    const message = `The disk that is kept as “${name}” cannot be deleted while a machine has it.`;
    const remedy = 'Close the other tab or machine first.';
    throw new MachineError('disk-in-use', message, remedy, error);
  }
}

/** The names of the Web Locks of this origin that somebody holds. */
export async function heldLocks(): Promise<Set<string | undefined>> {
  const { held } = await navigator.locks.query();
  return new Set(held?.map(({ name }) => name));
}

async function countChanges(disks: KeptDisk[]): Promise<void> {
  const names = disks.map(({ name }) => name);
  const changes = await inDiskWorker({}, (service) => service.changes(names));
  disks.forEach(({ disk }, index) => {
    if (disk !== null) disk.changed = changes[index];
  });
}

/** @returns null when it is not there any more */
async function fileOf(handle: FileSystemFileHandle): Promise<File | null> {
  try {
    return await handle.getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

async function describe(file: File): Promise<KeptDisk['disk']> {
  const page = new Page();
  let newest = -1;
  let disk: KeptDisk['disk'] = null;
  for (let index = 0; index < SUPERBLOCKS; index++) {
    const bytes = await file.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE).arrayBuffer();
    if (bytes.byteLength < PAGE_SIZE) continue;
    page.bytes.set(new Uint8Array(bytes));
    const superblock = decodeSuperblock(page);
    if (superblock === undefined || superblock.sequence <= newest) continue;
    newest = superblock.sequence;
    disk = { size: superblock.size, changed: null, imageVersion: superblock.base };
  }
  return disk;
}
