import { exitCodes } from './exit-codes.ts';

/** An end of `ringbox run` that is not a success: an exit status and one line that says why. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly exitCode: number;

  /** @param message one line; '' if nothing is to be said (the user did it, or the reader left) */
  constructor(exitCode: number, message: string, cause?: unknown) {
    super(oneLine(message), { cause });
    this.exitCode = exitCode;
  }
}

/** Wrong options, or a file that cannot be used. */
export function usageError(message: string): RunError {
  return new RunError(exitCodes.usage, message);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, ' ').trim();
}
