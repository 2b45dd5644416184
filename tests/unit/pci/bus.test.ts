import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BusMap, type BusWindow } from '../../../src/bus/bus-map.ts';
import { PciBus } from '../../../src/pci/bus.ts';
import { COMMAND_INTERRUPT_DISABLE, Header } from '../../../src/pci/configuration-space.ts';
import { PciFunction } from '../../../src/pci/function.ts';
import { FakeController } from './fake-controller.ts';

const ADDRESS = 0xcf8;
const DATA = 0xcfc;
const ENABLE = 0x80000000;
const ISA_BRIDGE = 1;
const ROUTES = 0x60;
const BAR = 0x200;

const silent: BusWindow = { read: () => 0, write: () => {} };

let ports: BusMap;
let controller: FakeController;
let onReset: ReturnType<typeof vi.fn<() => void>>;
let bus: PciBus;

beforeEach(() => {
  ports = new BusMap(9);
  controller = new FakeController();
  onReset = vi.fn<() => void>();
  bus = new PciBus(ports, controller, onReset);
});

function makeFunction(deviceId = 0x1042): PciFunction {
  const identity = {
    vendorId: 0x1af4,
    deviceId,
    classCode: 0x018000,
    revisionId: 1,
    subsystemVendorId: 0x1af4,
    subsystemId: deviceId,
    interrupt: true,
  };
  return new PciFunction(identity, { space: 'io', size: BAR, window: silent, map: ports });
}

/** Reads as a guest does: the address port, then the data port. */
function readSlot(slot: number, register: number, width: number): number | undefined {
  ports.write(ADDRESS, 4, ENABLE | (slot << 11) | (register & 0xfc));
  return ports.read(DATA + (register & 3), width);
}

function writeSlot(slot: number, register: number, width: number, value: number): void {
  ports.write(ADDRESS, 4, ENABLE | (slot << 11) | (register & 0xfc));
  ports.write(DATA + (register & 3), width, value);
}

/** Lets `pciFunction` pull its line or let go of it, and tells the bus. */
function assert(pciFunction: PciFunction, asserted: boolean): void {
  pciFunction.interruptAsserted = asserted;
  bus.updateInterrupts();
}

test('firmware finds RAM below 1 MiB, and cannot close it', () => {
  const attributes = () =>
    [0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f].map((at) => readSlot(0, at, 1));
  expect(attributes()).toEqual([0x30, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33]);
  writeSlot(0, 0x58, 4, 0);
  writeSlot(0, 0x5c, 4, 0);
  bus.reset();
  expect(attributes()).toEqual([0x30, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33]);
});

