import type { MeasuredResult } from './measured-shell.ts';

/** The guest of one side at its prompt, driven from the runner. */
export interface Guest {
  /** The disk to be worked with, 128 MiB that may be overwritten. */
  readonly disk: string;
  /** Runs a shell command that must succeed. */
  measure(command: string): Promise<MeasuredResult>;
  /** See `MeasuredShell.measureFlood`. */
  measureFlood(command: string, length: number): Promise<MeasuredResult>;
  /** Stands still, so that it takes no time from another that is measured. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  dispose(): Promise<void>;
}

/** What a guest starts with. */
export interface GuestParts {
  kernelUrl: string;
  /** The root disk's image under gzip, and the bytes of the disk. */
  rootUrl: string;
  rootSize: number;
  /** The disk to be worked with. */
  workUrl: string;
  firmwareUrl: string;
  commandLine: string;
  /** MiB. */
  memory: number;
}
