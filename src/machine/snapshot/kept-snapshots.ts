import { privateFolder } from '../../devices/block/private-files.ts';
import type { DiskWorkOptions } from '../disks/disk-work.ts';
import { MachineError } from '../errors.ts';
import { readSnapshot } from './reader.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotStreamOptions } from './writer.ts';

const FOLDER = 'ringbox-snapshots';
const EXTENSION = '.ringsnap';

/** A snapshot that is kept in this browser. */
export interface KeptSnapshot {
  name: string;
  /** Bytes that it takes in the browser's storage. */
  stored: number;
}

/** The snapshots that are kept in this browser, in the private storage of the page's origin. */
export async function keptSnapshots(): Promise<KeptSnapshot[]> {
  const folder = await privateFolder(FOLDER);
  const snapshots: KeptSnapshot[] = [];
  for await (const [fileName, handle] of folder.entries()) {
    if (!fileName.endsWith(EXTENSION) || !(handle instanceof FileSystemFileHandle)) continue;
    const name = decodeURIComponent(fileName.slice(0, -EXTENSION.length));
    const { size } = await handle.getFile();
    // One that is empty is being made, or its page has gone before it was.
    if (size > 0) snapshots.push({ name, stored: size });
  }
  return snapshots.sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Keeps a snapshot in this browser. It takes the place of another with the same name, when it is complete: until
 * then, and after a failure, that is as it was. Uncompressed unless told, as it is read soonest so.
 * @throws MachineError 'disk-full'; the signal's reason
 */
export async function keepSnapshot(
  name: string,
  snapshot: Snapshot,
  options: SnapshotStreamOptions = {},
): Promise<void> {
  const folder = await privateFolder(FOLDER);
  const handle = await folder.getFileHandle(fileNameOf(name), { create: true });
  try {
    // What is written takes effect when it is closed.
    const file = await handle.createWritable();
    await snapshot.stream({ compress: false, ...options }).pipeTo(file);
  } catch (error) {
    if ((await handle.getFile()).size === 0) await folder.removeEntry(fileNameOf(name));
    throw isFull(error) ? full(name, error) : error;
  }
}

/**
 * Reads the snapshot that is kept as `name`, or null when there is none.
 * @throws MachineError as `readSnapshot` does
 */
export async function openKeptSnapshot(
  name: string,
  options: DiskWorkOptions = {},
): Promise<Snapshot | null> {
  const folder = await privateFolder(FOLDER);
  try {
    const file = await (await folder.getFileHandle(fileNameOf(name))).getFile();
    return file.size === 0 ? null : await readSnapshot(file.stream(), options);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

/** Deletes the snapshot that is kept as `name`; it may be that there is none. */
export async function forgetKeptSnapshot(name: string): Promise<void> {
  const folder = await privateFolder(FOLDER);
  try {
    await folder.removeEntry(fileNameOf(name));
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error;
  }
}

function fileNameOf(name: string): string {
  return `${encodeURIComponent(name)}${EXTENSION}`;
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

function full(name: string, cause: unknown): MachineError {
  const message = `The browser has no room for the snapshot “${name}”.`;
  const remedy = 'Free some room: delete kept snapshots, kept disks, or other sites’ data.';
  return new MachineError('disk-full', message, remedy, cause);
}
