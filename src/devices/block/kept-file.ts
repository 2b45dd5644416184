import { DeviceError } from '../errors.ts';
import { openSynchronously, privateFolder } from './private-files.ts';
import type { StoreFile } from './store/store-file.ts';

/** The folder of kept disks in the private file system of the page's origin. */
export const KEPT_FOLDER = 'ringbox-disks';
const EXTENSION = '.ringdisk';

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

/**
 * Opens the file of the kept disk `name`, made empty if there is none. Until it is closed nobody
 * else can, in this tab or another. For a worker.
 * @throws DeviceError 'disk-in-use' when somebody else has it open
 */
export async function openKeptFile(name: string): Promise<StoreFile> {
  const release = await lock(name);
  try {
    const folder = await privateFolder(KEPT_FOLDER);
    return new LockedFile(await openSynchronously(folder, keptFileName(name)), release);
  } catch (error) {
    release();
    if (error instanceof DOMException && error.name === 'NoModificationAllowedError') {
      throw inUse(name);
    }
    throw error;
  }
}

/** Takes the disk's lock, which ends with this worker at the latest. @returns what lets it go */
function lock(name: string): Promise<() => void> {
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
