import type { BusWindow } from '../bus/bus-map.ts';

/** Ports of the first serial port, a 16550. */
export const UART_PORTS = { base: 0x3f8, length: 8 } as const;

const INTERRUPT_ENABLE = 1;
const RECEIVE_INTERRUPT = 0x01;
const LINE_CONTROL = 3;
const DIVISOR_LATCH = 0x80;

/** v86's own ports. */
interface OwnPorts {
  readPort(port: number): number;
  writePort(port: number, value: number): void;
}

/**
 * Stands before v86's UART and hands everything on, to know when the guest's driver takes input:
 * while it has the receive interrupt enabled. What came earlier would be lost, since a driver that
 * starts clears the receiver.
 */
export class UartWatch implements BusWindow {
  readonly #ports: OwnPorts;
  readonly #onReady: () => void;
  #ready = false;
  #divisorLatch = false;

  /** @param onReady the driver has begun to take input; called in a port handler */
  constructor(ports: OwnPorts, onReady: () => void) {
    this.#ports = ports;
    this.#onReady = onReady;
  }

  /** The guest's driver takes input. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Power-on state. */
  reset(): void {
    this.#ready = false;
    this.#divisorLatch = false;
  }

  read(offset: number, width: number): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      value += this.#ports.readPort(UART_PORTS.base + offset + byte) * 2 ** (8 * byte);
    }
    return value;
  }

  write(offset: number, width: number, value: number): void {
    for (let byte = 0; byte < width; byte++) {
      const part = (value >>> (8 * byte)) & 0xff;
      this.#ports.writePort(UART_PORTS.base + offset + byte, part);
      this.#watch(offset + byte, part);
    }
  }

  #watch(register: number, value: number): void {
    if (register === LINE_CONTROL) this.#divisorLatch = (value & DIVISOR_LATCH) !== 0;
    if (register !== INTERRUPT_ENABLE || this.#divisorLatch) return;
    const before = this.#ready;
    this.#ready = (value & RECEIVE_INTERRUPT) !== 0;
    if (this.#ready && !before) this.#onReady();
  }
}
