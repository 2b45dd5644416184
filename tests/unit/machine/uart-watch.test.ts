import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SerialPort } from '../../../src/machine/serial-port.ts';
import { UartWatch } from '../../../src/machine/uart-watch.ts';

let lineStatus = 0x60;
const ports = {
  readPort: vi.fn((port: number) => (port === 0x3fd ? lineStatus : port & 0xff)),
  writePort: vi.fn(),
};
const onRoom = vi.fn();
const input = { inputWaits: false, sendWaiting: onRoom };
let uart: UartWatch;

beforeEach(() => {
  vi.clearAllMocks();
  lineStatus = 0x60;
  input.inputWaits = false;
  onRoom.mockReset();
  uart = new UartWatch(ports, input);
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
  expect(uart.room).toBe(0);
  uart.write(1, 1, 0x05);
  uart.write(1, 1, 0x07);
  expect(uart.room).toBe(16);
  expect(onRoom).toHaveBeenCalledTimes(1);
  uart.write(1, 1, 0);
  expect(uart.room).toBe(0);
  uart.write(1, 1, 1);
  expect(onRoom).toHaveBeenCalledTimes(2);
  uart.reset();
  expect(uart.room).toBe(0);
});

test('takes the upper half of the divisor for what it is', () => {
  uart.write(4, 1, 0x0b);
  uart.write(3, 1, 0x83);
  uart.write(1, 1, 0x01);
  expect(uart.room).toBe(0);
  uart.write(3, 1, 0x03);
  uart.write(1, 1, 0x01);
  expect(uart.room).toBe(16);
});

test('an interrupt that is not let through counts for nothing: a driver only probes', () => {
  uart.write(1, 1, 0x0f);
  expect(uart.room).toBe(0);
  uart.write(4, 1, 0x0b);
  expect(uart.room).toBe(16);
  expect(onRoom).toHaveBeenCalledTimes(1);
});

test('asks for more when the driver has taken the last byte', () => {
  uart.write(4, 1, 0x08);
  uart.write(1, 1, 0x01);
  lineStatus = 0x61;
  expect(uart.room).toBe(0);
  uart.read(0, 1);
  expect(onRoom).toHaveBeenCalledTimes(1);
  lineStatus = 0x60;
  uart.read(0, 1);
  expect(onRoom).toHaveBeenCalledTimes(2);
});

describe('a guest that polls, as firmware does', () => {
  /** The driver looks at the line status so often, and sees whether a byte is there. */
  const poll = (times: number) => {
    let status = 0;
    for (let look = 0; look < times; look++) status = uart.read(5, 1);
    return (status & 0x01) === 1;
  };

  beforeEach(() => {
    input.inputWaits = true;
    // What waits comes one by one, as much as there is room for.
    onRoom.mockImplementation(() => {
      if (uart.room > 0) lineStatus |= 0x01;
    });
  });

  test('is told of input when it has looked for a while, and gets one byte as it reads', () => {
    expect(poll(3)).toBe(false);
    expect(poll(1)).toBe(true);
    expect(uart.room).toBe(0);
    expect(lineStatus).toBe(0x60);
    uart.read(0, 1);
    expect(onRoom).toHaveBeenCalledTimes(1);
    expect(lineStatus).toBe(0x61);
  });

  test('hears nothing where nothing waits', () => {
    input.inputWaits = false;
    expect(poll(100)).toBe(false);
  });

  test('is told apart from a driver that prints, starts or probes', () => {
    for (let byte = 0; byte < 100; byte++) {
      expect(poll(2)).toBe(false);
      uart.write(0, 1, 0x41);
    }
    expect(poll(3)).toBe(false);
    uart.read(0, 1);
    expect(onRoom).not.toHaveBeenCalled();
  });

  test('is over when a driver with interrupts takes the port', () => {
    expect(poll(4)).toBe(true);
    uart.write(1, 1, 0);
    expect(poll(1)).toBe(false);
    uart.read(0, 1);
    expect(lineStatus).toBe(0x60);
  });

  test('is forgotten at a reset', () => {
    expect(poll(4)).toBe(true);
    uart.reset();
    expect(poll(1)).toBe(false);
  });

  test('does not take the divisor for a byte', () => {
    uart.write(3, 1, 0x83);
    poll(4);
    uart.read(0, 1);
    expect(onRoom).not.toHaveBeenCalled();
  });
});

test('a key of several bytes comes whole to firmware that looks for keys now and then', () => {
  const received: number[] = [];
  const own = {
    readPort: (port: number) => {
      if (port === 0x3fd) return received.length > 0 ? 0x61 : 0x60;
      return (port === 0x3f8 && received.shift()) || 0;
    },
    writePort() {},
  };
  const line: { watch?: UartWatch } = {};
  const device = {
    room: () => line.watch?.room ?? 0,
    send: (bytes: Uint8Array) => received.push(...bytes),
  };
  const serial = new SerialPort(device, () => {});
  const watch = new UartWatch(own, serial);
  line.watch = watch;
  // As SeaBIOS does at each tick of its timer: a glance, and then all that is there.
  const tick = () => {
    const key: number[] = [];
    watch.read(5, 1);
    while ((watch.read(5, 1) & 0x01) === 1) key.push(watch.read(0, 1));
    return String.fromCharCode(...key);
  };
  void serial.write('\x1b[B');
  void serial.write('q');
  const ticks = [tick(), tick(), tick()];
  expect(ticks).toEqual(['', '\x1b[Bq', '']);
});
