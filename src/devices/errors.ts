/** What kept a device from being made, or from doing its work: a subset of the machine's codes. */
export type DeviceErrorCode =
  | 'disk-size'
  | 'disk-unreadable'
  | 'disk-foreign'
  | 'disk-version'
  | 'disk-damaged'
  | 'disk-full'
  | 'disk-in-use'
  | 'disk-exists'
  | 'disk-missing'
  | 'disk-name'
  | 'image-format'
  | 'file-unwritable'
  | 'disk-shrink'
  | 'disk-read-only'
  | 'base-changed'
  | 'snapshot-disk'
  | 'image-changed'
  | 'image-missing'
  | 'image-no-ranges'
  | 'image-unreachable';

/** What a worker posts to its page, beside its Comlink messages, when a backend is in trouble. */
export interface TroubleMessage {
  trouble: { code: DeviceErrorCode; message: string };
}

/** The same when its driver has made a mistake after which the device needs a reset: what it was. */
export interface FaultMessage {
  fault: string;
}

/**
 * A failure that a person can act on. Comlink carries only `name`, `message` and `stack` of an
 * error from the worker to the page, so `name` is the code there as here.
 */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;

  constructor(code: DeviceErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = code;
    this.code = code;
  }
}
