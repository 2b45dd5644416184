import { forgetKeptDisk, type KeptDisk, keptDisks } from '../machine/kept-disks.ts';
import type { DiskOptions } from '../machine/options.ts';
import { unpacked } from './download.ts';
import { fileMissing } from './failure.ts';
import { deleteImagesExcept, storedImage, storeImage } from './kept-images.ts';
import type { Manifest } from './manifest.ts';
import { download, type LoadingContext } from './transfer.ts';

/** Ringbox's own root disk; its changes are kept in the browser. */

/** The name that the changes are kept under. */
const ROOT_DISK = 'root disk';

/** What becomes of the changes to the root disk. */
export type Keeping =
  /** They are kept in this browser. */
  | 'kept'
  /** So are they, but they were begun on an earlier image than the page has now. */
  | 'kept-on-earlier'
  /** They are lost at the end, as was asked for. */
  | 'not-kept'
  /** They are lost at the end, since this browser gives the page no storage. */
  | 'cannot-keep';

export interface RootDisk {
  options: DiskOptions;
  keeping: Keeping;
}

/**
 * Fetches the root disk. If changes are kept that were begun on an earlier image, it is that one.
 * @param keep whether changes are to be kept, if the browser can
 */
export async function loadRootDisk(
  manifest: Manifest,
  keep: boolean,
  context: LoadingContext,
): Promise<RootDisk> {
  if (!keep) return { options: await inMemory(manifest, context), keeping: 'not-kept' };
  const storage = await lookForKept();
  if (storage === null) {
    return { options: await inMemory(manifest, context), keeping: 'cannot-keep' };
  }
  const { kept } = storage;
  const { version } = manifest.rootfs;
  if (kept !== null && kept.imageVersion !== version) {
    const image = await storedImage(kept.imageVersion);
    // Without it the machine refuses: the changes would be put on an image that they do not fit.
    if (image !== undefined) return keptOnEarlier(image, kept);
  }
  return keptOnNewest(manifest, kept, context);
}

async function keptOnEarlier(image: File, kept: NonNullable<KeptDisk['disk']>): Promise<RootDisk> {
  const { size, imageVersion } = kept;
  return { options: await keptOptions(image, size, imageVersion), keeping: 'kept-on-earlier' };
}

async function keptOnNewest(
  manifest: Manifest,
  kept: KeptDisk['disk'],
  context: LoadingContext,
): Promise<RootDisk> {
  const { diskSize, version } = manifest.rootfs;
  const image = await downloadImage(manifest, context);
  try {
    // Before the first change is made, or it could be one without an image.
    if (kept === null || !(await storedImage(version))) await storeImage(version, image);
  } catch (reason) {
    console.warn('The image of the root disk cannot be stored, so changes are not kept.', reason);
    return { options: await memoryOptions(image, diskSize), keeping: 'cannot-keep' };
  }
  return { options: await keptOptions(image, diskSize, version), keeping: 'kept' };
}

async function inMemory(manifest: Manifest, context: LoadingContext): Promise<DiskOptions> {
  return memoryOptions(await downloadImage(manifest, context), manifest.rootfs.diskSize);
}

async function memoryOptions(image: Blob, size: number): Promise<DiskOptions> {
  return { image: await unpacked(image.stream()), size, name: 'root' };
}

async function keptOptions(image: Blob, size: number, imageVersion: string): Promise<DiskOptions> {
  return { ...(await memoryOptions(image, size)), keep: ROOT_DISK, imageVersion };
}

async function downloadImage({ rootfs }: Manifest, context: LoadingContext): Promise<Blob> {
  const { url, size } = rootfs;
  const image = await new Response(await download(url, 'Root disk', context, size)).blob();
  if (image.size >= size) return image;
  throw fileMissing(url.pathname, `only ${image.size} of its ${size} bytes arrived`);
}

/** What is kept, if anything is; null in a browser that has no storage for the page. */
async function lookForKept(): Promise<{ kept: KeptDisk['disk'] } | null> {
  try {
    const disks = await keptDisks();
    return { kept: disks.find(({ name }) => name === ROOT_DISK)?.disk ?? null };
  } catch (reason) {
    console.info('This browser has no storage for the page, so changes are not kept.', reason);
    return null;
  }
}

/**
 * Deletes the images that no kept disk needs. Only while a machine of this page has the root disk:
 * then nobody else can begin one, and so need an image of which nothing is known yet.
 */
export async function tidyImages(): Promise<void> {
  const disks = await keptDisks();
  const needed = disks.flatMap(({ disk }) => (disk === null ? [] : [disk.imageVersion]));
  await deleteImagesExcept(new Set(needed));
}

/**
 * Forgets all changes to the root disk.
 * @throws MachineError 'disk-in-use' while a machine has it, in this tab or another
 */
export async function forgetRootDisk(): Promise<void> {
  await forgetKeptDisk(ROOT_DISK);
}
