import type { StoreFile } from './store/store-file.ts';

/** What a file handle can do in a worker; pages, whose types these are, cannot. */
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<StoreFile> };

/** A folder in the private file system of the page's origin, made if it is not there. */
export async function privateFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, { create: true });
}

/**
 * Opens a file for this worker alone. Only in a worker.
 * @param create whether to make an empty one if there is none
 * @throws DOMException 'NoModificationAllowedError' while somebody else has it open, 'NotFoundError'
 */
export async function openSynchronously(
  folder: FileSystemDirectoryHandle,
  name: string,
  create = true,
): Promise<StoreFile> {
  const handle = await folder.getFileHandle(name, { create });
  return (handle as WorkerFileHandle).createSyncAccessHandle();
}
