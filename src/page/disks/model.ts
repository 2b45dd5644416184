import type { Disk, KeptDisk } from '../../machine/index.ts';
import type { RootPlan } from '../plan.ts';

/** A disk that the machine has. */
export interface AttachedDisk {
  disk: Disk;
  /** What the guest calls it, for example vda. */
  guestName: string;
  /** What it is of Ringbox's own root disk, on which the guest runs, so that it stays; or null. */
  root: RootPlan | null;
  /** It was attached while the machine ran, of which nothing tells the guest. */
  isLate: boolean;
}

/** A disk that a machine will have which is on its way. */
export interface ComingDisk {
  root: RootPlan | null;
  readOnly: boolean;
}

/**
 * What a kept disk lies on: nothing; an image of Ringbox's own root disk that is here as well; or
 * one that the page does not have, without which what was changed is of no use.
 */
export type KeptBase = 'none' | 'root-image' | 'missing';

/** A disk that is kept in this browser, and that the machine does not have. */
export interface UnattachedDisk extends KeptDisk {
  base: KeptBase;
}
