/** The parts of a bzImage that a boot loader looks at (Documentation/arch/x86/boot.rst). */
export interface KernelParts {
  /** As in the header: 0 means 4. */
  setupSectors?: number;
  bootFlag?: number;
  magic?: number;
  version?: number;
  loadFlags?: number;
  /** `jump`'s second byte: where the header ends, from 0x202. */
  jumpLength?: number;
  codeStart?: number;
  initrdAddressMaximum?: number;
  commandLineSize?: number;
  preferredAddress?: number;
  initSize?: number;
  /** The protected-mode code. */
  body?: Uint8Array;
}

/** A kernel with nothing in it but a header, and with `body`, that this machine can load. */
export function kernelImage(parts: KernelParts = {}): Uint8Array<ArrayBuffer> {
  const setupSectors = parts.setupSectors ?? 15;
  const setupLength = 512 * ((setupSectors || 4) + 1);
  const body = parts.body ?? Uint8Array.of(0xf4, 0xeb, 0xfd);
  const image = new Uint8Array(setupLength + body.length);
  const header = new DataView(image.buffer);
  header.setUint8(0x1f1, setupSectors);
  header.setUint16(0x1fe, parts.bootFlag ?? 0xaa55, true);
  header.setUint8(0x200, 0xeb);
  header.setUint8(0x201, parts.jumpLength ?? 0x6a);
  header.setUint32(0x202, parts.magic ?? 0x53726448, true);
  header.setUint16(0x206, parts.version ?? 0x020f, true);
  header.setUint8(0x211, parts.loadFlags ?? 0x01);
  header.setUint32(0x214, parts.codeStart ?? 0x100000, true);
  header.setUint32(0x22c, parts.initrdAddressMaximum ?? 0x7fffffff, true);
  header.setUint32(0x238, parts.commandLineSize ?? 2047, true);
  header.setUint32(0x258, parts.preferredAddress ?? 0x1000000, true);
  header.setUint32(0x260, parts.initSize ?? 0x400000, true);
  image.set(body, setupLength);
  return image;
}
