import { beforeEach, describe, expect, test } from 'vitest';
import { BootError } from '../../../src/boot/boot-error.ts';
import { readKernelImage } from '../../../src/boot/kernel-image.ts';
import { type LinuxParts, startLinux } from '../../../src/boot/linux.ts';
import type { Emulator, ProtectedModeStart } from '../../../src/emulator/emulator.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { type KernelParts, kernelImage } from './kernel-image.ts';

const MIB = 1024 * 1024;
const RAM = 32 * MIB;
const BOOT_PARAMETERS = 0x7000;
const PAGE = 4096;

let ram: Uint8Array<SharedArrayBuffer>;
let memory: GuestMemory;
let starts: ProtectedModeStart[];

beforeEach(() => makeMachine(RAM));

function makeMachine(size: number): void {
  ram = new Uint8Array(new SharedArrayBuffer(size));
  memory = new GuestMemory(ram.buffer, 0, size);
  starts = [];
}

/** Loads into the machine; there is no CPU, only a note of how it would begin. */
function load(kernel: KernelParts = {}, parts: Partial<LinuxParts> = {}): ProtectedModeStart {
  const emulator = {
    memory,
    startProtectedMode: (start: ProtectedModeStart) => starts.push(start),
  } as unknown as Emulator;
  startLinux(emulator, {
    kernel: readKernelImage(kernelImage(kernel)),
    initrd: null,
    commandLine: '',
    ...parts,
  });
  expect(starts).toHaveLength(1);
  return starts[0];
}

/** The error that `action` throws, which must be a BootError. */
function bootError(action: () => void): BootError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(BootError);
    return error as BootError;
  }
  throw new Error('nothing was thrown');
}

const parameter = (offset: number) => memory.read32(BOOT_PARAMETERS + offset);
const bytes = (address: number, length: number) => [...ram.slice(address, address + length)];

describe('readKernelImage', () => {
  test('takes a bzImage, also as a part of a larger buffer', () => {
    const kernel = kernelImage();
    readKernelImage(kernel);
    const larger = new Uint8Array(kernel.length + 3);
    larger.set(kernel, 3);
    readKernelImage(larger.subarray(3));
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /only 0 bytes/],
    ['a file that is too short for a header', kernelImage().slice(0, 0x267), /only 615 bytes/],
    ['a text file', new Uint8Array(5000).fill(0x41), /55 AA/],
    ['a boot sector without a kernel', kernelImage({ magic: 0 }), /HdrS/],
    ['a file without the boot signature', kernelImage({ bootFlag: 0x55aa }), /55 AA/],
    ['a kernel that is too old', kernelImage({ version: 0x0209 }), /older than 2\.10/],
    ['a zImage', kernelImage({ loadFlags: 0x80 }), /zImage/],
    ['a kernel that ends with its setup', kernelImage({ body: new Uint8Array(0) }), /cut short/],
    ['a kernel that ends inside its setup', kernelImage().slice(0, 1024), /cut short/],
  ])('refuses %s and says why', (_, kernel, reason) => {
    const error = bootError(() => readKernelImage(kernel));
    expect(error.code).toBe('not-a-kernel');
    expect(error.message).toMatch(reason);
  });

  test('takes the oldest protocol that it says it takes', () => {
    readKernelImage(kernelImage({ version: 0x020a }));
  });
});