describe('configuration mechanism #1', () => {
  test('the address register holds what was written; only 32-bit accesses reach it', () => {
    ports.write(ADDRESS, 4, 0x80001234);
    expect(ports.read(ADDRESS, 4)).toBe(0x80001234);
    ports.write(ADDRESS, 1, 0);
    ports.write(ADDRESS, 2, 0);
    ports.write(ADDRESS + 2, 2, 0);
    expect(ports.read(ADDRESS, 4)).toBe(0x80001234);
    expect(ports.read(ADDRESS, 1)).toBe(0xff);
    expect(ports.read(ADDRESS, 2)).toBe(0xffff);
    expect(ports.read(ADDRESS + 3, 4)).toBe(0xffffffff);
  });

  test('finds the two bridges, and a function in the first free slot', () => {
    expect(bus.plug(makeFunction())).toBe(2);
    expect([0, 1, 2].map((slot) => readSlot(slot, 0, 4))).toEqual([
      0x12378086, 0x70008086, 0x10421af4,
    ]);
    expect([0, 1].map((slot) => readSlot(slot, Header.classCode, 4))).toEqual([
      0x00060000, 0x00060100,
    ]);
  });

  test('reads ones where no function is', () => {
    for (let slot = 2; slot < 32; slot++) {
      expect(readSlot(slot, 0, 4)).toBe(0xffffffff);
      expect(readSlot(slot, 0, 2)).toBe(0xffff);
      expect(readSlot(slot, 0x3d, 1)).toBe(0xff);
      writeSlot(slot, Header.command, 2, 0xffff);
    }
  });

  test('without the enable bit nothing is read or written', () => {
    bus.plug(makeFunction());
    ports.write(ADDRESS, 4, (2 << 11) | Header.interruptLine);
    expect(ports.read(DATA, 4)).toBe(0xffffffff);
    ports.write(DATA, 1, 11);
    expect(readSlot(2, Header.interruptLine, 1)).toBe(0);
  });

  test('other buses and other functions are absent', () => {
    bus.plug(makeFunction());
    for (let bit = 8; bit < 24; bit++) {
      if (bit > 10 && bit < 16) continue; // the slot
      ports.write(ADDRESS, 4, ENABLE | (2 << 11) | (2 ** bit));
      expect(ports.read(DATA, 4)).toBe(0xffffffff);
      ports.write(ADDRESS, 4, ENABLE | (2 << 11) | (2 ** bit) | Header.interruptLine);
      ports.write(DATA, 1, 7);
    }
    expect(readSlot(2, Header.interruptLine, 1)).toBe(0);
  });

  test('the data ports 0xCFC to 0xCFF are the bytes of the register, at every width', () => {
    bus.plug(makeFunction());
    const bytes = [0xf4, 0x1a, 0x42, 0x10];
    ports.write(ADDRESS, 4, ENABLE | (2 << 11));
    expect(bytes.map((_, index) => ports.read(DATA + index, 1))).toEqual(bytes);
    expect([0, 1, 2].map((index) => ports.read(DATA + index, 2))).toEqual([0x1af4, 0x421a, 0x1042]);
    expect(ports.read(DATA, 4)).toBe(0x10421af4);
  });

  test('bits 0 and 1 of the address do not move the data ports', () => {
    bus.plug(makeFunction());
    ports.write(ADDRESS, 4, ENABLE | (2 << 11) | 3);
    expect(ports.read(DATA, 2)).toBe(0x1af4);
  });

  test('a byte write changes one byte', () => {
    bus.plug(makeFunction());
    writeSlot(2, Header.baseAddress0, 4, 0xc000);
    writeSlot(2, Header.baseAddress0 + 1, 1, 0xd0);
    expect(readSlot(2, Header.baseAddress0, 4)).toBe(0xd001);
    writeSlot(2, Header.baseAddress0 + 2, 2, 0x0001);
    expect(readSlot(2, Header.baseAddress0, 4)).toBe(0x0001d001);
  });

  test('never throws, whatever is accessed in whatever order', () => {
    const access = fc.record({
      port: fc.integer({ min: ADDRESS, max: ADDRESS + 7 }),
      width: fc.constantFrom(1, 2, 4),
      value: fc.integer({ min: 0, max: 0xffffffff }),
      write: fc.boolean(),
    });
    bus.plug(makeFunction());
    fc.assert(
      fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
        for (const { port, width, value, write } of accesses) {
          if (write) expect(ports.write(port, width, value % 2 ** (8 * width))).toBe(true);
          const read = ports.read(port, width) as number;
          expect(read >= 0 && read < 2 ** (8 * width)).toBe(true);
        }
      }),
    );
  });
});

test('the bus is full after 30 functions', () => {
  for (let slot = 2; slot < 32; slot++) expect(bus.plug(makeFunction())).toBe(slot);
  expect(() => bus.plug(makeFunction())).toThrow(RangeError);
  expect(readSlot(31, 0, 4)).toBe(0x10421af4);
});

