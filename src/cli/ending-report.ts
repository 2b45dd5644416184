import type { Failure, Result } from '../headless/protocol.ts';
import { exitCodes, type HandledSignal, signalExitCodes } from './exit-codes.ts';
import { RunError } from './run-error.ts';

/** Why the command line has ended a machine that had not ended by itself. */
export type Stop =
  | { kind: 'timeout'; seconds: number }
  | { kind: 'signal'; signal: HandledSignal }
  /** By the key for it. */
  | { kind: 'left' };

/** Failures that come from what the user gave, by their codes. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'memory-out-of-range',
  'memory-too-small',
  'not-a-kernel',
  'not-a-firmware',
  'initrd-too-large',
  'command-line-too-long',
  'disk-size',
  'no-boot-disk',
  'too-many-devices',
]);

/**
 * The exit status that a run's end comes to.
 * @param stop why it was ended, if it was
 * @throws RunError for an end that is worth a line
 */
export function exitCodeOf(
  { ending, lastLine }: Result,
  stop: Stop | undefined,
  isCommand: boolean,
): number {
  if (ending.kind === 'failed') throw failure(ending);
  if (ending.kind === 'stopped' && stop) return stopped(stop, lastLine);
  if (ending.kind === 'panic') {
    // hvc0 comes to life late in a kernel's start; a panic before that leaves no word on it.
    const hint = lastLine ? '' : '; --console ttyS0 shows more of what it said';
    throw new RunError(exitCodes.panic, `the guest's kernel panicked: ${ending.text}${hint}`);
  }
  if (ending.kind === 'status') return ending.status;
  if (isCommand) {
    const how = ending.kind === 'reboot' ? 'rebooted' : 'powered off';
    throw new RunError(
      exitCodes.failure,
      `the guest ${how} before the command had told its exit status${quoted(lastLine)}`,
    );
  }
  return exitCodes.success;
}

function failure({ code, message, remedy }: Failure): RunError {
  const exitCode = USAGE_CODES.has(code) ? exitCodes.usage : exitCodes.failure;
  const text = code === 'internal' ? `internal error: ${message}` : `${message} ${remedy}`;
  return new RunError(exitCode, text);
}

function stopped(stop: Stop, lastLine: string): number {
  if (stop.kind === 'left') return exitCodes.success;
  throw stopError(stop, lastLine);
}

/** The error for a machine that was ended from here, and perhaps did not even manage that. */
export function stopError(stop: Stop, lastLine = ''): RunError {
  if (stop.kind === 'signal') return new RunError(signalExitCodes[stop.signal], '');
  if (stop.kind === 'left') return new RunError(exitCodes.failure, 'the page does not answer');
  return new RunError(
    exitCodes.timeout,
    `timeout: the guest had not ended after ${stop.seconds} s (--timeout)${quoted(lastLine)}`,
  );
}

function quoted(lastLine: string): string {
  return lastLine && `; the last line on its console: ${lastLine}`;
}
