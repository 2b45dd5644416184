/**
 * Images of root disks, as they were downloaded, in the private storage of the page's origin: the
 * changes that are kept of a disk are of use only with the image that they were made on, and the
 * page may bring another one next time.
 */
const FOLDER = 'ringbox-images';

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** The image of that version, or undefined if it is not there. */
export async function storedImage(version: string): Promise<File | undefined> {
  const folder = await openFolder();
  try {
    const handle = await folder.getFileHandle(encodeURIComponent(version));
    return await handle.getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

/** Stores an image, whole or not at all. */
export async function storeImage(version: string, image: Blob): Promise<void> {
  const folder = await openFolder();
  const handle = await folder.getFileHandle(encodeURIComponent(version), { create: true });
  // What is written lies in a file of its own until it is closed.
  const writing = await handle.createWritable();
  await writing.write(image);
  await writing.close();
}

/** Deletes the images of all other versions. */
export async function deleteImagesExcept(versions: ReadonlySet<string>): Promise<void> {
  const folder = await openFolder();
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  const unneeded = names.filter((name) => !versions.has(decodeURIComponent(name)));
  await Promise.all(unneeded.map((name) => folder.removeEntry(name)));
}
