import { BootError } from './boot-error.ts';
import type { KernelImage } from './kernel-image.ts';
import { BOOT_FLAG, HEADER_MAGIC, LOADED_HIGH, SetupHeader } from './setup-header.ts';

/** Boot protocol 2.10 (Linux 2.6.31) brought the preferred address. */
const OLDEST_VERSION = 0x020a;
const SECTOR = 512;
const LEAST_KERNEL = 0x268;

/** Whether `file` has the mark of a bzImage; it may still be of no use. */
export function isBzImage(file: Uint8Array): boolean {
  return (
    file.length >= LEAST_KERNEL && viewOf(file).getUint32(SetupHeader.magic, true) === HEADER_MAGIC
  );
}

/**
 * Reads a bzImage, with its own code that unpacks the kernel in the guest.
 * @throws BootError with code 'not-a-kernel'
 */
export function readBzImage(file: Uint8Array): KernelImage {
  const header = viewOf(file);
  const reason = faultOf(file, header);
  if (reason !== null) throw new BootError('not-a-kernel', reason);
  const entry = header.getUint32(SetupHeader.codeStart, true);
  const headerEnd = SetupHeader.magic + header.getUint8(SetupHeader.jumpLength);
  return {
    entry,
    unpacksItself: true,
    parts: [{ address: entry, bytes: file.subarray(setupLength(header)) }],
    // The kernel unpacks itself to its preferred address and takes so much room there.
    end:
      header.getUint32(SetupHeader.preferredAddress, true) +
      header.getUint32(SetupHeader.initSize, true),
    setupHeader: file.subarray(SetupHeader.start, headerEnd),
    commandLineSize: header.getUint32(SetupHeader.commandLineSize, true),
    initrdAddressMaximum: header.getUint32(SetupHeader.initrdAddressMaximum, true),
  };
}

function faultOf(file: Uint8Array, header: DataView): string | null {
  if (file.length < LEAST_KERNEL) return `it has only ${file.length} bytes`;
  if (header.getUint16(SetupHeader.bootFlag, true) !== BOOT_FLAG) {
    return 'the boot sector signature 55 AA is missing';
  }
  if (header.getUint32(SetupHeader.magic, true) !== HEADER_MAGIC) {
    return 'the setup header "HdrS" is missing';
  }
  if (header.getUint16(SetupHeader.version, true) < OLDEST_VERSION) {
    return 'its boot protocol is older than 2.10';
  }
  if ((header.getUint8(SetupHeader.loadFlags) & LOADED_HIGH) === 0) {
    return 'it is a zImage, not a bzImage';
  }
  return file.length <= setupLength(header) ? `it is cut short, after ${file.length} bytes` : null;
}

/** Bytes of the boot sector and the real-mode code, before the kernel itself. */
function setupLength(header: DataView): number {
  return ((header.getUint8(SetupHeader.setupSectors) || 4) + 1) * SECTOR;
}

function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
