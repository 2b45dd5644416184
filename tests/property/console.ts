import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEVICE_ADD,
  PORT_NAME,
  PORT_OPEN,
  Terminal,
  WITH_PORTS,
  WITHOUT_PORTS,
} from '../unit/devices/console/terminal.ts';
import { LARGEST_QUEUE, MEMORY_SIZE, plainShape, type RequestShape } from './hostile-driver.ts';
import { type HostileDevice, hostileProperty } from './hostile-stage.ts';

/** Ports, of which port 0 is the console: two queues each, and two of control. */
const PORTS = 2;
const QUEUES = 2 * (PORTS + 1);
/** Bytes of each ring to and from the page: few, so that they are often full. */
const RING = 256;

/** What a driver says on the control queue: id (4), event (2), value (2). */
const message = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: fc.nat(PORTS) }, fc.constantFrom(0xff, 0x80)),
    fc.oneof({ weight: 8, arbitrary: fc.nat(8) }, fc.nat(255)),
    fc.oneof({ weight: 8, arbitrary: fc.nat(1) }, fc.nat(255)),
  )
  .map(([id, event, value]) => [id, 0, 0, id >= 0x80 ? id : 0, event, 0, value, 0]);
const shape: fc.Arbitrary<RequestShape> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(message, fc.constantFrom<number[][]>([8], [8], [4, 4], [1, 0, 7], [7], [64]))
      .map(([content, readable]) => ({ content, readable, writable: [] })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.oneof(fc.nat(16), fc.nat(300)), { minLength: 1, maxLength: 3 })
      .map((writable) => ({ content: [], readable: [], writable })),
  },
  { weight: 2, arbitrary: plainShape },
);

const seen = { transmitted: 0, received: 0, hungUp: 0 };

/** Requests of a console, the control queue's included, with several ports and with one. */
export const consoleProperty = hostileProperty({
  name: 'console',
  cases: 20_000,
  variants: 2,
  queues: QUEUES,
  shape,
  seen,
  make: (variant) => new HostileConsole(variant === 0 ? WITH_PORTS : WITHOUT_PORTS),
});

class HostileConsole implements HostileDevice {
  readonly features: readonly number[];
  readonly #terminal = new Terminal({
    names: ['one'],
    capacity: RING,
    queueSize: LARGEST_QUEUE,
    memorySize: MEMORY_SIZE,
  });

  constructor(features: readonly number[]) {
    this.features = features;
  }

  get harness() {
    return this.#terminal.harness;
  }

  restore(): void {
    this.#drain();
    this.#terminal.device.resize(80, 24);
  }

  page(action: number, value: number): boolean {
    const port = value % PORTS;
    const { device, rings } = this.#terminal;
    if (action === 0) device.resize(1 + (value & 0xff), 1 + (value >>> 8));
    if (action === 1 && value % 16 === 0) {
      device.hangUp(port);
      seen.hungUp++;
      return false; // there is no taking it back
    }
    if (action < 5)
      seen.received += rings[port].input.write(new Uint8Array(value % 200).fill(value));
    else seen.transmitted += rings[port].output.read(value % 300).length;
    this.harness.control.signal();
    return true;
  }

  serveHonestly(): void {
    const terminal = this.#terminal;
    // Port 0 may have emergency writes that wait for room.
    assert.equal(terminal.device.holdsOutput(1), false);
    this.#drain();
    if (this.features === WITHOUT_PORTS) {
      terminal.start(WITHOUT_PORTS);
    } else {
      terminal.start();
      terminal.give(2, 12, 64);
      terminal.tell(0xffffffff, 0, 1);
      terminal.tell(0, 3, 1);
      terminal.tell(1, 3, 1);
      const heard = terminal.hear();
      assert.equal(heard.filter(({ event }) => event === DEVICE_ADD).length, PORTS);
      assert.equal(heard.find(({ event }) => event === PORT_NAME)?.rest, 'one');
      terminal.tell(0, PORT_OPEN, 1);
    }
    terminal.transmit(1, 'from the guest');
    assert.equal(terminal.screen(), 'from the guest');
    assert.equal(terminal.type(0, 'from the page'), 13);
    terminal.give(0, 1, 64);
    assert.equal(terminal.text(0), 'from the page');
  }

  /** Empties the rings, and what waits for room in them. */
  #drain(): void {
    const { rings, harness } = this.#terminal;
    for (const { input, output } of rings) {
      input.read();
      while (output.read().length > 0) {
        harness.control.signal();
        harness.pump();
      }
    }
  }
}
