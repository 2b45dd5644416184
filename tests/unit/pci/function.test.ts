import { beforeEach, describe, expect, test } from 'vitest';
import { BusMap, type BusWindow } from '../../../src/bus/bus-map.ts';
import {
  COMMAND_BUS_MASTER,
  COMMAND_INTERRUPT_DISABLE,
  COMMAND_IO,
  COMMAND_MEMORY,
  Header,
  STATUS_INTERRUPT,
} from '../../../src/pci/configuration-space.ts';
import { type FunctionIdentity, PciFunction } from '../../../src/pci/function.ts';

const IDENTITY: FunctionIdentity = {
  vendorId: 0x1af4,
  deviceId: 0x1042,
  classCode: 0x018000,
  revisionId: 1,
  subsystemVendorId: 0x1af4,
  subsystemId: 0x1042,
  interrupt: true,
};
const window: BusWindow = { read: () => 0x5a, write: () => {} };
const IO_SIZE = 0x200;
const MEMORY_SIZE = 0x10;

let map: BusMap;
let io: PciFunction;
let memory: PciFunction;

beforeEach(() => {
  map = new BusMap(9);
  io = new PciFunction(IDENTITY, { space: 'io', size: IO_SIZE, window, map });
  const bar = { space: 'memory', size: MEMORY_SIZE, window, map } as const;
  memory = new PciFunction({ ...IDENTITY, interrupt: false }, bar);
});

const answers = (address: number) => map.read(address, 1) === 0x5a;

test('the header holds the identity', () => {
  expect(io.read(Header.vendorId, 4)).toBe(0x10421af4);
  expect(io.read(Header.revisionId, 4)).toBe(0x01800001);
  expect(io.read(Header.subsystemVendorId, 4)).toBe(0x10421af4);
  expect(io.read(Header.interruptPin, 1)).toBe(1);
  expect(memory.read(Header.interruptPin, 1)).toBe(0);
  expect(io.read(0x0e, 1)).toBe(0); // one function, an ordinary header
});

test('the identity is read-only', () => {
  for (let offset = 0; offset < 0x100; offset += 4) {
    if (offset !== Header.command && offset !== Header.baseAddress0)
      io.write(offset, 4, 0xffffffff);
  }
  expect(io.read(Header.vendorId, 4)).toBe(0x10421af4);
  expect(io.read(Header.revisionId, 4)).toBe(0x01800001);
  expect(io.read(Header.subsystemVendorId, 4)).toBe(0x10421af4);
  // All that the guest changed is the interrupt line, which is a note for itself.
  expect(io.read(Header.interruptLine, 4)).toBe(0x000001ff);
});

describe('base address register 0', () => {
  test('tells its size when ones are written, and its space in bit 0', () => {
    io.write(Header.baseAddress0, 4, 0xffffffff);
    memory.write(Header.baseAddress0, 4, 0xffffffff);
    expect(io.read(Header.baseAddress0, 4)).toBe(0xfffffe01);
    expect(memory.read(Header.baseAddress0, 4)).toBe(0xfffffff0);
  });

  test('is the only one: the others, and the expansion ROM, are zero and stay so', () => {
    for (const offset of [0x14, 0x18, 0x1c, 0x20, 0x24, 0x30]) {
      io.write(offset, 4, 0xffffffff);
      expect(io.read(offset, 4)).toBe(0);
    }
  });

  test('is decoded only while the command register says so', () => {
    io.write(Header.baseAddress0, 4, 0xc000);
    expect(answers(0xc000)).toBe(false);
    io.write(Header.command, 2, COMMAND_IO);
    expect([0xbfff, 0xc000, 0xc1ff, 0xc200].map(answers)).toEqual([false, true, true, false]);
    io.write(Header.command, 2, COMMAND_MEMORY | COMMAND_BUS_MASTER);
    expect(answers(0xc000)).toBe(false);
    expect(map.isFree(0xc000)).toBe(true);
  });

  test('moves its window, also by writes of single bytes', () => {
    io.write(Header.command, 2, COMMAND_IO);
    io.write(Header.baseAddress0, 4, 0xc000);
    io.write(Header.baseAddress0, 4, 0xd000);
    expect([0xc000, 0xd000].map(answers)).toEqual([false, true]);
    io.write(Header.baseAddress0 + 1, 1, 0xe2);
    expect([0xd000, 0xe200, 0xe3ff].map(answers)).toEqual([false, true, true]);
  });

  test('is aligned to its size whatever is written', () => {
    io.write(Header.command, 2, COMMAND_IO);
    io.write(Header.baseAddress0, 4, 0xc0f7);
    expect(io.read(Header.baseAddress0, 4)).toBe(0xc001);
    expect(answers(0xc000)).toBe(true);
  });

  test('is not decoded at 0 nor beyond 64 KiB of ports', () => {
    io.write(Header.command, 2, COMMAND_IO);
    io.write(Header.baseAddress0, 4, 0);
    expect(answers(0)).toBe(false);
    io.write(Header.baseAddress0, 4, 0x10000);
    expect(answers(0x10000)).toBe(false);
    io.write(Header.baseAddress0, 4, 0xfe00);
    expect(answers(0xffff)).toBe(true);
  });

  test('of memory is decoded up to the top of 4 GiB', () => {
    memory.write(Header.command, 2, COMMAND_MEMORY);
    memory.write(Header.baseAddress0, 4, 0xfebffff0);
    expect(answers(0xfebffff0)).toBe(true);
    memory.write(Header.command, 2, COMMAND_IO);
    expect(answers(0xfebffff0)).toBe(false);
  });
});

