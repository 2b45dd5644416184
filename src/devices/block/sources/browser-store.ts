import { digest, hexadecimal } from '../digest.ts';
import { openSynchronously, privateFolder } from '../private-files.ts';
import type { ImageIdentity } from './http-answer.ts';
import { SlotStore } from './slot-store.ts';

/** Bytes of blocks that are kept of one image at most, and of those used before it: 256 MiB each. */
const STORE_LIMIT = 256 * 2 ** 20;
/** Where the files lie in the origin's private file system. */
const FOLDER = 'ringbox-image-blocks';

/**
 * The blocks of an image at an address that the browser has kept from the last time, if it is
 * still the same.
 * @returns null when there is no place for them: an image without ETag, a browser without private
 *   file system, another tab that uses the file
 */
export async function openBrowserStore(
  url: string,
  identity: ImageIdentity,
): Promise<SlotStore | null> {
  if (identity.etag === null || globalThis.navigator?.storage?.getDirectory === undefined) {
    return null;
  }
  try {
    const folder = await privateFolder(FOLDER);
    const name = hexadecimal(await digest(url));
    await removeOld(folder, name);
    const file = await openSynchronously(folder, name);
    try {
      return new SlotStore(file, await digest(JSON.stringify([url, identity])), STORE_LIMIT);
    } catch (error) {
      file.close();
      throw error;
    }
  } catch (reason) {
    console.info('ringbox: blocks of images are not kept in this browser:', reason);
    return null;
  }
}

/** Removes the files of images that were used longest ago, until the others keep to the limit. */
async function removeOld(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  const others: File[] = [];
  for await (const entry of folder.values()) {
    if (entry.kind === 'file' && entry.name !== name) others.push(await entry.getFile());
  }
  others.sort((one, other) => other.lastModified - one.lastModified);
  let total = 0;
  for (const file of others) {
    total += file.size;
    // One that is in use stays: it cannot be removed.
    if (total > STORE_LIMIT) await folder.removeEntry(file.name).catch(() => {});
  }
}
