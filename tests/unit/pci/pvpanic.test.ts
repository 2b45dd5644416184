import { beforeEach, expect, test } from 'vitest';
import { BusMap } from '../../../src/bus/bus-map.ts';
import { COMMAND_MEMORY, Header } from '../../../src/pci/configuration-space.ts';
import { Pvpanic } from '../../../src/pci/pvpanic.ts';

const BASE = 0xfebf0000;

let memory: BusMap;
let pvpanic: Pvpanic;
let panics: number;

beforeEach(() => {
  memory = new BusMap(12);
  panics = 0;
  pvpanic = new Pvpanic(memory, () => panics++);
});

/** What the kernel's driver does when it finds the device. */
function setUp() {
  pvpanic.function.write(Header.baseAddress0, 4, BASE);
  pvpanic.function.write(Header.command, 2, COMMAND_MEMORY);
}

test('is the device that the kernel has a driver for, without an interrupt', () => {
  expect(pvpanic.function.read(Header.vendorId, 4)).toBe(0x00111b36);
  expect(pvpanic.function.read(Header.classCode, 2)).toBe(0x8000);
  expect(pvpanic.function.read(Header.interruptPin, 1)).toBe(0);
});

test('is in use once its BAR is decoded, until a reset', () => {
  expect(pvpanic.inUse).toBe(false);
  setUp();
  expect(pvpanic.inUse).toBe(true);
  expect(memory.read(BASE, 1)).toBe(1);
  pvpanic.function.reset();
  expect(pvpanic.inUse).toBe(false);
  expect(memory.read(BASE, 1)).toBeUndefined();
});

test('hears of a panic when bit 0 is written to byte 0, and of nothing else', () => {
  setUp();
  memory.write(BASE, 1, 0x02); // a crash dump was loaded: not offered
  memory.write(BASE + 1, 1, 0x01);
  memory.write(BASE + 4, 4, 0xffffffff);
  expect(panics).toBe(0);
  memory.write(BASE, 1, 0x01);
  memory.write(BASE, 4, 0x03);
  expect(panics).toBe(2);
});

test('offers one event', () => {
  setUp();
  expect([0, 1, 8, 15].map((offset) => memory.read(BASE + offset, 1))).toEqual([1, 0, 0, 0]);
});
