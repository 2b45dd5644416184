import type { MachineErrorCode } from '../machine/errors.ts';

/**
 * What the command line (Node) and the headless page say to each other, over HTTP on one origin.
 * All paths are relative to the page's address, whose first part is a secret.
 */
export const paths = {
  /** GET: a `Plan`. */
  plan: 'plan',
  /** GET: file contents. */
  kernel: 'kernel',
  initrd: 'initrd',
  firmware: 'firmware',
  disk: (index: number) => `disks/${index}`,
  /** GET: standard input as it comes; the end of the answer is the end of the input. */
  input: 'input',
  /** GET: `Order`s as they come, one JSON text per line. */
  orders: 'orders',
  /** POST: bytes for standard output or error; answered once they are written. */
  output: 'output',
  errors: 'errors',
  /** POST: frames of `change-frames.ts`, one part after the other. */
  changes: (index: number) => `changes/${index}`,
  /** POST: the machine has been started. */
  started: 'started',
  /**
   * POST: an `Ending` of kind `failed`. The page still tries to bring home what it can; it may hang
   * in that, since parts of the machine are dead.
   */
  broken: 'broken',
  /** POST: the changes of all disks have been sent. */
  saved: 'saved',
  /** POST: a `Result`; nothing follows. */
  result: 'result',
} as const;

/** Names of the virtio-console ports through which the default guest runs a command. */
export const commandPorts = {
  /** To the guest the command text and a NUL; from the guest its exit status, a line. */
  command: 'ringbox.command',
  input: 'ringbox.stdin',
  output: 'ringbox.stdout',
  errors: 'ringbox.stderr',
} as const;

/** A disk of the plan. */
export interface PlannedDisk {
  /** What messages call it: the file's name. */
  name: string;
  /** Bytes of the disk; the file may be shorter, zeros follow. */
  size: number;
  readOnly: boolean;
  /** Whether its changes are to be sent at the end. */
  save: boolean;
}

/** A kernel with its initial RAM disk, by the names of their files. */
export interface PlannedKernel {
  kernelName: string;
  initrdName?: string;
  commandLine: string;
}

export interface PlannedFirmware {
  firmwareName: string;
}

/** The machine to make and how to talk to it. */
export interface Plan {
  software: PlannedKernel | PlannedFirmware;
  memory?: number;
  disks: PlannedDisk[];
  /** The console that is connected to standard input and output, if no command is. */
  console: ConsoleName | 'both';
  /** With both consoles: input comes from a keyboard, and goes where output came from last. */
  keyboard?: boolean;
  /** A shell command for the default guest. */
  command?: string;
}

export const consoleNames = ['hvc0', 'ttyS0'] as const;
export type ConsoleName = (typeof consoleNames)[number];

/** From the command line to the page while the machine runs. */
export type Order =
  /** End the machine as it stands, send the changes and the result. */
  { kind: 'stop' } | { kind: 'resize'; columns: number; rows: number };

/** Something is wrong with the machine. */
export interface Failure {
  kind: 'failed';
  code: MachineErrorCode | 'internal';
  message: string;
  remedy: string;
}

/** How the machine came to its end. */
export type Ending =
  | { kind: 'off' }
  | { kind: 'reboot' }
  /** The command has ended, and then the guest. */
  | { kind: 'status'; status: number }
  | { kind: 'panic'; text: string }
  /** By an order. */
  | { kind: 'stopped' }
  | Failure;

export interface Result {
  ending: Ending;
  /** The last line on the console that is not empty; a hint for messages. */
  lastLine: string;
}
