import type { BusMap, BusWindow } from '../bus/bus-map.ts';
import {
  COMMAND_BUS_MASTER,
  COMMAND_INTERRUPT_DISABLE,
  COMMAND_IO,
  COMMAND_MEMORY,
  ConfigurationSpace,
  Header,
  STATUS_INTERRUPT,
} from './configuration-space.ts';

/** How a function presents itself. */
export interface FunctionIdentity {
  vendorId: number;
  deviceId: number;
  /** 24 bits: base class, sub-class, programming interface. */
  classCode: number;
  revisionId: number;
  subsystemVendorId: number;
  subsystemId: number;
  /** The function drives INTA#. */
  interrupt: boolean;
}

/** A base address register: where it is mapped, how large it is, what answers there. */
export interface BaseAddress {
  space: 'io' | 'memory';
  /** Bytes, a power of two. */
  size: number;
  window: BusWindow;
  map: BusMap;
}

/** A function in a snapshot. */
export interface PciFunctionState {
  /** Its configuration space. */
  space: Uint8Array<ArrayBuffer>;
  interruptAsserted: boolean;
}

/**
 * A PCI function with at most one base address register, BAR 0, and at most one interrupt, INTA#.
 * For the CPU thread.
 */
export class PciFunction {
  readonly space = new ConfigurationSpace();
  /** The function pulls its interrupt line. */
  interruptAsserted = false;
  readonly #bar: BaseAddress | null;
  #mappedAt: number | null = null;

  constructor(identity: FunctionIdentity, bar: BaseAddress | null) {
    this.#bar = bar;
    const { space } = this;
    space.set(Header.vendorId, 2, identity.vendorId);
    space.set(Header.deviceId, 2, identity.deviceId);
    space.set(Header.revisionId, 1, identity.revisionId);
    space.set(Header.classCode, 3, identity.classCode);
    space.set(Header.subsystemVendorId, 2, identity.subsystemVendorId);
    space.set(Header.subsystemId, 2, identity.subsystemId);
    space.set(Header.interruptPin, 1, identity.interrupt ? 1 : 0);
    space.allow(Header.interruptLine, 1, 0xff);
    const decode = bar === null ? 0 : bar.space === 'io' ? COMMAND_IO : COMMAND_MEMORY;
    const disable = identity.interrupt ? COMMAND_INTERRUPT_DISABLE : 0;
    space.allow(Header.command, 2, decode | disable | COMMAND_BUS_MASTER);
    if (bar !== null) {
      space.set(Header.baseAddress0, 4, bar.space === 'io' ? 1 : 0);
      space.allow(Header.baseAddress0, 4, ~(bar.size - 1));
    }
  }

  /** Whether the interrupt line is pulled: asserted, and not disabled in the command register. */
  get interruptLevel(): boolean {
    const command = this.space.read(Header.command, 2);
    return this.interruptAsserted && (command & COMMAND_INTERRUPT_DISABLE) === 0;
  }

  read(offset: number, width: number): number {
    const status = this.space.read(Header.status, 1) & ~STATUS_INTERRUPT;
    const interrupt = this.interruptAsserted ? STATUS_INTERRUPT : 0;
    this.space.set(Header.status, 1, status | interrupt);
    return this.space.read(offset, width);
  }

  write(offset: number, width: number, value: number): void {
    this.space.write(offset, width, value);
    this.#updateMapping();
  }

  /** Power-on state of what the guest can change. */
  reset(): void {
    this.space.write(Header.command, 2, 0);
    this.space.write(Header.baseAddress0, 4, 0);
    this.space.write(Header.interruptLine, 1, 0);
    this.#updateMapping();
  }

  save(): PciFunctionState {
    return { space: this.space.save(), interruptAsserted: this.interruptAsserted };
  }

  /** Becomes what `state` tells, of a function with the same identity. */
  restore({ space, interruptAsserted }: PciFunctionState): void {
    this.space.restore(space);
    this.interruptAsserted = interruptAsserted;
    this.#updateMapping();
  }

  /**
   * What firmware does: decodes BAR 0 at `ioBase` when it is in I/O space, lets the function
   * reach memory, and notes the interrupt line for the driver.
   * @returns bytes of I/O space that were taken, 0 for a function without ports
   */
  assign(ioBase: number, interruptLine: number): number {
    this.write(Header.interruptLine, 1, interruptLine);
    if (this.#bar?.space !== 'io') return 0;
    this.write(Header.baseAddress0, 4, ioBase);
    this.write(Header.command, 2, COMMAND_IO | COMMAND_BUS_MASTER);
    return this.#bar.size;
  }

  #updateMapping(): void {
    const bar = this.#bar;
    if (bar === null) return;
    const base = this.#decodedBase(bar);
    if (base === this.#mappedAt) return;
    if (this.#mappedAt !== null) bar.map.unmap(this.#mappedAt, bar.size, bar.window);
    if (base !== null) bar.map.map(base, bar.size, bar.window);
    this.#mappedAt = base;
  }

  /** Where BAR 0 is decoded, or null when decoding is off or the address makes no sense. */
  #decodedBase(bar: BaseAddress): number | null {
    const io = bar.space === 'io';
    const command = this.space.read(Header.command, 2);
    if ((command & (io ? COMMAND_IO : COMMAND_MEMORY)) === 0) return null;
    const base = (this.space.read(Header.baseAddress0, 4) & ~(bar.size - 1)) >>> 0;
    const limit = io ? 2 ** 16 : 2 ** 32;
    return base === 0 || base + bar.size > limit ? null : base;
  }
}
