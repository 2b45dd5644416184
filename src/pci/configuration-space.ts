/** Bytes of a function's configuration space (PCI Local Bus Specification 3.0, 6.1). */
export const CONFIGURATION_SIZE = 256;

/** Offsets in the header of an ordinary function (6.1, type 00h). */
export const Header = {
  vendorId: 0x00,
  deviceId: 0x02,
  command: 0x04,
  status: 0x06,
  revisionId: 0x08,
  classCode: 0x09,
  baseAddress0: 0x10,
  subsystemVendorId: 0x2c,
  subsystemId: 0x2e,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
} as const;

export const COMMAND_IO = 0x001;
export const COMMAND_MEMORY = 0x002;
export const COMMAND_BUS_MASTER = 0x004;
export const COMMAND_INTERRUPT_DISABLE = 0x400;
export const STATUS_INTERRUPT = 0x08;
export const STATUS_CAPABILITIES = 0x10;

/**
 * The 256 bytes that describe a PCI function, with a mask of the bits that the guest may write:
 * everything else is read-only, whatever the width and alignment of the access.
 */
export class ConfigurationSpace {
  readonly #bytes = new Uint8Array(CONFIGURATION_SIZE);
  readonly #writable = new Uint8Array(CONFIGURATION_SIZE);

  /** An unsigned little-endian value of `width` bytes (1, 2 or 4); 1-bits beyond the end. */
  read(offset: number, width: number): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      value += (this.#bytes[offset + byte] ?? 0xff) * 2 ** (8 * byte);
    }
    return value;
  }

  /** A write by the guest: changes the writable bits. */
  write(offset: number, width: number, value: number): void {
    for (let byte = 0; byte < width && offset + byte < CONFIGURATION_SIZE; byte++) {
      const mask = this.#writable[offset + byte];
      const written = (value >>> (8 * byte)) & mask;
      this.#bytes[offset + byte] = (this.#bytes[offset + byte] & ~mask) | written;
    }
  }

  /** A copy of all of it. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice();
  }

  /** The guest's bits become what they are in `bytes`; the others stay. */
  restore(bytes: Uint8Array): void {
    for (let offset = 0; offset < CONFIGURATION_SIZE; offset++) {
      this.write(offset, 1, bytes[offset] ?? 0);
    }
  }

  /** Sets bytes as the device's maker does: also the read-only ones. */
  set(offset: number, width: number, value: number): void {
    for (let byte = 0; byte < width; byte++) this.#bytes[offset + byte] = value >>> (8 * byte);
  }

  /** Lets the guest write the bits of `mask` at `offset`. */
  allow(offset: number, width: number, mask: number): void {
    for (let byte = 0; byte < width; byte++) this.#writable[offset + byte] = mask >>> (8 * byte);
  }
}