describe('a function that comes and goes', () => {
  test('leaves its slot empty, and its ports to nobody', () => {
    const functions = [makeFunction(), makeFunction()];
    for (const pciFunction of functions) bus.plug(pciFunction);
    bus.assignResources(() => {});
    const base = (readSlot(2, Header.baseAddress0, 4) as number) & ~3;
    expect(ports.read(base, 1)).toBeDefined();
    bus.unplug(functions[0]);
    expect(ports.read(base, 1)).toBeUndefined();
    expect(readSlot(2, 0, 4)).toBe(0xffffffff);
    expect(readSlot(3, 0, 4)).toBe(0x10421af4);
    expect(() => bus.unplug(functions[0])).toThrow(RangeError);
    expect(bus.plug(makeFunction())).toBe(2);
  });

  test('knows its line when it comes, and has no ports before the guest gives it some', () => {
    bus.assignResources(() => {});
    bus.plug(makeFunction());
    expect(readSlot(2, Header.interruptLine, 1)).toBe(9);
    expect([readSlot(2, Header.command, 2), readSlot(2, Header.baseAddress0, 4)]).toEqual([0, 1]);
  });

  test('lets go of a line that it has pulled, and only it', () => {
    const functions = Array.from({ length: 5 }, () => makeFunction());
    for (const pciFunction of functions) bus.plug(pciFunction);
    bus.assignResources(() => {});
    assert(functions[0], true);
    assert(functions[4], true); // slots 2 and 6 share a wire
    bus.unplug(functions[0]);
    expect(controller.isHigh(9)).toBe(true);
    bus.unplug(functions[4]);
    expect(controller.calls).toEqual(['raise 9', 'lower 9']);
  });
});

describe('the reset control register at 0xCF9', () => {
  test('asks for a reset with bit 2, at byte width as Linux writes it', () => {
    ports.write(0xcf9, 1, 0x02);
    expect(onReset).not.toHaveBeenCalled();
    ports.write(0xcf9, 1, 0x06);
    expect(onReset).toHaveBeenCalledOnce();
  });

  test('is not reached by a write to the configuration address', () => {
    ports.write(ADDRESS, 4, 0x80000400);
    ports.write(ADDRESS + 2, 1, 0x04);
    expect(onReset).not.toHaveBeenCalled();
  });
});

