import type { BusWindow } from '../bus/bus-map.ts';

/** Ports of the first serial port, a 16550. */
export const UART_PORTS = { base: 0x3f8, length: 8 } as const;

/** Bytes that a 16550 holds: a driver takes so many at a time, and they are all it has asked for. */
const FIFO = 16;

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

/**
 * So many looks at the line status with no write to the UART between them come from a guest that
 * waits for input without interrupts. A driver that prints writes after each look, and one that
 * starts or probes looks once.
 */
const POLLS = 4;

/** v86's own ports. */
interface OwnPorts {
  readPort(port: number): number;
  writePort(port: number, value: number): void;
}

/** The other end of the line. */
export interface UartInput {
  readonly inputWaits: boolean;
  /** There may be room for input: see `room`. Called in a port handler. */
  sendWaiting(): void;
}

/** The watch in a snapshot. */
export interface UartWatchState {
  receiveInterrupt: boolean;
  letThrough: boolean;
  divisorLatch: boolean;
  polls: number;
}

/**
 * Stands before v86's UART and hands everything on, to know when the guest takes input: while its
 * driver has the receive interrupt enabled and let through, or while the guest polls, as firmware
 * and boot loaders do. What came at another time would be lost, since a driver that probes or
 * starts clears the receiver.
 */
export class UartWatch implements BusWindow {
  readonly #ports: OwnPorts;
  readonly #input: UartInput;
  #receiveInterrupt = false;
  #letThrough = false;
  #divisorLatch = false;
  /** Looks at the line status since the last write. */
  #polls = 0;
  /** The guest is about to read a byte that it was told of. */
  #fetching = false;

  constructor(ports: OwnPorts, input: UartInput) {
    this.#ports = ports;
    this.#input = input;
  }

  /** Bytes of input that the guest takes now; it has taken all that came before. */
  get room(): number {
    if ((this.#ports.readPort(UART_PORTS.base + LINE_STATUS) & DATA_READY) !== 0) return 0;
    if (this.#listens) return FIFO;
    // One by one: the next owner of the port, who clears its receiver, finds nothing there.
    return this.#fetching ? 1 : 0;
  }

  get #listens(): boolean {
    return this.#receiveInterrupt && this.#letThrough;
  }

  /** Power-on state. */
  reset(): void {
    this.#receiveInterrupt = false;
    this.#letThrough = false;
    this.#divisorLatch = false;
    this.#polls = 0;
  }

  save(): UartWatchState {
    return {
      receiveInterrupt: this.#receiveInterrupt,
      letThrough: this.#letThrough,
      divisorLatch: this.#divisorLatch,
      polls: this.#polls,
    };
  }

  restore({ receiveInterrupt, letThrough, divisorLatch, polls }: UartWatchState): void {
    this.#receiveInterrupt = receiveInterrupt;
    this.#letThrough = letThrough;
    this.#divisorLatch = divisorLatch;
    this.#polls = polls;
  }

  read(offset: number, width: number): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      value += this.#readRegister(offset + byte) * 2 ** (8 * byte);
    }
    return value;
  }

  write(offset: number, width: number, value: number): void {
    this.#polls = 0;
    for (let byte = 0; byte < width; byte++) {
      const part = (value >>> (8 * byte)) & 0xff;
      this.#ports.writePort(UART_PORTS.base + offset + byte, part);
      this.#watch(offset + byte, part);
    }
  }

  #readRegister(register: number): number {
    const receives = register === RECEIVER && !this.#divisorLatch;
    if (receives && this.#pollsForInput) this.#fetch();
    const value = this.#ports.readPort(UART_PORTS.base + register);
    if (receives && this.room > 0) this.#input.sendWaiting();
    if (register !== LINE_STATUS) return value;
    this.#polls = Math.min(this.#polls + 1, POLLS);
    return this.#pollsForInput && this.#input.inputWaits ? value | DATA_READY : value;
  }

  /** The guest waits for input by looking again and again. */
  get #pollsForInput(): boolean {
    return !this.#listens && this.#polls >= POLLS;
  }

  /** Brings the byte that the guest is about to read into the receiver. */
  #fetch(): void {
    this.#fetching = true;
    if (this.room > 0) this.#input.sendWaiting();
    this.#fetching = false;
  }

  #watch(register: number, value: number): void {
    const before = this.#listens;
    if (register === LINE_CONTROL) this.#divisorLatch = (value & DIVISOR_LATCH) !== 0;
    if (register === MODEM_CONTROL) this.#letThrough = (value & OUT2) !== 0;
    if (register === INTERRUPT_ENABLE && !this.#divisorLatch) {
      this.#receiveInterrupt = (value & RECEIVE_INTERRUPT) !== 0;
    }
    if (this.#listens && !before) this.#input.sendWaiting();
  }
}