describe('the command register', () => {
  test('has only the bits that mean something here', () => {
    io.write(Header.command, 2, 0xffff);
    memory.write(Header.command, 2, 0xffff);
    expect(io.read(Header.command, 2)).toBe(
      COMMAND_IO | COMMAND_BUS_MASTER | COMMAND_INTERRUPT_DISABLE,
    );
    expect(memory.read(Header.command, 2)).toBe(COMMAND_MEMORY | COMMAND_BUS_MASTER);
  });

  test('disables the interrupt, and keeps it for later', () => {
    io.interruptAsserted = true;
    expect(io.interruptLevel).toBe(true);
    io.write(Header.command, 2, COMMAND_INTERRUPT_DISABLE);
    expect(io.interruptLevel).toBe(false);
    // The status bit tells of the interrupt all the same (PCI 3.0, 6.2.3).
    expect(io.read(Header.status, 2) & STATUS_INTERRUPT).toBe(STATUS_INTERRUPT);
    io.write(Header.command, 2, 0);
    expect(io.interruptLevel).toBe(true);
  });
});

test('status bit 3 follows the interrupt, at every width (PCI-034)', () => {
  const bits = () => [
    io.read(Header.status, 1) & STATUS_INTERRUPT,
    io.read(Header.status, 2) & STATUS_INTERRUPT,
    (io.read(Header.command, 4) >>> 16) & STATUS_INTERRUPT,
  ];
  expect(bits()).toEqual([0, 0, 0]);
  io.interruptAsserted = true;
  expect(bits()).toEqual([8, 8, 8]);
  io.write(Header.status, 2, 0xffff);
  expect(bits()).toEqual([8, 8, 8]);
  io.interruptAsserted = false;
  expect(bits()).toEqual([0, 0, 0]);
});

describe('firmware work', () => {
  test('gives ports to a function that has some, and tells every one its line', () => {
    expect(io.assign(0xc200, 11)).toBe(IO_SIZE);
    expect(answers(0xc200)).toBe(true);
    expect(io.read(Header.interruptLine, 1)).toBe(11);
    expect(io.read(Header.command, 2)).toBe(COMMAND_IO | COMMAND_BUS_MASTER);
    expect(memory.assign(0xc400, 9)).toBe(0);
    expect(memory.read(Header.interruptLine, 1)).toBe(9);
    expect(memory.read(Header.baseAddress0, 4)).toBe(0);
    expect(new PciFunction(IDENTITY, null).assign(0xc400, 9)).toBe(0);
  });

  test('is undone by a reset', () => {
    io.assign(0xc200, 11);
    io.reset();
    expect(map.isFree(0xc200)).toBe(true);
    expect(io.read(Header.command, 2)).toBe(0);
    expect(io.read(Header.baseAddress0, 4)).toBe(1);
    expect(io.read(Header.interruptLine, 1)).toBe(0);
  });
});
