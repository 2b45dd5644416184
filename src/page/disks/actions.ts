import type { ExportFormat } from './export-form.ts';
import type { AttachedDisk, UnattachedDisk } from './model.ts';

/**
 * What can be done with disks from the panel. Those that take long become jobs and resolve at once; the others
 * resolve when they are done, and reject with what a person can be told.
 */
export interface DiskActions {
  exportAttached(attached: AttachedDisk, format: ExportFormat): Promise<void>;
  grow(attached: AttachedDisk, size: number): Promise<void>;
  detach(attached: AttachedDisk): Promise<void>;
  /** Types the command by which a guest finds a disk that was attached late. */
  findInGuest(): void;
  /** Asks whether the changes to the root disk may be forgotten. */
  fresh(): void;

  attach(kept: UnattachedDisk): Promise<void>;
  /** Opens the sheet for a machine that starts from this disk. */
  startFrom(kept: UnattachedDisk): void;
  exportKept(kept: UnattachedDisk, format: ExportFormat): Promise<void>;
  copy(kept: UnattachedDisk, name: string): Promise<void>;
  remove(kept: UnattachedDisk): Promise<void>;

  create(name: string, size: number): Promise<void>;
  importImage(name: string, image: File): Promise<void>;

  /** Names that kept disks have, and those that are about to. */
  takenNames(): Iterable<string>;
}
