import type { StorageState } from '../../machine/index.ts';
import { ROOT_DISK } from '../plan.ts';
import { formatBytes } from '../progress.ts';
import type { Question } from '../question.ts';
import type { AttachedDisk, UnattachedDisk } from './model.ts';
import { formatDiskSize } from './size.ts';

/** The panel's words about disks. */

/** Stands where there is nothing to tell. */
export const NOTHING = '–';

export function attachedTitle({ disk, root }: AttachedDisk): string {
  if (root === null) return disk.kept ?? disk.name;
  if (root.kind === 'look') return `A look at “${root.name}”`;
  return disk.kept === null || disk.kept === ROOT_DISK ? 'Ringbox’s own root disk' : disk.kept;
}

export function attachedTag({ disk, root }: AttachedDisk): string {
  if (disk.readOnly) return 'read-only';
  return disk.kept === null || root?.kind === 'look' ? 'not kept' : 'kept';
}

/** Bytes per second, of which parts do not matter. */
export function formatThroughput(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? NOTHING : `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

/** What there is to say of a kept disk beyond its figures; empty if nothing. */
export function keptNote({ base, disk, inUse }: UnattachedDisk): string {
  if (disk === null && inUse)
    return 'It is being written to elsewhere, and cannot be read just now.';
  if (disk === null) return 'What is stored under this name is no disk that can be read.';
  if (base === 'root-image') {
    return `Changed on Ringbox’s own root disk, ${disk.imageVersion}.`;
  }
  if (base === 'missing') {
    return `It was changed on ${disk.imageVersion}, which this page does not have.`;
  }
  return '';
}

export function keptTag({ inUse }: UnattachedDisk): string {
  return inUse ? 'in use elsewhere' : '';
}

/** Whether a machine could have the disk. */
export function isUsable({ base, disk, inUse }: UnattachedDisk): boolean {
  return disk !== null && !inUse && base !== 'missing';
}

export function keptSize({ disk }: UnattachedDisk): string {
  return disk === null ? NOTHING : formatDiskSize(disk.size);
}

export function keptChanged({ disk }: UnattachedDisk): string {
  return disk === null || disk.changed === null ? NOTHING : formatBytes(disk.changed);
}

export function deleteQuestion({ name, stored }: UnattachedDisk): Question {
  return {
    title: `Delete “${name}”?`,
    message: `All that is on this disk (${formatBytes(stored)} in this browser) is deleted for good. Export it first if you may want it again.`,
    confirm: 'Delete the disk',
  };
}

/** By this Linux finds a disk that was attached while it ran. */
export const RESCAN_COMMAND = 'echo 1 > /sys/bus/pci/rescan';

export const LATE_NOTE = `The guest does not see it yet. Linux finds it by \`${RESCAN_COMMAND}\`.`;

export function detachQuestion({ disk, guestName }: AttachedDisk): Question {
  const isKept = disk.kept !== null || disk.readOnly;
  const lost = isKept ? '' : ' What was changed on it is not kept, and is lost.';
  return {
    title: `Detach ${guestName}?`,
    message: `Unmount it in the guest first, and make the guest let go of it: \`echo 1 > /sys/block/${guestName}/device/../remove\`. What it has not written by then is lost, and what it asks of the disk later fails.${lost}`,
    confirm: `Detach ${guestName}`,
  };
}

/** @param amount of what was changed, for example "1.2 MB"; empty if it is not known */
export function freshQuestion(amount: string): Question {
  const lost = amount === '' ? 'All changes' : `All changes (${amount})`;
  return {
    title: 'Start with a fresh disk?',
    message: `${lost} to the root disk that are kept in this browser are deleted for good, and the machine starts anew.`,
    confirm: 'Delete the changes',
  };
}

/** How much of the browser's storage is used. */
export function storageWords({ used, quota }: StorageState): string {
  if (used === null) return 'This browser does not tell how much is stored.';
  if (quota === null) return `${formatBytes(used)} stored.`;
  return `${formatBytes(used)} of ${formatBytes(quota)} that this browser allows.`;
}

/** Whether the storage stays when room gets short. */
export function promiseWords({ persisted }: StorageState): string {
  if (persisted) return 'The browser has promised to keep it.';
  return 'The browser has not promised to keep it: should your device run short of room, it may delete all of it. Export what you cannot lose.';
}
