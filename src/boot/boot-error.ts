/** Why a kernel or a firmware cannot be started. */
export class BootError extends Error {
  readonly code:
    | 'not-a-kernel'
    | 'not-a-firmware'
    | 'memory-too-small'
    | 'initrd-too-large'
    | 'command-line-too-long';

  constructor(code: BootError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
