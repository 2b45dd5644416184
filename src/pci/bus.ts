import type { BusMap, BusWindow } from '../bus/bus-map.ts';
import { Header } from './configuration-space.ts';
import { PciFunction, type PciFunctionState } from './function.ts';
import { type InterruptController, InterruptLines } from './interrupt-lines.ts';

const CONFIGURATION_ADDRESS_PORT = 0xcf8;
const CONFIGURATION_PORTS = 8;
const RESET_CONTROL_PORT = 1;
const RESET_CPU = 0x04;
const CONFIGURATION_DATA_OFFSET = 4;
const CONFIGURATION_ENABLE = 0x80000000;
const SLOTS = 32;

/** Where the ISA bridge keeps the routes of the four wires (PIIX3 datasheet, 2.2.8 PIRQRC). */
const ROUTE_REGISTERS = 0x60;
const ROUTE_DISABLED = 0x80;
const ROUTES = 4;

/**
 * What is behind each part of the memory from 0xC0000 to 0xFFFFF (82441FX datasheet, 3.2.15 PAM):
 * always RAM, readable and writable. Firmware looks here, and closes the parts it has filled.
 */
const MEMORY_ATTRIBUTES = { register: 0x59, values: [0x30, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33] };

const INTEL = 0x8086;
const HOST_BRIDGE_SLOT = 0;
const ISA_BRIDGE_SLOT = 1;
const FIRST_FREE_SLOT = 2;
/** Functions that can be plugged in. */
export const FREE_SLOTS = SLOTS - FIRST_FREE_SLOT;

/** Edge/level control of the two interrupt controllers: a bit for each level-triggered line. */
const EDGE_LEVEL_PORTS = [0x4d0, 0x4d1];
/** Lines that no ISA device of the machine uses; one for each wire. */
const STANDARD_ROUTES = [5, 9, 10, 11];
/** I/O space that the firmware's part hands out, above all ports of ISA devices. */
const FIRST_IO_BASE = 0xc000;

/** The bus in a snapshot; what is plugged in is saved by whoever has plugged it in. */
export interface PciBusState {
  /** The configuration address register. */
  address: number;
  isaBridge: PciFunctionState;
  /** A bit for each interrupt line that is high. */
  lines: number;
}

/**
 * PCI bus 0 of the machine: configuration mechanism #1, a host bridge, an ISA bridge with the
 * interrupt router, and the functions that are plugged in. It stands in for v86's own bus, whose
 * configuration space takes any write and cannot tell a device of a read.
 */
export class PciBus implements BusWindow {
  readonly #functions: (PciFunction | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #isaBridge: PciFunction;
  readonly #lines: InterruptLines;
  readonly #onReset: () => void;
  #address = 0;

  /** @param onReset the guest has asked for a reset over the reset control register, port 0xCF9 */
  constructor(ports: BusMap, controller: InterruptController, onReset: () => void) {
    this.#lines = new InterruptLines(controller);
    this.#onReset = onReset;
    const hostBridge = bridge(0x1237, 0x060000, 0x02);
    MEMORY_ATTRIBUTES.values.forEach((value, part) => {
      hostBridge.space.set(MEMORY_ATTRIBUTES.register + part, 1, value);
    });
    this.#functions[HOST_BRIDGE_SLOT] = hostBridge;
    this.#isaBridge = bridge(0x7000, 0x060100, 0x00);
    this.#isaBridge.space.allow(ROUTE_REGISTERS, ROUTES, 0xffffffff);
    this.#functions[ISA_BRIDGE_SLOT] = this.#isaBridge;
    this.reset();
    ports.map(CONFIGURATION_ADDRESS_PORT, CONFIGURATION_PORTS, this);
  }

  /** Plugs a function into the next free slot. @returns the slot @throws RangeError when full */
  plug(pciFunction: PciFunction): number {
    const slot = this.#functions.indexOf(undefined, FIRST_FREE_SLOT);
    if (slot === -1) throw new RangeError(`the PCI bus has ${SLOTS} slots, all taken`);
    this.#functions[slot] = pciFunction;
    // What firmware would tell the driver, had it been there at the start; ports the guest gives it.
    const route = this.lineOf(slot);
    if (route !== null) pciFunction.write(Header.interruptLine, 1, route);
    return slot;
  }

  /** Takes a function away: its slot reads as empty. At sync points, in ports, between slices. */
  unplug(pciFunction: PciFunction): void {
    const slot = this.#functions.indexOf(pciFunction);
    if (slot === -1) throw new RangeError('the function is not on the bus');
    pciFunction.reset();
    this.#functions[slot] = undefined;
    this.updateInterrupts();
  }

