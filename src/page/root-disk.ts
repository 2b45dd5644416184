import type { DiskProgress } from '../machine/disks/disk-work.ts';
import { lookAtKeptDisk } from '../machine/disks/kept-disk-work.ts';
import { forgetKeptDisk, type KeptDisk, keptDisks } from '../machine/disks/kept-disks.ts';
import type { DiskOptions } from '../machine/options.ts';
import { type OnBytes, unpacked } from './download.ts';
import { deleteImagesExcept, storedImage, storeImage } from './kept-images.ts';
import type { Manifest } from './manifest.ts';
import { ROOT_DISK, type RootPlan } from './plan.ts';
import { forgetSavedMachine } from './saved/saved-machine.ts';
import { downloadWhole, type LoadingContext } from './transfer.ts';

/** Ringbox's own root disk; its changes are kept in the browser. */

/** What becomes of the changes to the root disk. */
export type Keeping =
  /** They are kept in this browser. */
  | 'kept'
  /** So are they, but they were begun on an earlier image than the page has now. */
  | 'kept-on-earlier'
  /** So are they, under another name than the root disk's own: it is a copy. */
  | 'kept-copy'
  /** They are lost at the end: the disk is a look at what another tab has. */
  | 'look'
  /** They are lost at the end, as was asked for. */
  | 'not-kept'
  /** They are lost at the end, since this browser gives the page no storage. */
  | 'cannot-keep';

export interface RootDisk {
  options: DiskOptions;
  keeping: Keeping;
  /** Gives back what the disk has taken, once its machine has ended. */
  release?: () => Promise<void>;
}

/**
 * Fetches the root disk. If changes are kept that were begun on an earlier image, it is that one.
 * @throws MachineError 'disk-in-use' when another tab is to be looked at, and does not answer
 */
export async function loadRootDisk(
  manifest: Manifest,
  plan: RootPlan,
  context: LoadingContext,
): Promise<RootDisk> {
  if (plan.kind === 'fresh') return notKept(manifest, 'not-kept', context);
  const storage = await lookForKept(plan.name);
  if (storage === null) return notKept(manifest, 'cannot-keep', context);
  const { kept } = storage;
  if (plan.kind === 'look') return lookAt(manifest, plan.name, kept, context);
  const { version } = manifest.rootfs;
  if (kept !== null && kept.imageVersion !== version) {
    const image = await storedImage(kept.imageVersion);
    // Without it the machine refuses: the changes would be put on an image that they do not fit.
    if (image !== undefined) return keptOnEarlier(plan.name, image, kept);
  }
  return keptOnNewest(plan.name, manifest, kept, context);
}

/** A disk with what is kept as `name` at this moment, whoever has it. */
async function lookAt(
  manifest: Manifest,
  name: string,
  kept: KeptDisk['disk'],
  { signal, ...context }: LoadingContext,
): Promise<RootDisk> {
  const version = kept?.imageVersion ?? manifest.rootfs.version;
  const size = kept?.size ?? manifest.rootfs.diskSize;
  const image =
    (await storedImage(version)) ?? (await downloadImage(manifest, { signal, ...context }));
  const onProgress = progressOf(`A look at “${name}”`, context);
  const look = await lookAtKeptDisk(name, { signal, onProgress });
  try {
    const options = await keptOptions(look.keep, image, size, version);
    return { options, keeping: 'look', release: () => look.end() };
  } catch (reason) {
    await look.end();
    throw reason;
  }
}

async function keptOnEarlier(
  name: string,
  image: File,
  kept: NonNullable<KeptDisk['disk']>,
): Promise<RootDisk> {
  const { size, imageVersion } = kept;
  const options = await keptOptions(name, image, size, imageVersion);
  return { options, keeping: name === ROOT_DISK ? 'kept-on-earlier' : 'kept-copy' };
}

async function keptOnNewest(
  name: string,
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
  const options = await keptOptions(name, image, kept?.size ?? diskSize, version);
  return { options, keeping: name === ROOT_DISK ? 'kept' : 'kept-copy' };
}

async function notKept(
  manifest: Manifest,
  keeping: Keeping,
  context: LoadingContext,
): Promise<RootDisk> {
  const image = await downloadImage(manifest, context);
  return { options: await memoryOptions(image, manifest.rootfs.diskSize), keeping };
}

async function memoryOptions(image: Blob, size: number): Promise<DiskOptions> {
  return { image: await unpacked(image.stream()), size, name: 'root' };
}

async function keptOptions(
  keep: string,
  image: Blob,
  size: number,
  imageVersion: string,
): Promise<DiskOptions> {
  return { ...(await memoryOptions(image, size)), keep, imageVersion };
}

/** Shows how far work on a kept disk is, beside what is downloaded. */
export function progressOf(
  name: string,
  { onTransfer }: Pick<LoadingContext, 'onTransfer'>,
): (progress: DiskProgress) => void {
  let tell: OnBytes | null = null;
  let told = 0;
  return ({ done, total }) => {
    if (total === null) return;
    tell ??= onTransfer(name, total);
    tell(done - told);
    told = done;
  };
}

async function downloadImage({ rootfs }: Manifest, context: LoadingContext): Promise<Blob> {
  return downloadWhole(rootfs, 'Root disk', context, async (image) => image);
}

/** What is kept, if anything is; null in a browser that has no storage for the page. */
async function lookForKept(name: string): Promise<{ kept: KeptDisk['disk'] } | null> {
  try {
    const disks = await keptDisks();
    return { kept: disks.find((disk) => disk.name === name)?.disk ?? null };
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
  // Of one that cannot be read nobody knows what it needs.
  if (disks.some(({ disk }) => disk === null)) return;
  const needed = disks.flatMap(({ disk }) => (disk === null ? [] : [disk.imageVersion]));
  await deleteImagesExcept(new Set(needed));
}

/**
 * Forgets all changes to the root disk, and the machine that was saved on it.
 * @throws MachineError 'disk-in-use' while a machine has it, in this tab or another
 */
export async function forgetRootDisk(): Promise<void> {
  await forgetKeptDisk(ROOT_DISK);
  await forgetSavedMachine(ROOT_DISK);
}
