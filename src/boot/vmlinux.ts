import { BootError } from './boot-error.ts';
import type { KernelImage } from './kernel-image.ts';
import { BOOT_FLAG, HEADER_MAGIC, LOADED_HIGH, SetupHeader } from './setup-header.ts';

/** Offsets in an ELF file of 32 bits, and in one of its program headers (System V ABI, "Object Files"). */
const Elf = {
  class: 4,
  data: 5,
  type: 16,
  machine: 18,
  entry: 24,
  programs: 28,
  size: 42,
  count: 44,
};
const Program = { type: 0, offset: 4, physicalAddress: 12, fileSize: 16, memorySize: 20 } as const;

const MAGIC = 0x464c457f; // "\x7fELF"
const HEADER_LENGTH = 52;
const PROGRAM_LENGTH = 32;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const EXECUTABLE = 2;
const MACHINE_386 = 3;
const LOAD = 1;
/** Where a kernel lies, not what any kernel has: one for i386 has two. */
const MOST_PROGRAMS = 64;

/** What a bzImage of the same kernel says of itself in its setup header, as of boot protocol 2.15. */
const PROTOCOL = 0x020f;
const HEADER_END = 0x268;
const COMMAND_LINE_SIZE = 2047;
const INITRD_ADDRESS_MAXIMUM = 0x7fffffff;
const KERNEL_ALIGNMENT = 0x1000000;

/** Whether `file` begins as an ELF file does. */
export function isElf(file: Uint8Array): boolean {
  return file.length >= HEADER_LENGTH && viewOf(file).getUint32(0, true) === MAGIC;
}

/**
 * Reads the kernel's ELF file: its parts go where it says, and it is entered where a bzImage would
 * enter it once it has unpacked it, with the same registers.
 * @throws BootError with code 'not-a-kernel'
 */
export function readVmlinux(file: Uint8Array): KernelImage {
  const header = viewOf(file);
  const programs = header.getUint32(Elf.programs, true);
  const count = header.getUint16(Elf.count, true);
  check(isForThisMachine(header), 'it is an ELF file, but no executable for i386');
  check(
    header.getUint16(Elf.size, true) === PROGRAM_LENGTH && count > 0 && count <= MOST_PROGRAMS,
    'its ELF program headers make no sense',
  );
  check(programs + count * PROGRAM_LENGTH <= file.length, cutShort(file));
  const parts: KernelImage['parts'] = [];
  let end = 0;
  for (let index = 0; index < count; index++) {
    const at = programs + index * PROGRAM_LENGTH;
    const field = (offset: number) => header.getUint32(at + offset, true);
    if (field(Program.type) !== LOAD) continue;
    const address = field(Program.physicalAddress);
    const offset = field(Program.offset);
    const length = field(Program.fileSize);
    check(offset + length <= file.length, cutShort(file));
    parts.push({ address, bytes: file.subarray(offset, offset + length) });
    // What of a part is not in the file is zero, as all memory is at power-on.
    end = Math.max(end, address + Math.max(length, field(Program.memorySize)));
  }
  check(parts.length > 0, 'its ELF file has nothing to be loaded');
  return {
    entry: header.getUint32(Elf.entry, true),
    unpacksItself: false,
    parts,
    end,
    setupHeader: setupHeader(),
    commandLineSize: COMMAND_LINE_SIZE,
    initrdAddressMaximum: INITRD_ADDRESS_MAXIMUM,
  };
}

function isForThisMachine(header: DataView): boolean {
  return (
    header.getUint8(Elf.class) === CLASS_32 &&
    header.getUint8(Elf.data) === LITTLE_ENDIAN &&
    header.getUint16(Elf.type, true) === EXECUTABLE &&
    header.getUint16(Elf.machine, true) === MACHINE_386
  );
}

/** The kernel has none in its ELF file: it is the bzImage's, and says what the kernel relies on. */
function setupHeader(): Uint8Array {
  const header = new Uint8Array(HEADER_END - SetupHeader.start);
  const view = viewOf(header);
  const at = (offset: number) => offset - SetupHeader.start;
  view.setUint16(at(SetupHeader.bootFlag), BOOT_FLAG, true);
  view.setUint32(at(SetupHeader.magic), HEADER_MAGIC, true);
  view.setUint16(at(SetupHeader.version), PROTOCOL, true);
  view.setUint8(at(SetupHeader.loadFlags), LOADED_HIGH);
  view.setUint32(at(SetupHeader.initrdAddressMaximum), INITRD_ADDRESS_MAXIMUM, true);
  view.setUint32(at(SetupHeader.kernelAlignment), KERNEL_ALIGNMENT, true);
  view.setUint32(at(SetupHeader.commandLineSize), COMMAND_LINE_SIZE, true);
  return header;
}

function check(condition: boolean, reason: string): void {
  if (!condition) throw new BootError('not-a-kernel', reason);
}

function cutShort(file: Uint8Array): string {
  return `it is cut short, after ${file.length} bytes`;
}

function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
