import { DeviceError } from '../errors.ts';
import { openSynchronously, privateFolder } from './private-files.ts';
import type { StoreFile } from './store/store-file.ts';

/** The folder of kept disks in the private file system of the page's origin. */
export const KEPT_FOLDER = 'ringbox-disks';
const EXTENSION = '.ringdisk';
/** What file systems take as the name of a file, with some room to spare. */
const LONGEST_FILE_NAME = 240;

/**
 * Milliseconds. The page before, when it has just been left or has crashed, takes two seconds until its
 * sleeping workers are gone and their locks with them.
 */
const LONGEST_WAIT = 3000;

/** The file of the kept disk `name`, in KEPT_FOLDER. */
export function keptFileName(name: string): string {
  return `${encodeURIComponent(name)}${EXTENSION}`;
}

/** The kept disk that a file of KEPT_FOLDER holds; undefined for a file that is none. */
export function keptDiskName(fileName: string): string | undefined {
  if (!fileName.endsWith(EXTENSION)) return undefined;
  return decodeURIComponent(fileName.slice(0, -EXTENSION.length));
}

/** The Web Lock that whoever has the kept disk `name` holds. */
export function keptLock(name: string): string {
  return `ringbox disk ${name}`;
}

/** @throws DeviceError 'disk-name' when no disk can be kept under that name */
export function checkKeptName(name: string): void {
  if (name === '') throw new DeviceError('disk-name', 'A disk that is kept needs a name');
  if (keptFileName(name).length <= LONGEST_FILE_NAME) return;
  throw new DeviceError('disk-name', `The name “${name}” is too long for a disk that is kept`);
}

/**
 * Opens the file of the kept disk `name`. Until it is closed nobody else can, in this tab or another.
 * For a worker.
 * @param create whether to make an empty one if there is none
 * @throws DeviceError 'disk-in-use' when somebody else has it open, 'disk-missing'
 */
export async function openKeptFile(name: string, create = true): Promise<StoreFile> {
  const release = await lockKeptDisk(name);
  try {
    const folder = await privateFolder(KEPT_FOLDER);
    return new LockedFile(await openSynchronously(folder, keptFileName(name), create), release);
  } catch (error) {
    release();
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'NoModificationAllowedError') throw inUse(name);
    if (error.name === 'NotFoundError') throw missing(name);
    throw error;
  }
}

/** Whether there is a file of the kept disk `name`. */
export async function isKept(name: string): Promise<boolean> {
  const folder = await privateFolder(KEPT_FOLDER);
  try {
    await folder.getFileHandle(keptFileName(name));
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return false;
    throw error;
  }
}

/** Browsers have it; the standard that TypeScript knows does not. */
type MovableHandle = FileSystemFileHandle & { move(name: string): Promise<void> };

/**
 * Gives the file of a kept disk another name, under which there must be none. The caller has the locks of
 * both names, and nobody the file.
 */
export async function renameKeptFile(from: string, to: string): Promise<void> {
  const folder = await privateFolder(KEPT_FOLDER);
  const handle = await folder.getFileHandle(keptFileName(from));
  await (handle as MovableHandle).move(keptFileName(to));
}

/**
 * Takes the lock of a kept disk, which ends with this thread at the latest.
 * @returns what lets it go
 * @throws DeviceError 'disk-in-use' when somebody else has it
 */
export function lockKeptDisk(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = () => new Promise<void>((release) => resolve(release));
    const failed = (error: unknown) => {
      const tooLong = error instanceof DOMException && error.name === 'TimeoutError';
      reject(tooLong ? inUse(name) : error);
    };
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    navigator.locks.request(keptLock(name), { signal }, held).catch(failed);
  });
}

function inUse(name: string): DeviceError {
  const message = `The disk that is kept as “${name}” is open in another tab or machine`;
  return new DeviceError('disk-in-use', message);
}

/** No disk is kept as `name`. */
export function missing(name: string): DeviceError {
  return new DeviceError('disk-missing', `No disk is kept as “${name}”`);
}

/** A file that lets its lock go when it is closed. */
class LockedFile implements StoreFile {
  readonly #handle: StoreFile;
  readonly #release: () => void;

  constructor(handle: StoreFile, release: () => void) {
    this.#handle = handle;
    this.#release = release;
  }

  getSize(): number {
    return this.#handle.getSize();
  }

  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number {
    return this.#handle.read(buffer, options);
  }

  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number {
    return this.#handle.write(buffer, options);
  }

  truncate(size: number): void {
    this.#handle.truncate(size);
  }

  flush(): void {
    this.#handle.flush();
  }

  close(): void {
    try {
      this.#handle.close();
    } finally {
      this.#release();
    }
  }
}
