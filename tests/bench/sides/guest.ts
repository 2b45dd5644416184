import type { Subject } from '../bench.ts';
import type { MeasuredResult } from './measured-shell.ts';

/** The guest of one side at its prompt, driven from the runner. */
export interface Guest extends Subject {
  /** The disk to be worked with, 128 MiB that may be overwritten. */
  readonly disk: string;
  /** Runs a shell command that must succeed. */
  measure(command: string): Promise<MeasuredResult>;
  /**
   * Runs a command that prints `length` bytes, into a sink that counts them.
   * @returns two marks: when it began, and when the last byte was there
   */
  measureFlood(command: string, length: number): Promise<MeasuredResult>;
  /** Seconds of processor that its process has used, and others that stand still. */
  processorTime(): Promise<number>;
}

/** What a guest starts with. */
export interface GuestParts {
  kernelUrl: string;
  /** The root disk's image under gzip, and the bytes of the disk. */
  rootUrl: string;
  rootSize: number;
  /** The disk to be worked with, if there is one. */
  workUrl: string | null;
  /** Small disks after these; only Ringbox's guest has them. */
  furtherDisks: number;
  firmwareUrl: string;
  commandLine: string;
  /** MiB. */
  memory: number;
}
