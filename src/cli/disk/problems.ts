import { DeviceError, type DeviceErrorCode } from '../../devices/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { messageOf, RunError, usageError } from '../run-error.ts';
import { ToolError } from './tools.ts';

/** What is wrong with a store, and what to do about it. */
const STORE_PROBLEMS: Partial<Record<DeviceErrorCode, (why: string) => string>> = {
  'disk-foreign': (why) => `this is no store of Ringbox's: ${why}; check that it is the right file`,
  'disk-version': (why) =>
    `this store is of another version: ${why}; use the Ringbox that made it. It is as it was`,
  'disk-damaged': (why) =>
    `this store is damaged: ${why}; take an earlier copy of it, if there is one. It is as it was`,
};

/** What a failure to read a file comes to, for the person at the keyboard. */
export function readProblem(name: string, error: unknown): unknown {
  if (error instanceof RunError) return error;
  if (error instanceof DeviceError) {
    const problem = STORE_PROBLEMS[error.code];
    return problem ? usageError(`${name}: ${problem(error.message)}`) : error;
  }
  if (error instanceof ToolError && !/no space left/i.test(error.message)) {
    return usageError(`${name}: it cannot be read (${error.message}); get or make it once more`);
  }
  const code = errorCode(error);
  if (code?.startsWith('Z_')) {
    const why = messageOf(error);
    return usageError(`${name}: the gzip is damaged or cut off (${why}); get or make it once more`);
  }
  return failure(`${name}: it could not be read (${messageOf(error)})`, error);
}

/** What a failure to change a store in place comes to. */
export function storeProblem(name: string, error: unknown): unknown {
  if (error instanceof RunError) return error;
  if (!(error instanceof DeviceError)) {
    return failure(`${name}: it or its base could not be read (${messageOf(error)})`, error);
  }
  return error.code === 'disk-full' ? writeProblem(name, error) : readProblem(name, error);
}

const WRITE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no room left for it; make some',
  EDQUOT: 'there is no room left for it within your quota; make some',
  EFBIG: 'it is larger than its file system can have files',
  EACCES: 'permission denied; make its folder writable for this user',
  EROFS: 'its file system is read-only',
};

/** What a failure to write a file comes to. Whatever was there under its name, still is. */
export function writeProblem(name: string, error: unknown): unknown {
  if (error instanceof RunError) return error;
  // A store wraps what its file has thrown.
  const codes = [errorCode(error), errorCode((error as Error).cause)];
  const reason = codes.map((code) => WRITE_PROBLEMS[code ?? '']).find((text) => text !== undefined);
  return failure(`${name}: ${reason ?? `it could not be written (${messageOf(error)})`}`, error);
}

function failure(message: string, cause: unknown): RunError {
  return new RunError(exitCodes.failure, message, cause);
}

function errorCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