describe('interrupt routing', () => {
  const LINES = [5, 9, 10, 11];

  function plug(count: number): PciFunction[] {
    const functions = Array.from({ length: count }, () => makeFunction());
    for (const pciFunction of functions) bus.plug(pciFunction);
    return functions;
  }

  test('begins disabled: nobody is interrupted', () => {
    const [pciFunction] = plug(1);
    assert(pciFunction, true);
    expect(controller.calls).toEqual([]);
    expect([0, 1, 2, 3].map((route) => readSlot(ISA_BRIDGE, ROUTES + route, 1))).toEqual([
      0x80, 0x80, 0x80, 0x80,
    ]);
  });

  test('slots take turns at the four wires, and know their lines', () => {
    const functions = plug(6);
    bus.assignResources(() => {});
    const raised = functions.map((pciFunction, index) => {
      assert(pciFunction, true);
      const { levels } = controller;
      assert(pciFunction, false);
      expect(levels).toBe(1 << (readSlot(index + 2, Header.interruptLine, 1) as number));
      return Math.log2(levels);
    });
    expect(raised).toEqual([9, 10, 11, 5, 9, 10]);
  });

  test('a shared line stays high until the last function lets go', () => {
    const [first, , , , second] = plug(5); // slots 2 and 6 share a wire
    bus.assignResources(() => {});
    assert(first, true);
    assert(second, true);
    assert(first, false);
    expect(controller.isHigh(9)).toBe(true);
    expect(controller.calls).toEqual(['raise 9']);
    assert(second, false);
    expect(controller.calls).toEqual(['raise 9', 'lower 9']);
  });

  test('an asserted interrupt moves with its route', () => {
    const [pciFunction] = plug(1);
    bus.assignResources(() => {});
    assert(pciFunction, true);
    writeSlot(ISA_BRIDGE, ROUTES + 1, 1, 7);
    expect(controller.calls).toEqual(['raise 9', 'raise 7', 'lower 9']);
    writeSlot(ISA_BRIDGE, ROUTES + 1, 1, 0x87);
    expect(controller.levels).toBe(0);
    writeSlot(ISA_BRIDGE, ROUTES + 1, 1, 0x07);
    expect(controller.levels).toBe(1 << 7);
  });

  test('two wires may be routed to one line', () => {
    const [first, second] = plug(2);
    writeSlot(ISA_BRIDGE, ROUTES, 4, 0x0b0b0b0b);
    assert(first, true);
    assert(second, true);
    assert(first, false);
    expect(controller.levels).toBe(1 << 11);
    assert(second, false);
    expect(controller.calls).toEqual(['raise 11', 'lower 11']);
  });

  test('the interrupt disable bit acts at once, both ways', () => {
    const [pciFunction] = plug(1);
    bus.assignResources(() => {});
    assert(pciFunction, true);
    writeSlot(2, Header.command, 2, COMMAND_INTERRUPT_DISABLE);
    expect(controller.levels).toBe(0);
    writeSlot(2, Header.command, 2, 0);
    expect(controller.levels).toBe(1 << 9);
  });

  test('lines are what any function asks for, whatever happens in whatever order', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('assert' as const), index: fc.nat(7), on: fc.boolean() }),
      fc.record({ kind: fc.constant('disable' as const), index: fc.nat(7), on: fc.boolean() }),
      fc.record({ kind: fc.constant('route' as const), index: fc.nat(3), value: fc.nat(0xff) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        ports = new BusMap(9);
        controller = new FakeController();
        bus = new PciBus(ports, controller, () => {});
        const functions = plug(8);
        bus.assignResources(() => {});
        const model = functions.map((_, index) => ({
          wire: (index + 1) & 3,
          asserted: false,
          disabled: false,
        }));
        const routes: number[] = [...LINES];
        for (const change of steps) {
          if (change.kind === 'assert') {
            model[change.index].asserted = change.on;
            assert(functions[change.index], change.on);
          } else if (change.kind === 'disable') {
            model[change.index].disabled = change.on;
            const command = change.on ? COMMAND_INTERRUPT_DISABLE : 0;
            writeSlot(change.index + 2, Header.command, 2, command);
          } else {
            routes[change.index] = change.value;
            writeSlot(ISA_BRIDGE, ROUTES + change.index, 1, change.value);
          }
          let expected = 0;
          for (const { wire, asserted, disabled } of model) {
            const route = routes[wire];
            if (asserted && !disabled && route < 0x80) expected |= 1 << (route & 0x0f);
          }
          expect(controller.levels).toBe(expected);
        }
      }),
    );
  });
});

describe('firmware work', () => {
  test('gives each function its own ports, and makes the lines level-triggered', () => {
    for (let count = 0; count < 5; count++) bus.plug(makeFunction());
    const written: [number, number][] = [];
    bus.assignResources((port, value) => written.push([port, value]));
    const bases = [2, 3, 4, 5, 6].map((slot) => readSlot(slot, Header.baseAddress0, 4));
    expect(bases).toEqual([0xc001, 0xc201, 0xc401, 0xc601, 0xc801]);
    expect(written).toEqual([
      [0x4d0, 1 << 5],
      [0x4d1, (1 << 1) | (1 << 2) | (1 << 3)],
    ]);
  });

  test('all functions of a full bus fit below port 0x10000', () => {
    for (let count = 0; count < 30; count++) bus.plug(makeFunction());
    bus.assignResources(() => {});
    expect(readSlot(31, Header.baseAddress0, 4)).toBe(0xc000 + 29 * BAR + 1);
    expect(ports.isFree(0xc000 + 29 * BAR)).toBe(false);
  });

  test('a reset takes everything back and lowers the lines', () => {
    const pciFunction = makeFunction();
    bus.plug(pciFunction);
    bus.assignResources(() => {});
    assert(pciFunction, true);
    bus.reset();
    expect(controller.levels).toBe(0);
    expect(ports.isFree(0xc000)).toBe(true);
    expect(ports.read(ADDRESS, 4)).toBe(0);
    expect(readSlot(ISA_BRIDGE, ROUTES, 4)).toBe(0x80808080);
  });
});
