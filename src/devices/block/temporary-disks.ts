import { KEPT_FOLDER, keptDiskName, keptFileName } from './kept-file.ts';
import { privateFolder } from './private-files.ts';

/**
 * Files that exist for a while in the folder of kept disks: disks that are being made, copies to look at,
 * and what is about to be downloaded. Each has a Web Lock, its lease, apart from that of a disk in use: a
 * file whose lease nobody holds was left by a page that has gone.
 */

/** Like no name that somebody would choose: what has one is deleted when nobody has its lease. */
const NAMES = /^temporary [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isTemporary(name: string): boolean {
  return NAMES.test(name);
}

/** The right to a temporary disk, which may be made, or not. */
export interface Lease {
  /** A name as of a kept disk. */
  name: string;
  /** Deletes the disk, if there is one and nobody has it open, and ends the right to it. */
  end(): Promise<void>;
}

/** Leases a name for a temporary disk. It ends with this thread at the latest. */
export async function leaseTemporary(): Promise<Lease> {
  const name = `temporary ${crypto.randomUUID()}`;
  const release = await new Promise<() => void>((resolve, reject) => {
    const held = () => new Promise<void>((letGo) => resolve(letGo));
    navigator.locks.request(leaseLock(name), held).catch(reject);
  });
  const end = async () => {
    try {
      await remove(await privateFolder(KEPT_FOLDER), name);
    } finally {
      release();
    }
  };
  return { name, end };
}

/** Deletes the temporary disks that pages have left which are gone. */
export async function sweepTemporaries(): Promise<void> {
  const folder = await privateFolder(KEPT_FOLDER);
  const names: string[] = [];
  for await (const fileName of folder.keys()) {
    const name = keptDiskName(fileName);
    if (name !== undefined && isTemporary(name)) names.push(name);
  }
  const sweep = (name: string) =>
    navigator.locks.request(leaseLock(name), { ifAvailable: true }, async (lease) => {
      if (lease !== null) await remove(folder, name);
    });
  await Promise.all(names.map(sweep));
}

function leaseLock(name: string): string {
  return `ringbox lease ${name}`;
}

async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(keptFileName(name));
  } catch (error) {
    // One that is open, by a worker that is about to end, is left to the next sweep.
    const harmless = ['NotFoundError', 'NoModificationAllowedError'];
    if (!(error instanceof DOMException) || !harmless.includes(error.name)) throw error;
  }
}
