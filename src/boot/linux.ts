import type { Emulator } from '../emulator/emulator.ts';
import type { GuestMemory } from '../ring/guest-memory.ts';

/**
 * Starts a Linux bzImage at its 32-bit entry point, without any firmware (the kernel's
 * Documentation/arch/x86/boot.rst, "32-bit BOOT PROTOCOL").
 *
 * Firmware would cost a fifth of the time to the prompt, and its work is small here: the memory
 * map, the PCI resources (`PciBus.assignResources`) and the command line.
 */

/** Why a kernel or a firmware cannot be started. */
export class BootError extends Error {
  readonly code:
    | 'not-a-bzimage'
    | 'not-a-firmware'
    | 'memory-too-small'
    | 'initrd-too-large'
    | 'command-line-too-long';

  constructor(code: BootError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface LinuxParts {
  kernel: Uint8Array;
  initrd: Uint8Array | null;
  /** ASCII. */
  commandLine: string;
}

/** Offsets in the setup header, and in the boot parameters, where it has the same place. */
const SetupHeader = {
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
  commandLineSize: 0x238,
  preferredAddress: 0x258,
  initSize: 0x260,
} as const;

const BOOT_FLAG = 0xaa55;
/** "HdrS" */
const HEADER_MAGIC = 0x53726448;
/** Boot protocol 2.10 (Linux 2.6.31) brought the preferred address. */
const OLDEST_VERSION = 0x020a;
const LOADED_HIGH = 0x01;
const SECTOR = 512;
const PAGE = 4096;
const LOADER_UNDEFINED = 0xff;
const LEAST_KERNEL = 0x268;

/** The memory map in the boot parameters. */
const E820_COUNT = 0x1e8;
const E820_TABLE = 0x2d0;
const E820_ENTRY = 20;
const E820_RAM = 1;
const E820_RESERVED = 2;

/** Where things lie in low memory, which the kernel leaves alone until it has read them. */
const GDT_ADDRESS = 0x0800;
const GDT_LENGTH = 0x20;
const STACK_TOP = 0x7000;
const BOOT_PARAMETERS = 0x7000;
const COMMAND_LINE = 0x20000;
const LOW_MEMORY_END = 0x9fc00;
const HIGH_MEMORY = 0x100000;

/** The selectors that the boot protocol asks for, and their flat 4 GiB descriptors. */
const CODE_SELECTOR = 0x10;
const DATA_SELECTOR = 0x18;
const FLAT_CODE = [0x0000ffff, 0x00cf9b00];
const FLAT_DATA = [0x0000ffff, 0x00cf9300];

/**
 * Checks that `kernel` is a bzImage that this machine can start.
 * @throws BootError with code 'not-a-bzimage'
 */
export function checkKernel(kernel: Uint8Array): void {
  const header = new DataView(kernel.buffer, kernel.byteOffset, kernel.byteLength);
  const reason =
    kernel.length < LEAST_KERNEL
      ? `it has only ${kernel.length} bytes`
      : header.getUint16(SetupHeader.bootFlag, true) !== BOOT_FLAG
        ? 'the boot sector signature 55 AA is missing'
        : header.getUint32(SetupHeader.magic, true) !== HEADER_MAGIC
          ? 'the setup header "HdrS" is missing'
          : header.getUint16(SetupHeader.version, true) < OLDEST_VERSION
            ? 'its boot protocol is older than 2.10'
            : (header.getUint8(SetupHeader.loadFlags) & LOADED_HIGH) === 0
              ? 'it is a zImage, not a bzImage'
              : kernel.length <= setupLength(header)
                ? `it is cut short, after ${kernel.length} bytes`
                : null;
  if (reason !== null) throw new BootError('not-a-bzimage', reason);
}

/**
 * Loads the kernel into freshly reset memory and puts the CPU at its entry point. On the CPU
 * thread, not inside a slice.
 * @throws BootError when the parts do not fit the machine
 */
export function startLinux(emulator: Emulator, parts: LinuxParts): void {
  checkKernel(parts.kernel);
  const { memory } = emulator;
  const { kernel } = parts;
  const header = new DataView(kernel.buffer, kernel.byteOffset, kernel.byteLength);
  const needed = kernelEnd(header);
  if (needed > memory.size) {
    const message = `the kernel needs ${needed} bytes of memory, the machine has ${memory.size}`;
    throw new BootError('memory-too-small', message);
  }
  const entry = header.getUint32(SetupHeader.codeStart, true);
  const body = kernel.subarray(setupLength(header));
  copyIn(memory, entry, body, 'not-a-bzimage', 'the kernel');
  const headerEnd = SetupHeader.magic + header.getUint8(SetupHeader.jumpLength);
  const setup = kernel.subarray(SetupHeader.start, headerEnd);
  memory.copyIn(BOOT_PARAMETERS + SetupHeader.start, setup, 0, setup.length);
  memory.write8(BOOT_PARAMETERS + SetupHeader.typeOfLoader, LOADER_UNDEFINED);
  writeCommandLine(memory, parts.commandLine, header.getUint32(SetupHeader.commandLineSize, true));
  if (parts.initrd !== null) loadInitrd(memory, parts.initrd, header);
  writeMemoryMap(memory);
  writeGdt(memory);
  emulator.startProtectedMode({
    instructionPointer: entry,
    esi: BOOT_PARAMETERS,
    esp: STACK_TOP,
    gdtAddress: GDT_ADDRESS,
    gdtLength: GDT_LENGTH,
    codeSelector: CODE_SELECTOR,
    dataSelector: DATA_SELECTOR,
  });
}

/** Bytes of the boot sector and the real-mode code, before the kernel itself. */
function setupLength(header: DataView): number {
  return ((header.getUint8(SetupHeader.setupSectors) || 4) + 1) * SECTOR;
}

/** The kernel unpacks itself to its preferred address and takes so much room there. */
function kernelEnd(header: DataView): number {
  return (
    header.getUint32(SetupHeader.preferredAddress, true) +
    header.getUint32(SetupHeader.initSize, true)
  );
}

function writeCommandLine(memory: GuestMemory, commandLine: string, limit: number): void {
  const bytes = new TextEncoder().encode(commandLine);
  if (bytes.length > limit) {
    const message = `the command line has ${bytes.length} bytes, this kernel takes ${limit}`;
    throw new BootError('command-line-too-long', message);
  }
  memory.copyIn(COMMAND_LINE, bytes, 0, bytes.length);
  memory.write8(COMMAND_LINE + bytes.length, 0);
  memory.write32(BOOT_PARAMETERS + SetupHeader.commandLinePointer, COMMAND_LINE);
}

/** Puts the initial RAM disk as high as the kernel can reach it, above the kernel's own room. */
function loadInitrd(memory: GuestMemory, initrd: Uint8Array, header: DataView): void {
  const reach = header.getUint32(SetupHeader.initrdAddressMaximum, true) + 1;
  const top = Math.min(memory.size, reach);
  const address = Math.floor((top - initrd.length) / PAGE) * PAGE;
  if (address < kernelEnd(header)) {
    const message = `an initial RAM disk of ${initrd.length} bytes does not fit beside the kernel`;
    throw new BootError('initrd-too-large', message);
  }
  copyIn(memory, address, initrd, 'initrd-too-large', 'the initial RAM disk');
  memory.write32(BOOT_PARAMETERS + SetupHeader.ramdiskImage, address);
  memory.write32(BOOT_PARAMETERS + SetupHeader.ramdiskSize, initrd.length);
}

function writeMemoryMap(memory: GuestMemory): void {
  const map = [
    { start: 0, end: LOW_MEMORY_END, type: E820_RAM },
    { start: LOW_MEMORY_END, end: HIGH_MEMORY, type: E820_RESERVED },
    { start: HIGH_MEMORY, end: memory.size, type: E820_RAM },
  ];
  map.forEach(({ start, end, type }, index) => {
    const entry = BOOT_PARAMETERS + E820_TABLE + E820_ENTRY * index;
    memory.write32(entry, start);
    memory.write32(entry + 8, end - start);
    memory.write32(entry + 16, type);
  });
  memory.write8(BOOT_PARAMETERS + E820_COUNT, map.length);
}

function writeGdt(memory: GuestMemory): void {
  FLAT_CODE.forEach((word, index) => {
    memory.write32(GDT_ADDRESS + CODE_SELECTOR + 4 * index, word);
  });
  FLAT_DATA.forEach((word, index) => {
    memory.write32(GDT_ADDRESS + DATA_SELECTOR + 4 * index, word);
  });
}

function copyIn(
  memory: GuestMemory,
  address: number,
  bytes: Uint8Array,
  code: BootError['code'],
  what: string,
): void {
  if (!memory.contains(address, bytes.length)) {
    throw new BootError(code, `${what} does not fit into ${memory.size} bytes of memory`);
  }
  memory.copyIn(address, bytes, 0, bytes.length);
}