  save(): PciBusState {
    const { levels: lines } = this.#lines;
    return { address: this.#address, isaBridge: this.#isaBridge.save(), lines };
  }

  /**
   * Becomes what `state` tells. The functions that are plugged in have been restored, and so is, or will be,
   * the interrupt controller.
   * @param places the slot of each of them
   */
  restore(state: PciBusState, places: ReadonlyMap<PciFunction, number>): void {
    this.#address = state.address;
    this.#isaBridge.restore(state.isaBridge);
    this.#functions.fill(undefined, FIRST_FREE_SLOT);
    for (const [pciFunction, slot] of places) this.#functions[slot] = pciFunction;
    this.#lines.restore(state.lines);
  }

  /** The slot of a function that is on the bus, or -1. */
  slotOf(pciFunction: PciFunction): number {
    return this.#functions.indexOf(pciFunction);
  }

  /** The interrupt line at which INTA# of `slot` ends, 0 to 15, or null while its wire is not routed. */
  lineOf(slot: number): number | null {
    const route = this.#isaBridge.space.read(ROUTE_REGISTERS + wire(slot), 1);
    return (route & ROUTE_DISABLED) === 0 ? route & 0x0f : null;
  }

  /** Brings the interrupt lines to what the functions ask for. At sync points and in ports. */
  updateInterrupts(): void {
    let levels = 0;
    for (let slot = FIRST_FREE_SLOT; slot < SLOTS; slot++) {
      if (this.#functions[slot]?.interruptLevel === true) levels |= this.#lineBit(slot);
    }
    this.#lines.update(levels);
  }

  /** Power-on state. */
  reset(): void {
    this.#address = 0;
    for (const pciFunction of this.#functions) pciFunction?.reset();
    for (let route = 0; route < ROUTES; route++) {
      this.#isaBridge.space.set(ROUTE_REGISTERS + route, 1, ROUTE_DISABLED);
    }
    this.updateInterrupts();
  }

  /**
   * What firmware does before it starts a kernel: routes the wires, makes their lines
   * level-triggered, gives every function its I/O ports and tells it its line.
   * @param writePort reaches the emulator's own ports
   */
  assignResources(writePort: (port: number, value: number) => void): void {
    let levelTriggered = 0;
    STANDARD_ROUTES.forEach((line, route) => {
      this.#isaBridge.space.set(ROUTE_REGISTERS + route, 1, line);
      levelTriggered |= 1 << line;
    });
    EDGE_LEVEL_PORTS.forEach((port, index) => {
      writePort(port, (levelTriggered >>> (8 * index)) & 0xff);
    });
    let base = FIRST_IO_BASE;
    for (let slot = FIRST_FREE_SLOT; slot < SLOTS; slot++) {
      const size = this.#functions[slot]?.assign(base, STANDARD_ROUTES[wire(slot)]) ?? 0;
      base += size;
    }
  }

  read(offset: number, width: number): number {
    if (offset < CONFIGURATION_DATA_OFFSET) {
      return offset === 0 && width === 4 ? this.#address : ones(width);
    }
    const { pciFunction, register } = this.#selected(offset);
    return pciFunction?.read(register, width) ?? ones(width);
  }

  write(offset: number, width: number, value: number): void {
    if (offset < CONFIGURATION_DATA_OFFSET) {
      if (offset === 0 && width === 4) this.#address = value;
      else if (offset === RESET_CONTROL_PORT && (value & RESET_CPU) !== 0) this.#onReset();
      return;
    }
    const { pciFunction, register } = this.#selected(offset);
    pciFunction?.write(register, width, value);
    this.updateInterrupts();
  }

  #selected(offset: number): { pciFunction: PciFunction | undefined; register: number } {
    const register = (this.#address & 0xfc) + offset - CONFIGURATION_DATA_OFFSET;
    const enabled = (this.#address & CONFIGURATION_ENABLE) !== 0;
    // Bus 0 and function 0 are all there is: bits 23 to 16 and 10 to 8.
    const ours = enabled && (this.#address & 0x00ff0700) === 0;
    const slot = (this.#address >>> 11) & (SLOTS - 1);
    return { pciFunction: ours ? this.#functions[slot] : undefined, register };
  }

  #lineBit(slot: number): number {
    const route = this.lineOf(slot);
    return route === null ? 0 : 1 << route;
  }
}

/** The wire (PIRQA to PIRQD) at which INTA# of `slot` ends: slots take turns. */
function wire(slot: number): number {
  return (slot - 1) & (ROUTES - 1);
}

function ones(width: number): number {
  return width === 4 ? 0xffffffff : 2 ** (8 * width) - 1;
}

function bridge(deviceId: number, classCode: number, revisionId: number): PciFunction {
  const identity = {
    vendorId: INTEL,
    deviceId,
    classCode,
    revisionId,
    subsystemVendorId: 0,
    subsystemId: 0,
    interrupt: false,
  };
  return new PciFunction(identity, null);
}
