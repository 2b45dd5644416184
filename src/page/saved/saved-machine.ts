import {
  forgetKeptSnapshot,
  keepSnapshot,
  openKeptSnapshot,
  type Snapshot,
} from '../../machine/index.ts';
import type { MachinePlan } from '../plan.ts';
import { recall, remember } from '../remembered.ts';

/** A machine as this page has saved it, for the next visit to go on with. */
export interface SavedMachine {
  snapshot: Snapshot;
  /** What brings the terminal back to what it showed. */
  screen: string;
}

/** What tells a machine that can be saved from others: a saved one goes on in its like only. */
export interface MachineIdentity {
  /** The name that its root disk is kept under. */
  root: string;
  /** What it was made of, the version of the guest excepted. */
  plan: string;
  /** The version of the guest. */
  guest: string;
}

/** What is noted beside a snapshot, to be looked at before that is read. */
interface Note extends Omit<MachineIdentity, 'root'> {
  /** When the snapshot was made, in milliseconds since 1970: it tells it from others. */
  created: number;
  screen: string;
}

/** MiB of memory that a machine may have: a snapshot may need as much again, for a moment. */
const MOST_MEMORY = 512;

/**
 * The identity of a planned machine; null for one that is not saved: only Ringbox's own guest alone is, on a root
 * disk that is kept. Files that somebody has chosen are not there at the next visit.
 */
export function identify(plan: MachinePlan, guest: string): MachineIdentity | null {
  const { kernel, initrd, disks, root, memory, commandLine } = plan;
  if (kernel !== null || initrd !== null || disks.length > 0 || root.kind !== 'kept') return null;
  if (memory > MOST_MEMORY) return null;
  return { root: root.name, plan: JSON.stringify([memory, commandLine]), guest };
}

/** When the machine was saved that may go on as `plan` wants it, in milliseconds since 1970; null for none. */
export function timeOfSaved(plan: MachinePlan): number | null {
  const identity = identify(plan, '');
  if (identity === null) return null;
  const note = noteOf(identity.root);
  return note?.plan === identity.plan ? note.created : null;
}

/** The machine that was saved of this identity; null when there is none, or none that can be read. */
export async function openSavedMachine(
  { root, plan, guest }: MachineIdentity,
  signal: AbortSignal,
): Promise<SavedMachine | null> {
  const note = noteOf(root);
  if (note === null || note.plan !== plan || note.guest !== guest) return null;
  try {
    const snapshot = await openKeptSnapshot(snapshotName(root), { signal });
    // The note of one was written, or the snapshot of another, when the page went.
    if (snapshot?.info.created !== note.created) return null;
    return { snapshot, screen: note.screen };
  } catch (reason) {
    signal.throwIfAborted();
    console.info('The machine that was saved cannot be read: it boots.', reason);
    return null;
  }
}

/**
 * Keeps a machine for the next visit, instead of what was kept before.
 * @throws MachineError 'disk-full', and whatever the browser has against it
 */
export async function keepMachine(
  { root, plan, guest }: MachineIdentity,
  { snapshot, screen }: SavedMachine,
): Promise<void> {
  await keepSnapshot(snapshotName(root), snapshot);
  const note: Note = { plan, guest, created: snapshot.info.created, screen };
  remember(noteName(root), note);
}

/** Forgets what was saved of the machine whose root disk is kept under that name. */
export async function forgetSavedMachine(root: string): Promise<void> {
  remember(noteName(root), null);
  await forgetKeptSnapshot(snapshotName(root));
}

function snapshotName(root: string): string {
  return `the page’s machine on “${root}”`;
}

function noteName(root: string): string {
  return `saved-machine.${root}`;
}

function noteOf(root: string): Note | null {
  const { plan, guest, created, screen } = Object(recall(noteName(root))) as Record<
    string,
    unknown
  >;
  const isSound =
    typeof plan === 'string' &&
    typeof guest === 'string' &&
    typeof created === 'number' &&
    typeof screen === 'string';
  return isSound ? { plan, guest, created, screen } : null;
}
