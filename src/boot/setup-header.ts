/**
 * Offsets in the setup header of a bzImage, and in the boot parameters, where it has the same place
 * (the kernel's Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header").
 */
export const SetupHeader = {
  start: 0x1f1,
  setupSectors: 0x1f1,
  bootFlag: 0x1fe,
  jumpLength: 0x201,
  magic: 0x202,
  version: 0x206,
  typeOfLoader: 0x210,
  loadFlags: 0x211,
  codeStart: 0x214,
  ramdiskImage: 0x218,
  ramdiskSize: 0x21c,
  commandLinePointer: 0x228,
  initrdAddressMaximum: 0x22c,
  kernelAlignment: 0x230,
  commandLineSize: 0x238,
  preferredAddress: 0x258,
  initSize: 0x260,
} as const;

export const BOOT_FLAG = 0xaa55;
/** "HdrS" */
export const HEADER_MAGIC = 0x53726448;
/** Bit of `loadFlags`: the kernel goes above 1 MiB. */
export const LOADED_HIGH = 0x01;
