import type { Readable } from 'node:stream';
import { RawTerminal } from './terminal.ts';

/** Where the guest's input comes from. */
export interface StandardInput {
  stream: Readable;
  /** Resolves when the user wants to leave; never if there is no key for it. */
  left: Promise<void>;
  restore(): void;
}

/**
 * Prepares standard input. A terminal that becomes the guest's console hands over every key; for
 * a command it stays as it is, so that lines are edited here and Ctrl-D ends the input.
 */
export function standardInput(isCommand: boolean): StandardInput {
  const { stdin, stderr } = process;
  if (isCommand || !stdin.isTTY) {
    return { stream: stdin, left: new Promise(() => undefined), restore: () => undefined };
  }
  stderr.write('ringbox: press Ctrl-] to end the machine\n');
  const terminal = new RawTerminal(stdin);
  return { stream: terminal.keys, left: terminal.left, restore: terminal.restore };
}
