import { expect, test } from 'vitest';
import { BootError } from '../../../src/boot/boot-error.ts';
import { readKernelImage } from '../../../src/boot/kernel-image.ts';

/** A program header: what lies where in the file and in memory. */
interface Program {
  type?: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
}

const TEXT: Program = { offset: 0x200, address: 0x1000000, fileSize: 4, memorySize: 4 };
const DATA: Program = { offset: 0x204, address: 0x1400000, fileSize: 2, memorySize: 0x9000 };
const NOTE: Program = { type: 4, offset: 0, address: 0x9000000, fileSize: 16, memorySize: 16 };

/** An ELF file with these programs, filled with 1, 2, 3, ... from 0x200 on. */
function vmlinux(programs: Program[], change: (header: DataView) => void = () => {}): Uint8Array {
  const file = new Uint8Array(0x210);
  for (let at = 0x200; at < file.length; at++) file[at] = at - 0x1ff;
  const header = new DataView(file.buffer);
  header.setUint32(0, 0x464c457f, true);
  header.setUint8(4, 1);
  header.setUint8(5, 1);
  header.setUint16(16, 2, true);
  header.setUint16(18, 3, true);
  header.setUint32(24, 0x1000010, true);
  header.setUint32(28, 52, true);
  header.setUint16(42, 32, true);
  header.setUint16(44, programs.length, true);
  programs.forEach(({ type = 1, offset, address, fileSize, memorySize }, index) => {
    const at = 52 + 32 * index;
    const fields = [type, offset, address + 0x78000000, address, fileSize, memorySize];
    fields.forEach((field, number) => {
      header.setUint32(at + 4 * number, field, true);
    });
  });
  change(header);
  return file;
}

test('its parts go to their physical addresses, and it takes all the room that they do', () => {
  const image = readKernelImage(vmlinux([TEXT, DATA, NOTE]));
  expect(image.entry).toBe(0x1000010);
  expect(image.parts.map(({ address, bytes }) => [address, [...bytes]])).toEqual([
    [0x1000000, [1, 2, 3, 4]],
    [0x1400000, [5, 6]],
  ]);
  expect(image.end).toBe(0x1409000);
});

test('the kernel finds a setup header as a bzImage has it', () => {
  const { setupHeader, commandLineSize, initrdAddressMaximum } = readKernelImage(vmlinux([TEXT]));
  const header = new DataView(setupHeader.buffer);
  const at = (offset: number) => offset - 0x1f1;
  expect(header.getUint16(at(0x1fe), true)).toBe(0xaa55);
  expect(header.getUint32(at(0x202), true)).toBe(0x53726448);
  expect(header.getUint16(at(0x206), true)).toBeGreaterThanOrEqual(0x020c);
  expect(header.getUint8(at(0x211))).toBe(1);
  expect(header.getUint32(at(0x22c), true)).toBe(initrdAddressMaximum);
  expect(header.getUint32(at(0x238), true)).toBe(commandLineSize);
});

test.each<[string, Uint8Array, RegExp]>([
  ['one for 64 bits', vmlinux([TEXT], (header) => header.setUint8(4, 2)), /no executable for i386/],
  ['one for ARM', vmlinux([TEXT], (header) => header.setUint16(18, 40, true)), /i386/],
  ['a shared library', vmlinux([TEXT], (header) => header.setUint16(16, 3, true)), /no executable/],
  ['a file without programs', vmlinux([]), /make no sense/],
  [
    'programs of another size',
    vmlinux([TEXT], (header) => header.setUint16(42, 56, true)),
    /sense/,
  ],
  ['a file that loads nothing', vmlinux([NOTE]), /nothing to be loaded/],
  [
    'programs behind its end',
    vmlinux([TEXT], (header) => header.setUint32(28, 0x200, true)),
    /cut/,
  ],
  ['a part behind its end', vmlinux([{ ...TEXT, fileSize: 17 }]), /cut short, after 528 bytes/],
  ['a part far behind its end', vmlinux([{ ...TEXT, offset: 0xffffffff }]), /cut short/],
])('refuses %s and says why', (_, file, reason) => {
  const read = () => readKernelImage(file);
  expect(read).toThrow(BootError);
  expect(read).toThrow(reason);
});
