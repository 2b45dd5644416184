import type { DeviceErrorCode } from '../devices/errors.ts';

/** What went wrong, for programs to tell apart. */
export type MachineErrorCode =
  | DeviceErrorCode
  | 'not-isolated'
  | 'no-shared-memory'
  | 'memory-out-of-range'
  | 'memory-unavailable'
  | 'guest-file-missing'
  | 'download-failed'
  | 'contradictory-address'
  | 'not-a-kernel'
  | 'not-a-firmware'
  | 'memory-too-small'
  | 'initrd-too-large'
  | 'command-line-too-long'
  | 'no-boot-disk'
  | 'too-many-devices'
  | 'disk-detached'
  | 'unknown-feature'
  | 'queue-size'
  | 'request-queues'
  | 'unknown-emulator'
  | 'device-name'
  | 'device-refused'
  | 'device-died'
  | 'no-agent'
  | 'timeout'
  | 'guest-ended'
  | 'command-too-long'
  | 'output-too-long'
  | 'guest-file'
  | 'cpu-failed'
  | 'trace-format'
  | 'trace-version'
  | 'trace-damaged'
  | 'not-held'
  | 'snapshot-foreign'
  | 'snapshot-version'
  | 'snapshot-damaged'
  | 'snapshot-hardware'
  | 'wrong-state'
  | 'disposed';

/** A failure that a person can act on: what was wrong, with which input, and what to do. */
export class MachineError extends Error {
  readonly code: MachineErrorCode;
  /** What to do about it, one sentence. */
  readonly remedy: string;

  constructor(code: MachineErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MachineError';
    this.code = code;
    this.remedy = remedy;
  }
}
