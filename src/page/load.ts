import type { DiskOptions, MachineOptions } from '../machine/options.ts';
import { readAll, requestBeginning, unpacked } from './download.ts';
import { keptDiskOptions } from './kept-options.ts';
import { type Manifest, requestManifest } from './manifest.ts';
import {
  type DiskPlan,
  type MachinePlan,
  type Source,
  sourceName,
  wholeCommandLine,
} from './plan.ts';
import { isCompressed } from './recognize.ts';
import { type Keeping, loadRootDisk } from './root-disk.ts';
import {
  identify,
  type MachineIdentity,
  openSavedMachine,
  type SavedMachine,
} from './saved/saved-machine.ts';
import { download, downloadWhole, type LoadingContext, receive } from './transfer.ts';

/** What a plan has become. */
export interface LoadedMachine {
  options: MachineOptions;
  /** Of Ringbox's own root disk; null where there is none. */
  keeping: Keeping | null;
  /** What the machine can be saved as for the next visit; null for one that cannot. */
  identity: MachineIdentity | null;
  /** What it is to go on as, if it can; null for a machine that boots. */
  saved: SavedMachine | null;
  /** Gives back what the machine has taken, once it has ended. */
  release?: (() => Promise<void>) | undefined;
}

async function loadBlob(source: Source, context: LoadingContext): Promise<Blob> {
  if (source instanceof File) return source;
  return new Blob([await readAll(await download(source, sourceName(source), context))]);
}

async function loadDisk(plan: DiskPlan, context: LoadingContext): Promise<DiskOptions> {
  const { source, readOnly } = plan;
  const name = sourceName(source);
  if ('kept' in source) return { ...(await keptDiskOptions(source.kept)), readOnly };
  if (source instanceof URL) return { image: await imageAt(source, name, context), readOnly, name };
  const image = (await isCompressed(source)) ? await unpacked(source.stream()) : source;
  return { image, readOnly, name };
}

/**
 * A raw image is left where it is, if its server sends parts of it; any other is downloaded, and
 * unpacked on its way.
 */
async function imageAt(url: URL, name: string, context: LoadingContext) {
  const beginning = await requestBeginning(url, context.signal);
  if (beginning.kind === 'parts' && !beginning.compressed) return url;
  if (beginning.kind === 'whole') return unpacked(receive(beginning.response, name, context));
  return unpacked(await download(url, name, context));
}

async function loadOwnKernel(manifest: Manifest, context: LoadingContext): Promise<Blob> {
  return downloadWhole(manifest.kernel, 'Kernel', context, async (packed) =>
    new Response(await unpacked(packed.stream())).blob(),
  );
}

/** Ringbox's own kernel and root disk, and behind them the disks of the plan. */
async function loadOwnGuest(plan: MachinePlan, context: LoadingContext, goesOn: boolean) {
  const manifest = await requestManifest(document.baseURI, context.signal);
  const identity = identify(plan, manifest.version);
  const [kernel, root, saved, ...others] = await Promise.all([
    loadOwnKernel(manifest, context),
    loadRootDisk(manifest, plan.root, context),
    goesOn && identity !== null ? openSavedMachine(identity, context.signal) : null,
    ...plan.disks.map((disk) => loadDisk(disk, context)),
  ]);
  const { options, keeping, release } = root;
  const commandLine = wholeCommandLine(plan, manifest.commandLine);
  // The agent sets the clock of a guest that goes on, and gives it new random bytes.
  const guest = { kernel, disks: [options, ...others], commandLine, agent: true };
  // A disk that could not be kept is none that the next visit finds.
  const isKept = options.keep !== undefined;
  return { guest, keeping, release, saved, identity: isKept ? identity : null };
}

/** Of a machine that is not Ringbox's own. */
const BOOTED = { keeping: null, identity: null, saved: null };

async function loadOtherGuest(plan: MachinePlan, source: Source, context: LoadingContext) {
  const [kernel, ...disks] = await Promise.all([
    loadBlob(source, context),
    ...plan.disks.map((disk) => loadDisk(disk, context)),
  ]);
  return {
    guest: { kernel, disks, commandLine: wholeCommandLine(plan, '') },
    ...BOOTED,
    release: undefined,
  };
}

async function loadFirmware(manifest: Manifest, context: LoadingContext): Promise<Blob> {
  return downloadWhole(manifest.firmware, 'Firmware', context, async (image) => image);
}

/** Firmware, and the disks of the plan, the first of which it starts. */
async function loadFirmwareGuest(plan: MachinePlan, context: LoadingContext) {
  const manifest = await requestManifest(document.baseURI, context.signal);
  const [firmware, ...disks] = await Promise.all([
    loadFirmware(manifest, context),
    ...plan.disks.map((disk) => loadDisk(disk, context)),
  ]);
  return { firmware, disks, memory: plan.memory };
}

/**
 * Fetches what a plan names. Disks other than Ringbox's own come as streams: their bytes, and the
 * progress that tells of them, go on while the machine is made.
 * @param goesOn it may go on as it was saved, instead of booting
 * @throws MachineError that names the file
 */
export async function loadPlan(
  plan: MachinePlan,
  context: LoadingContext,
  goesOn: boolean,
): Promise<LoadedMachine> {
  const { kernel } = plan;
  if (kernel === 'firmware') {
    return { options: await loadFirmwareGuest(plan, context), ...BOOTED };
  }
  const [{ guest, ...rest }, initrd] = await Promise.all([
    kernel === null ? loadOwnGuest(plan, context, goesOn) : loadOtherGuest(plan, kernel, context),
    plan.initrd === null ? null : loadBlob(plan.initrd, context),
  ]);
  const options = { ...guest, ...(initrd && { initrd }), memory: plan.memory };
  return { options, ...rest };
}
