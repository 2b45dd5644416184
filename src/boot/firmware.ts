import type { Emulator } from '../emulator/emulator.ts';
import { BootError } from './boot-error.ts';

/** The reset vector is the last 16 bytes of the first MiB, and the firmware ends there. */
const FIRMWARE_END = 0x100000;
/** What a PC keeps below 1 MiB for its firmware. */
const LARGEST_FIRMWARE = 0x20000;
const RESET_VECTOR_LENGTH = 16;
/** Where the first serial port is, a little-endian number: SeaBIOS's console goes there. */
const SERIAL_CONSOLE = { name: 'etc/sercon-port', value: Uint8Array.of(0xf8, 0x03) };

/**
 * Checks that `image` can be a PC BIOS.
 * @throws BootError with code 'not-a-firmware'
 */
export function checkFirmware(image: Uint8Array): void {
  const vector = image.subarray(-RESET_VECTOR_LENGTH);
  const reason =
    image.length < RESET_VECTOR_LENGTH || image.length > LARGEST_FIRMWARE
      ? `it has ${image.length} bytes, where there is room for ${LARGEST_FIRMWARE}`
      : vector.every((byte) => byte === vector[0])
        ? 'there is nothing at its reset vector, 16 bytes before its end'
        : null;
  if (reason !== null) throw new BootError('not-a-firmware', reason);
}

/**
 * Loads a PC BIOS such as SeaBIOS into freshly reset memory, where the CPU begins after a reset.
 * It finds the hardware by itself and starts the first disk. There is no screen: what it and the
 * boot loader print, and the keys that they wait for, go over the first serial port. On the CPU
 * thread, not inside a slice.
 */
export function startFirmware(emulator: Emulator, image: Uint8Array): void {
  checkFirmware(image);
  emulator.setFirmwareFile(SERIAL_CONSOLE.name, SERIAL_CONSOLE.value);
  emulator.memory.copyIn(FIRMWARE_END - image.length, image, 0, image.length);
}
