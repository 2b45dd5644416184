import type { MachineErrorCode } from '../machine/errors.ts';
import type { MachineState } from '../machine/events.ts';

/** What the kit in Node and its page say to each other over HTTP. All is relative to the page's base. */
export const paths = {
  /** GET: the page. */
  page: 'machine',
  /** GET: file contents. */
  kernel: 'files/kernel',
  initrd: 'files/initrd',
  disk: (index: number) => `files/disks/${index}`,
  /** POST: bytes that the guest has printed on its console. */
  output: 'output',
  /** POST: a `Notice`. */
  notices: 'notices',
} as const;

/** The machine that the page is to make. */
export interface MachinePlan {
  /** The kernel's file name; the default guest without it. */
  kernelName?: string;
  initrdName?: string;
  append?: string;
  /** MiB. */
  memory?: number;
  disks: PlannedDisk[];
}

export interface PlannedDisk {
  /** What messages call it. */
  name: string;
  /** Whether there is a file for it. */
  hasImage: boolean;
  size?: number;
  readOnly: boolean;
}

/** A failure of the machine's, as it travels. */
export interface Failure {
  code: MachineErrorCode;
  message: string;
  remedy: string;
}

/** What has happened to the machine. */
export type Notice = { state: MachineState } | { error: Failure };

/** What comes of a call. */
export type Answer<Value> = { value: Value } | { failure: Failure };
