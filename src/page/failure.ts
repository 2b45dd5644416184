import { MachineError, type MachineErrorCode } from '../machine/errors.ts';

/** A failure in words for the page: what was wrong, and what to do about it. */
export interface Failure {
  message: string;
  remedy: string;
  /** For those who want to know, or to report it; in the words of programs. */
  details?: string;
}

/** What browsers say of an `import()` that did not come, be it that the host was not reached or lacks the file. */
const MISSING_PART = /dynamically imported module|importing a module script failed/i;

/**
 * Puts any thrown value into words. It goes by shape, not by class, so that an error which has
 * crossed from a worker, and lost its class on the way, still keeps its remedy.
 */
export function describeFailure(reason: unknown): Failure {
  if (typeof reason === 'object' && reason !== null && 'remedy' in reason) {
    const { message, remedy } = reason as Failure;
    return { message, remedy };
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  if (MISSING_PART.test(message)) {
    // Browsers remember that it has failed, so that another try would ask nobody.
    const remedy = 'Check the connection, then reload the page.';
    return { message: 'A part of the page could not be loaded.', remedy, details: message };
  }
  return {
    message: message || 'Something failed and did not say why.',
    remedy: 'This is a defect in Ringbox. Reload the page to try again.',
    ...(reason instanceof Error && reason.stack && { details: reason.stack }),
  };
}

/** The code of a failure that has one. It goes by shape, as `describeFailure` does. */
export function failureCode(reason: unknown): MachineErrorCode | undefined {
  const hasCode = typeof reason === 'object' && reason !== null && 'remedy' in reason;
  return hasCode ? (reason as Partial<MachineError>).code : undefined;
}

/** Whoever reads the page serves it as well, and has its commands: it comes from this computer. */
function isServedByReader(): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}

/**
 * The page's host does not have a file.
 * @param isOwn it is one of Ringbox's own guest, not one that the page's address names
 */
export function fileMissing(
  name: string,
  why: string,
  isOwn: boolean,
  cause?: unknown,
): MachineError {
  return new MachineError(
    'guest-file-missing',
    `The file ${name} is missing: ${why}.`,
    remedyForMissing(isOwn),
    cause,
  );
}

function remedyForMissing(isOwn: boolean): string {
  if (!isOwn) return 'Check the address of this page, which names the file.';
  if (isServedByReader())
    return 'Run `npm start`, which makes it and serves this page; then reload.';
  return 'Reload the page, which may have been renewed meanwhile. If that does not help, only those can who have put it on this host: a part of it is not there.';
}

/** A file did not come, or not as it is; the next try may bring it. */
export function downloadFailed(name: string, why: string, cause?: unknown): MachineError {
  const remedy = isServedByReader()
    ? 'See that the server of this page is there (`npm start`), then try again.'
    : 'Check the connection, then try again.';
  return new MachineError('download-failed', `${name} could not be loaded: ${why}.`, remedy, cause);
}

/** A file has come as another than was built. */
export function downloadDamaged(name: string): MachineError {
  return new MachineError(
    'download-failed',
    `${name} could not be loaded: what has come is not what was built.`,
    'Try again. If it happens once more, something on the way changes files, or this host has another one in its place.',
  );
}

export function pageError(code: MachineErrorCode, message: string, remedy: string): MachineError {
  return new MachineError(code, message, remedy);
}
