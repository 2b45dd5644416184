import type { Emulator } from '../emulator/emulator.ts';
import type { GuestMemory } from '../ring/guest-memory.ts';
import { BootError } from './boot-error.ts';
import type { KernelImage } from './kernel-image.ts';
import { SetupHeader } from './setup-header.ts';

/**
 * Starts a Linux kernel at its 32-bit entry point, without any firmware (the kernel's
 * Documentation/arch/x86/boot.rst, "32-bit BOOT PROTOCOL").
 *
 * Firmware would cost a fifth of the time to the prompt, and its work is small here: the memory
 * map, the PCI resources (`PciBus.assignResources`) and the command line.
 */

export interface LinuxParts {
  kernel: KernelImage;
  initrd: Uint8Array | null;
  /** ASCII. */
  commandLine: string;
}

const PAGE = 4096;
const LOADER_UNDEFINED = 0xff;

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
 * Loads the kernel into freshly reset memory and puts the CPU at its entry point. On the CPU
 * thread, not inside a slice.
 * @throws BootError when the parts do not fit the machine
 */
export function startLinux(emulator: Emulator, { kernel, initrd, commandLine }: LinuxParts): void {
  const { memory } = emulator;
  if (kernel.end > memory.size) {
    const message = `the kernel needs ${kernel.end} bytes of memory, the machine has ${memory.size}`;
    throw new BootError('memory-too-small', message);
  }
  for (const { address, bytes } of kernel.parts) {
    copyIn(memory, address, bytes, 'not-a-kernel', 'the kernel');
  }
  const { setupHeader } = kernel;
  memory.copyIn(BOOT_PARAMETERS + SetupHeader.start, setupHeader, 0, setupHeader.length);
  memory.write8(BOOT_PARAMETERS + SetupHeader.typeOfLoader, LOADER_UNDEFINED);
  writeCommandLine(memory, commandLine, kernel.commandLineSize);
  if (initrd !== null) loadInitrd(memory, initrd, kernel);
  writeMemoryMap(memory);
  writeGdt(memory);
  emulator.startProtectedMode({
    instructionPointer: kernel.entry,
    esi: BOOT_PARAMETERS,
    esp: STACK_TOP,
    gdtAddress: GDT_ADDRESS,
    gdtLength: GDT_LENGTH,
    codeSelector: CODE_SELECTOR,
    dataSelector: DATA_SELECTOR,
  });
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
function loadInitrd(memory: GuestMemory, initrd: Uint8Array, kernel: KernelImage): void {
  const top = Math.min(memory.size, kernel.initrdAddressMaximum + 1);
  const address = Math.floor((top - initrd.length) / PAGE) * PAGE;
  if (address < kernel.end) {
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
