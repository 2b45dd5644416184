import type { ConsoleName } from '../headless/protocol.ts';

/** A disk of the command line. */
export interface DiskArgument {
  file: string;
  readOnly: boolean;
}

/** What `ringbox run` was asked for. */
export interface RunOptions {
  /** Start firmware, which starts the first disk; then there is no kernel. */
  bios: boolean;
  /** Undefined: the default guest. */
  kernel: string | undefined;
  initrd: string | undefined;
  append: string | undefined;
  /** MiB. */
  memory: number | undefined;
  disks: DiskArgument[];
  /** Undefined: the one that the kernel's command line names last, else hvc0; with `bios` both. */
  console: ConsoleName | undefined;
  /** Seconds; 0 for no limit. */
  timeout: number;
  /** The words behind `--`; undefined without it. */
  command: string[] | undefined;
}

export const DEFAULT_TIMEOUT = 120;
/** The longest time that a timer can be set to, in whole seconds. */
export const MOST_TIMEOUT = 2_147_483;
