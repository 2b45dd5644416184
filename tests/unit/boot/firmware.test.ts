import { beforeEach, describe, expect, test } from 'vitest';
import { BootError } from '../../../src/boot/boot-error.ts';
import { checkFirmware, startFirmware } from '../../../src/boot/firmware.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';

const MIB = 1024 * 1024;
const LARGEST = 128 * 1024;

let ram: Uint8Array<SharedArrayBuffer>;
let files: Map<string, Uint8Array>;
let emulator: Emulator;

beforeEach(() => {
  ram = new Uint8Array(new SharedArrayBuffer(32 * MIB));
  files = new Map();
  emulator = {
    memory: new GuestMemory(ram.buffer, 0, ram.length),
    setFirmwareFile: (name: string, data: Uint8Array) => files.set(name, data),
  } as unknown as Emulator;
});

/** So many bytes that could be a firmware. */
function firmware(length = LARGEST): Uint8Array {
  return new Uint8Array(length).map((_, index) => index * 7);
}

test('firmware ends where the first MiB does', () => {
  for (const length of [LARGEST, 64 * 1024]) {
    const image = firmware(length);
    startFirmware(emulator, image);
    expect(ram.subarray(MIB - length, MIB)).toEqual(image);
    expect(ram.subarray(MIB, MIB + 16)).toEqual(new Uint8Array(16));
    expect(ram[MIB - length - 1]).toBe(0);
    ram.fill(0);
  }
});

test('its console is the first serial port', () => {
  startFirmware(emulator, firmware());
  expect(files.get('etc/sercon-port')).toEqual(Uint8Array.of(0xf8, 0x03));
});

describe('what cannot be firmware', () => {
  const blank = (byte: number) => {
    const image = firmware();
    image.fill(byte, -16);
    return image;
  };

  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /0 bytes/],
    ['a file that reaches below the room for it', firmware(LARGEST + 1), /131073 bytes.* 131072/],
    ['no code at the reset vector', blank(0), /reset vector/],
    ['erased flash at the reset vector', blank(0xff), /reset vector/],
  ])('%s', (_, image, reason) => {
    for (const action of [() => checkFirmware(image), () => startFirmware(emulator, image)]) {
      expect(action).toThrow(BootError);
      expect(action).toThrow(reason);
    }
    expect(ram.some((byte) => byte !== 0)).toBe(false);
  });
});