describe('startLinux', () => {
  test('copies the kernel to its address and starts it there with the boot parameters in ESI', () => {
    const body = Uint8Array.from({ length: 5000 }, (_, index) => index & 0xff);
    const start = load({ body, codeStart: 0x200000 });
    expect(bytes(0x200000, 5001)).toEqual([...body, 0]);
    expect(start.instructionPointer).toBe(0x200000);
    expect(start.esi).toBe(BOOT_PARAMETERS);
    expect(start.esp).toBeLessThanOrEqual(BOOT_PARAMETERS);
  });

  test.each([0, 1, 4, 31])('finds the kernel behind %i sectors of setup', (setupSectors) => {
    load({ setupSectors, body: Uint8Array.of(1, 2, 3) });
    expect(bytes(0x100000, 4)).toEqual([1, 2, 3, 0]);
  });

  test('gives the CPU the flat segments that the boot protocol asks for', () => {
    const { gdtAddress, gdtLength, codeSelector, dataSelector } = load();
    expect([codeSelector, dataSelector]).toEqual([0x10, 0x18]);
    expect(gdtLength).toBe(0x20);
    expect(bytes(gdtAddress, 16)).toEqual(new Array(16).fill(0));
    // Base 0, limit 4 GiB, present, ring 0: code that can be read, data that can be written.
    expect(bytes(gdtAddress + codeSelector, 8)).toEqual([0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0]);
    expect(bytes(gdtAddress + dataSelector, 8)).toEqual([0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0]);
  });

  describe('the boot parameters', () => {
    test('begin with the setup header, up to its end and no further', () => {
      const kernel = kernelImage({ jumpLength: 0x6a });
      kernel.fill(0xcc, 0x26c, 0x2d0);
      const emulator = { memory, startProtectedMode: () => {} } as unknown as Emulator;
      startLinux(emulator, { kernel: readKernelImage(kernel), initrd: null, commandLine: '' });
      expect(bytes(BOOT_PARAMETERS, 0x1e8)).toEqual(new Array(0x1e8).fill(0));
      const changed = new Set([0x210, 0x228, 0x229, 0x22a, 0x22b]);
      for (let offset = 0x1f1; offset < 0x26c; offset++) {
        if (!changed.has(offset))
          expect(memory.read8(BOOT_PARAMETERS + offset)).toBe(kernel[offset]);
      }
      expect(bytes(BOOT_PARAMETERS + 0x26c, 0x64)).toEqual(new Array(0x64).fill(0));
    });

    test('name a loader, or the kernel would not look at the RAM disk', () => {
      load();
      expect(memory.read8(BOOT_PARAMETERS + 0x210)).toBe(0xff);
    });

    test('have a memory map that is RAM but for the hole below 1 MiB', () => {
      load();
      const entries = memory.read8(BOOT_PARAMETERS + 0x1e8);
      const map = Array.from({ length: entries }, (_, index) => {
        const at = 0x2d0 + 20 * index;
        expect([parameter(at + 4), parameter(at + 12)]).toEqual([0, 0]);
        return { start: parameter(at), length: parameter(at + 8), type: parameter(at + 16) };
      });
      expect(map).toEqual([
        { start: 0, length: 0x9fc00, type: 1 },
        { start: 0x9fc00, length: 0x60400, type: 2 },
        { start: 0x100000, length: RAM - 0x100000, type: 1 },
      ]);
    });

    test('have no RAM disk when there is none', () => {
      load();
      expect([parameter(0x218), parameter(0x21c)]).toEqual([0, 0]);
    });
  });

  describe('the command line', () => {
    test('ends with a zero byte, where the parameters point', () => {
      ram.fill(0xee, 0x20000, 0x21000);
      load({}, { commandLine: 'console=hvc0 quiet' });
      const pointer = parameter(0x228);
      expect(bytes(pointer, 19)).toEqual([...Buffer.from('console=hvc0 quiet\0')]);
    });

    test('may be as long as the kernel takes, and no longer', () => {
      load({ commandLineSize: 10 }, { commandLine: '0123456789' });
      expect(bytes(parameter(0x228), 11)).toEqual([...Buffer.from('0123456789\0')]);
      const error = bootError(() => load({ commandLineSize: 10 }, { commandLine: '0123456789a' }));
      expect(error.code).toBe('command-line-too-long');
      expect(error.message).toContain('11 bytes, this kernel takes 10');
    });
  });

  describe('the initial RAM disk', () => {
    const disk = (length: number) =>
      Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 0xff);

    test('lies whole at the end of RAM, aligned to a page', () => {
      const initrd = disk(3 * PAGE + 5);
      load({}, { initrd });
      const address = parameter(0x218);
      expect(address).toBe(RAM - 4 * PAGE);
      expect(parameter(0x21c)).toBe(initrd.length);
      expect(bytes(address, initrd.length)).toEqual([...initrd]);
    });

    test('of whole pages ends with RAM', () => {
      load({}, { initrd: disk(2 * PAGE) });
      expect(parameter(0x218)).toBe(RAM - 2 * PAGE);
    });

    test('stays where the kernel can reach it', () => {
      load({ initrdAddressMaximum: 0x17fffff }, { initrd: disk(PAGE) });
      expect(parameter(0x218)).toBe(0x1800000 - PAGE);
      makeMachine(RAM);
      load({ initrdAddressMaximum: 0xffffffff }, { initrd: disk(PAGE) });
      expect(parameter(0x218)).toBe(RAM - PAGE);
    });

    test('may come right up to the room that the kernel needs, and no further', () => {
      const kernel = { preferredAddress: 0x1000000, initSize: 0x400000 };
      const room = RAM - 0x1400000;
      load(kernel, { initrd: new Uint8Array(room) });
      expect(parameter(0x218)).toBe(0x1400000);
      makeMachine(RAM);
      const error = bootError(() => load(kernel, { initrd: new Uint8Array(room + 1) }));
      expect(error.code).toBe('initrd-too-large');
      expect(error.message).toContain(`${room + 1} bytes`);
    });

    test('that is larger than RAM is refused, not put below 0', () => {
      const error = bootError(() => load({}, { initrd: new Uint8Array(RAM + 1) }));
      expect(error.code).toBe('initrd-too-large');
    });
  });

  test('refuses a kernel that does not fit into RAM', () => {
    makeMachine(MIB + PAGE);
    const error = bootError(() => load({ body: new Uint8Array(PAGE + 1) }));
    expect(error.code).toBe('memory-too-small');
    expect(error.message).toContain('bytes of memory');
    const beyond = bootError(() => load({ codeStart: 0xfffff000 }));
    expect(beyond.message).toContain('bytes of memory');
  });

  test('refuses what is no kernel before it touches RAM', () => {
    const kernel = kernelImage({ magic: 0 });
    const emulator = { memory, startProtectedMode: starts.push } as unknown as Emulator;
    expect(
      bootError(() =>
        startLinux(emulator, { kernel: readKernelImage(kernel), initrd: null, commandLine: '' }),
      ).code,
    ).toBe('not-a-kernel');
    expect(Buffer.compare(ram, new Uint8Array(RAM))).toBe(0);
    expect(starts).toEqual([]);
  });
});
