import type { ScratchDriver } from './driver.ts';
import type { ScratchKind } from './kinds.ts';

/** How a device answers a mistake: see SPECIFICATION.md. */
export type ViolationOutcome = 'served' | 'ignored' | 'IOERR' | 'UNSUPP' | 'DEVICE_NEEDS_RESET';

/** What the specification says about it. */
export interface ViolationClause {
  /** Of the clauses for devices, as in the report of conformance ('BLK-018'); '' for what drivers must keep to. */
  id: string;
  /** The section of VIRTIO 1.4, by number. */
  section: string;
  /** Its words, or what they come to. */
  text: string;
}

/** A mistake that a driver can make. */
export interface Violation {
  /** The row of SPECIFICATION.md, "The driver's mistakes". */
  id: string;
  /** What the driver does, one line. */
  title: string;
  group: 'chains' | 'queues' | 'requests';
  /** What SPECIFICATION.md promises. */
  expected: ViolationOutcome;
  /** Why the device answers so. */
  reason: string;
  /** What the driver breaks, and what the device has to do; null where the specification says nothing. */
  rule: ViolationClause | null;
  clause: ViolationClause | null;
}

/** A mistake, with the lines of script that make it. */
export interface ScriptedViolation extends Violation {
  /** The kinds of device that it concerns; all unless told. */
  kinds?: readonly ScratchKind[];
  /** Feature bits that the driver accepts beside VIRTIO_F_VERSION_1. */
  features?: readonly number[];
  /** Elements that come back unless the device needs a reset; 1 unless told. */
  answers?: number;
  /**
   * Lays the mistake out and makes it available.
   * @param lay lays an honest request out from descriptor 0 on, and answers its descriptors
   */
  commit(driver: ScratchDriver, lay: () => number): void;
}
