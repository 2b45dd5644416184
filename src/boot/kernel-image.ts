import { isBzImage, readBzImage } from './bz-image.ts';
import { isElf, readVmlinux } from './vmlinux.ts';

/** A Linux kernel as its loader sees it, whatever file it came in. */
export interface KernelImage {
  /** Guest-physical address of the 32-bit entry point. */
  entry: number;
  /** It is compressed, and begins with code that unpacks it. */
  unpacksItself: boolean;
  /** What is copied where, before it is entered. */
  parts: { address: number; bytes: Uint8Array }[];
  /** Guest-physical end of the room that it needs from its beginning on, for itself alone. */
  end: number;
  /** The setup header, from offset 0x1f1 of the boot parameters on. */
  setupHeader: Uint8Array;
  /** Characters that its command line may have. */
  commandLineSize: number;
  /** The highest guest-physical address that an initial RAM disk may have. */
  initrdAddressMaximum: number;
}

/**
 * Reads a bzImage, which unpacks itself in the guest, or a `vmlinux` for i386, the ELF file that is
 * in it: there nothing is left for the guest to unpack. The image refers to `file`, which is not copied.
 * @throws BootError with code 'not-a-kernel'
 */
export function readKernelImage(file: Uint8Array): KernelImage {
  return isElf(file) && !isBzImage(file) ? readVmlinux(file) : readBzImage(file);
}
