import { MachineError, type MachineErrorCode } from '../machine/errors.ts';

/** A failure in words for the page: what was wrong, and what to do about it. */
export interface Failure {
  message: string;
  remedy: string;
}

/** The command that makes whatever the page lacks. */
const BUILD_COMMAND = 'npm start';

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
  return {
    message: message || 'Something failed and did not say why.',
    remedy: 'This is a defect in Ringbox. Reload the page to try again.',
  };
}

/** The code of a failure that has one. It goes by shape, as `describeFailure` does. */
export function failureCode(reason: unknown): MachineErrorCode | undefined {
  const hasCode = typeof reason === 'object' && reason !== null && 'remedy' in reason;
  return hasCode ? (reason as Partial<MachineError>).code : undefined;
}

export function fileMissing(name: string, why: string, cause?: unknown): MachineError {
  return new MachineError(
    'guest-file-missing',
    `The guest file ${name} is missing: ${why}.`,
    `Run \`${BUILD_COMMAND}\`, which makes it and serves this page; then reload.`,
    cause,
  );
}

export function pageError(code: MachineErrorCode, message: string, remedy: string): MachineError {
  return new MachineError(code, message, remedy);
}
