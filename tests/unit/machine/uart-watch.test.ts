import { beforeEach, expect, test, vi } from 'vitest';
import { UartWatch } from '../../../src/machine/uart-watch.ts';

let lineStatus = 0x60;
const ports = {
  readPort: vi.fn((port: number) => (port === 0x3fd ? lineStatus : port & 0xff)),
  writePort: vi.fn(),
};
const onRoom = vi.fn();
let uart: UartWatch;

beforeEach(() => {
  vi.clearAllMocks();
  lineStatus = 0x60;
  uart = new UartWatch(ports, onRoom);
});

test('hands every access on, byte by byte', () => {
  expect(uart.read(6, 1)).toBe(0xfe);
  expect(uart.read(0, 2)).toBe(0xf9f8);
  uart.write(0, 2, 0x4241);
  expect(ports.writePort.mock.calls).toEqual([
    [0x3f8, 0x41],
    [0x3f9, 0x42],
  ]);
});

test('is ready from the first receive interrupt that is enabled until it is disabled', () => {
  uart.write(4, 1, 0x08);
  uart.write(1, 1, 0x02);
  expect(uart.hasRoom).toBe(false);
  uart.write(1, 1, 0x05);
  uart.write(1, 1, 0x07);
  expect(uart.hasRoom).toBe(true);
  expect(onRoom).toHaveBeenCalledTimes(1);
  uart.write(1, 1, 0);
  expect(uart.hasRoom).toBe(false);
  uart.write(1, 1, 1);
  expect(onRoom).toHaveBeenCalledTimes(2);
  uart.reset();
  expect(uart.hasRoom).toBe(false);
});

test('takes the upper half of the divisor for what it is', () => {
  uart.write(4, 1, 0x0b);
  uart.write(3, 1, 0x83);
  uart.write(1, 1, 0x01);
  expect(uart.hasRoom).toBe(false);
  uart.write(3, 1, 0x03);
  uart.write(1, 1, 0x01);
  expect(uart.hasRoom).toBe(true);
});

test('an interrupt that is not let through counts for nothing: a driver only probes', () => {
  uart.write(1, 1, 0x0f);
  expect(uart.hasRoom).toBe(false);
  uart.write(4, 1, 0x0b);
  expect(uart.hasRoom).toBe(true);
  expect(onRoom).toHaveBeenCalledTimes(1);
});

test('asks for more when the driver has taken the last byte', () => {
  uart.write(4, 1, 0x08);
  uart.write(1, 1, 0x01);
  lineStatus = 0x61;
  expect(uart.hasRoom).toBe(false);
  uart.read(0, 1);
  expect(onRoom).toHaveBeenCalledTimes(1);
  lineStatus = 0x60;
  uart.read(0, 1);
  expect(onRoom).toHaveBeenCalledTimes(2);
});
