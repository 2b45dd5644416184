import type { BusMap, BusWindow } from '../bus/bus-map.ts';
import { COMMAND_MEMORY, Header } from './configuration-space.ts';
import { PciFunction } from './function.ts';

const RED_HAT = 0x1b36;
const PVPANIC = 0x0011;
const QEMU_SUBSYSTEM_VENDOR = 0x1af4;
const QEMU_SUBSYSTEM = 0x1100;
const CLASS_SYSTEM_OTHER = 0x088000;
const SIZE = 16;
/** The kernel has panicked; the only event that is offered. */
const PANICKED = 0x01;

/**
 * The pvpanic device (QEMU, docs/specs/pvpanic): one byte in a memory BAR to which the guest's
 * panic handler writes. It is how the machine learns of a panic whatever the guest prints.
 */
export class Pvpanic implements BusWindow {
  readonly function: PciFunction;
  readonly #onPanic: () => void;

  constructor(mappedMemory: BusMap, onPanic: () => void) {
    this.#onPanic = onPanic;
    const identity = {
      vendorId: RED_HAT,
      deviceId: PVPANIC,
      classCode: CLASS_SYSTEM_OTHER,
      revisionId: 1,
      subsystemVendorId: QEMU_SUBSYSTEM_VENDOR,
      subsystemId: QEMU_SUBSYSTEM,
      interrupt: false,
    };
    const bar = { space: 'memory', size: SIZE, window: this, map: mappedMemory } as const;
    this.function = new PciFunction(identity, bar);
  }

  /** The guest has a driver for it: the BAR is decoded. */
  get inUse(): boolean {
    return (this.function.space.read(Header.command, 2) & COMMAND_MEMORY) !== 0;
  }

  /** Reading tells which events the device takes. */
  read(offset: number): number {
    return offset === 0 ? PANICKED : 0;
  }

  write(offset: number, _width: number, value: number): void {
    if (offset === 0 && (value & PANICKED) !== 0) this.#onPanic();
  }
}
