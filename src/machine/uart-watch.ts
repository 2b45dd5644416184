import type { BusWindow } from '../bus/bus-map.ts';

/** Ports of the first serial port, a 16550. */
export const UART_PORTS = { base: 0x3f8, length: 8 } as const;

const RECEIVER = 0;
const INTERRUPT_ENABLE = 1;
const RECEIVE_INTERRUPT = 0x01;
const LINE_CONTROL = 3;
const DIVISOR_LATCH = 0x80;
const MODEM_CONTROL = 4;
const LINE_STATUS = 5;
const DATA_READY = 0x01;
/** On a PC this output lets the interrupt through to the interrupt controller. */
const OUT2 = 0x08;

/** v86's own ports. */
interface OwnPorts {
  readPort(port: number): number;
  writePort(port: number, value: number): void;
}

/**
 * Stands before v86's UART and hands everything on, to know when the guest's driver takes input:
 * while the receive interrupt is enabled and let through. What came earlier would be lost, since a
 * driver that probes or starts clears the receiver.
 */
export class UartWatch implements BusWindow {
  readonly #ports: OwnPorts;
  readonly #onRoom: () => void;
  #receiveInterrupt = false;
  #letThrough = false;
  #divisorLatch = false;

  /** @param onRoom there may be room for input: `hasRoom`; called in a port handler */
  constructor(ports: OwnPorts, onRoom: () => void) {
    this.#ports = ports;
    this.#onRoom = onRoom;
  }

  /** The guest's driver takes input, and has taken all that came before. */
  get hasRoom(): boolean {
    return (
      this.#listens && (this.#ports.readPort(UART_PORTS.base + LINE_STATUS) & DATA_READY) === 0
    );
  }

  get #listens(): boolean {
    return this.#receiveInterrupt && this.#letThrough;
  }

  /** Power-on state. */
  reset(): void {
    this.#receiveInterrupt = false;
    this.#letThrough = false;
    this.#divisorLatch = false;
  }

  read(offset: number, width: number): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      value += this.#ports.readPort(UART_PORTS.base + offset + byte) * 2 ** (8 * byte);
    }
    if (offset === RECEIVER && !this.#divisorLatch && this.hasRoom) this.#onRoom();
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
    const before = this.#listens;
    if (register === LINE_CONTROL) this.#divisorLatch = (value & DIVISOR_LATCH) !== 0;
    if (register === MODEM_CONTROL) this.#letThrough = (value & OUT2) !== 0;
    if (register === INTERRUPT_ENABLE && !this.#divisorLatch) {
      this.#receiveInterrupt = (value & RECEIVE_INTERRUPT) !== 0;
    }
    if (this.#listens && !before) this.#onRoom();
  }
}
