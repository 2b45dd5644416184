import { ConsoleDevice } from '../../../../src/devices/console/console.ts';
import { ByteRing } from '../../../../src/link/byte-ring.ts';
import type { Driver } from '../../../support/driver.ts';
import { Harness, VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';

export const MULTIPORT = 1;
export const WITH_PORTS = [VIRTIO_F_VERSION_1, 0, MULTIPORT, 2];
export const WITHOUT_PORTS = [VIRTIO_F_VERSION_1, 0];

export const DEVICE_READY = 0;
export const DEVICE_ADD = 1;
export const PORT_READY = 3;
export const CONSOLE_PORT = 4;
export const RESIZE = 5;
export const PORT_OPEN = 6;
export const PORT_NAME = 7;

/** A control message as the guest reads it. */
export interface Heard {
  id: number;
  event: number;
  value: number;
  rest: string;
}

export interface TerminalOptions {
  names?: string[];
  /** Bytes of each ring. */
  capacity?: number;
  features?: readonly number[];
  queueSize?: number;
  /** Bytes of RAM. */
  memorySize?: number;
}

/** A console device with its page side (rings) and an honest guest side. */
export class Terminal {
  readonly device: ConsoleDevice;
  readonly harness: Harness;
  readonly rings: { output: ByteRing; input: ByteRing }[];
  readonly #queueSize: number;
  /** By queue: buffers that were given to the device, by head. */
  readonly #buffers = new Map<number, Map<number, { address: number; length: number }>>();

  constructor({
    names = [],
    capacity = 1024,
    features = WITH_PORTS,
    queueSize = 16,
    memorySize = 4 * 1024 * 1024,
  }: TerminalOptions = {}) {
    this.rings = ['console', ...names].map(() => ({
      output: ByteRing.create(capacity),
      input: ByteRing.create(capacity),
    }));
    const ports = this.rings.map(({ output, input }, index) => ({
      name: ['console', ...names][index],
      output: output.buffer,
      input: input.buffer,
    }));
    this.#queueSize = queueSize;
    this.device = new ConsoleDevice({ ports, columns: 80, rows: 24 });
    this.harness = new Harness(this.device, { memorySize, features });
  }

  /** The driver sets every queue up that it needs. */
  start(features: readonly number[] = WITH_PORTS): this {
    this.harness.negotiate(features);
    this.#buffers.clear();
    const queues = features.includes(MULTIPORT) ? this.harness.control.queueCount : 2;
    for (let queue = 0; queue < queues; queue++) {
      this.harness.enableQueue(queue, this.#queueSize);
      this.#buffers.set(queue, new Map());
    }
    this.harness.driverOk();
    return this;
  }

  /** As `start`, then as Linux does: control buffers, DEVICE_READY, and every port taken up. */
  startPorts(): this {
    this.start();
    this.give(2, 12, 64);
    this.tell(0xffffffff, DEVICE_READY, 1);
    for (const id of this.rings.keys()) this.tell(id, PORT_READY, 1);
    this.hear();
    this.give(2, 12, 64);
    return this;
  }

  driver(queue: number): Driver {
    return this.harness.driver(queue);
  }

  /** The driver gives `count` buffers of `length` bytes for the device to write to. */
  give(queue: number, count: number, length: number): void {
    const driver = this.driver(queue);
    for (let index = 0; index < count && driver.freeDescriptors > 0; index++) {
      const space = this.harness.space(length);
      this.#buffers.get(queue)?.set(driver.add([], [space]), space);
    }
    this.pump(queue);
  }

  /** What the device has written to buffers of `queue` since the last call, one by one. */
  take(queue: number): Uint8Array[] {
    return this.driver(queue)
      .collectUsed()
      .map(({ id, len }) => {
        const space = this.#buffers.get(queue)?.get(id);
        if (space === undefined) throw new Error(`buffer ${id} was not given`);
        this.#buffers.get(queue)?.delete(id);
        return this.harness.contents({ ...space, length: len });
      });
  }

  /** All that the device has written to buffers of `queue` since the last call, as text. */
  text(queue: number): string {
    return this.take(queue)
      .map((bytes) => new TextDecoder().decode(bytes))
      .join('');
  }

  /** The guest writes to a transmit queue. @returns the head */
  transmit(queue: number, ...pieces: (string | Uint8Array)[]): number {
    const head = this.driver(queue).add(pieces.map((piece) => this.harness.buffer(piece)));
    this.pump(queue);
    return head;
  }

  /** The driver sends a control message. */
  tell(id: number, event: number, value: number): void {
    const message = new Uint8Array(8);
    const view = new DataView(message.buffer);
    view.setUint32(0, id, true);
    view.setUint16(4, event, true);
    view.setUint16(6, value, true);
    this.transmit(3, message);
    this.driver(3).collectUsed();
  }

  /** The control messages that the device has sent since the last call. */
  hear(): Heard[] {
    return this.take(2).map((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return {
        id: view.getUint32(0, true),
        event: view.getUint16(4, true),
        value: view.getUint16(6, true),
        rest: new TextDecoder('latin1').decode(bytes.subarray(8)),
      };
    });
  }

  /** The page writes to a port. @returns bytes for which there was room */
  type(port: number, text: string): number {
    const written = this.rings[port].input.write(new TextEncoder().encode(text));
    this.signal();
    return written;
  }

  /** The page reads what a port has for it. */
  screen(port = 0, limit?: number): string {
    const text = new TextDecoder().decode(this.rings[port].output.read(limit));
    this.signal();
    return text;
  }

  /** The page has read or written a ring. */
  signal(): void {
    this.harness.control.signal();
    this.harness.pump();
  }

  pump(queue: number): void {
    this.harness.ring(queue);
    this.harness.pump();
  }
}
