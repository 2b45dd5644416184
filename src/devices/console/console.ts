import { type DeviceDescription, VirtioDevice } from '../device.ts';
import type { DeviceRuntime } from '../runtime.ts';
import { ConsoleControl } from './console-control.ts';
import {
  COLS_OFFSET,
  CONFIGURATION_LENGTH,
  CONTROL_RECEIVE_QUEUE,
  CONTROL_TRANSMIT_QUEUE,
  EMERG_WR_OFFSET,
  MAX_NR_PORTS_OFFSET,
  ROWS_OFFSET,
  receiveQueue,
  transmitQueue,
  VIRTIO_CONSOLE_F_EMERG_WRITE,
  VIRTIO_CONSOLE_F_MULTIPORT,
  VIRTIO_CONSOLE_F_SIZE,
  VIRTIO_ID_CONSOLE,
} from './layout.ts';
import { Port, type PortOptions, type PortState } from './port.ts';

/** Entries of a data queue, and of a control queue. */
const DATA_QUEUE_SIZE = 256;
const CONTROL_QUEUE_SIZE = 64;

/** What a console is made of. */
export interface ConsoleOptions {
  /** At least one. Port 0 is the console, hvc0. */
  ports: readonly PortOptions[];
  /** Size of the console in characters; 80 by 24 unless told. */
  columns?: number | undefined;
  rows?: number | undefined;
}

/** A console in a snapshot. */
interface ConsoleState {
  columns: number;
  rows: number;
  ports: PortState[];
}

/**
 * The virtio console device (VIRTIO 1.4, 5.3): a console on port 0 and any number of further
 * byte streams, each between the guest and two rings that the page reads and writes.
 */
export class ConsoleDevice extends VirtioDevice {
  readonly description: DeviceDescription;
  readonly #ports: readonly Port[];
  readonly #control: ConsoleControl;
  #columns: number;
  #rows: number;

  constructor({ ports, columns = 80, rows = 24 }: ConsoleOptions) {
    super();
    if (ports.length === 0) throw new RangeError('a console needs a port');
    this.#ports = ports.map((options, id) => new Port(id, options));
    this.#control = new ConsoleControl(this.#ports);
    this.#columns = columns;
    this.#rows = rows;
    this.description = {
      type: VIRTIO_ID_CONSOLE,
      classCode: 0x078000, // communication controller, other
      features: [VIRTIO_CONSOLE_F_SIZE, VIRTIO_CONSOLE_F_MULTIPORT, VIRTIO_CONSOLE_F_EMERG_WRITE],
      queueSizes: queueSizes(ports.length),
      configurationLength: CONFIGURATION_LENGTH,
      // Linux's console driver gives a buffer and polls until it is back.
      polledQueues: ports.map((_, id) => transmitQueue(id)),
    };
  }

  override attach(runtime: DeviceRuntime): void {
    super.attach(runtime);
    const { buffer, byteOffset } = runtime.configuration;
    const view = new DataView(buffer, byteOffset, CONFIGURATION_LENGTH);
    view.setUint32(MAX_NR_PORTS_OFFSET, this.#ports.length, true);
    view.setUint32(EMERG_WR_OFFSET, 0, true);
    this.#fillSize();
    this.#control.setSize(this.#columns, this.#rows);
  }

  override run(): void {
    const { queues } = this.runtime;
    if (!this.runtime.hasFeature(VIRTIO_CONSOLE_F_MULTIPORT)) {
      const [port] = this.#ports;
      port.output.run(queues[transmitQueue(0)]);
      port.input.run(queues[receiveQueue(0)]);
      return;
    }
    this.#control.receive(queues[CONTROL_TRANSMIT_QUEUE]);
    for (const port of this.#ports) {
      port.output.run(queues[transmitQueue(port.id)]);
      if (port.guestOpen) port.input.run(queues[receiveQueue(port.id)]);
    }
    this.#control.send(queues[CONTROL_RECEIVE_QUEUE]);
  }

  override reset(): void {
    for (const port of this.#ports) {
      port.reset();
      port.output.reset(this.runtime.queues[transmitQueue(port.id)]);
    }
  }

  override queueReset(queue: number): void {
    const port = this.#ports.find(({ id }) => transmitQueue(id) === queue);
    port?.output.reset(this.runtime.queues[queue]);
  }

  override save(): ConsoleState {
    const ports = this.#ports.map((port) => port.save());
    return { columns: this.#columns, rows: this.#rows, ports };
  }

  /** The size is the one that the driver knows; whoever has a terminal of another tells it again. */
  override restore({ columns, rows, ports }: ConsoleState): void {
    this.#columns = columns;
    this.#rows = rows;
    this.#control.setSize(columns, rows);
    this.#ports.forEach((port, index) => {
      port.restore(ports[index]);
    });
  }

  /** Only `emerg_wr` can be written; its lower byte is output, whatever state the device is in. */
  override configurationWritten(offset: number, _width: number, value: number): void {
    if (offset === EMERG_WR_OFFSET) this.#ports[0].output.emergencyWrite(value & 0xff);
  }

  /** The console has another size now, in characters (1 to 65535 each). */
  resize(columns: number, rows: number): void {
    if (columns === this.#columns && rows === this.#rows) return;
    this.#columns = columns;
    this.#rows = rows;
    this.runtime.changeConfiguration(() => this.#fillSize());
    this.#control.setSize(columns, rows);
  }

  /**
   * The page has written its last to port `port`: once the guest has taken all of it, it reads
   * end-of-file. @throws RangeError when there is no such port
   */
  hangUp(port: number): void {
    this.#control.hangUp(this.#port(port));
  }

  /** Whether output of port `port` waits for room; a device that is paused or held passes nothing on, so there none does. @throws RangeError when there is no such port */
  holdsOutput(port: number): boolean {
    const { output } = this.#port(port);
    if (this.runtime.standsStill) return false;
    return output.waits || this.runtime.queues[transmitQueue(port)].waiting > 0;
  }

  #port(port: number): Port {
    if (this.#ports[port] === undefined) throw new RangeError(`the console has no port ${port}`);
    return this.#ports[port];
  }

  #fillSize(): void {
    const { buffer, byteOffset } = this.runtime.configuration;
    const view = new DataView(buffer, byteOffset, CONFIGURATION_LENGTH);
    view.setUint16(COLS_OFFSET, this.#columns, true);
    view.setUint16(ROWS_OFFSET, this.#rows, true);
  }
}

/** Receive and transmit of port 0, of control, and of the other ports. */
function queueSizes(ports: number): number[] {
  const sizes = new Array(2 * (ports + 1)).fill(DATA_QUEUE_SIZE);
  sizes[CONTROL_RECEIVE_QUEUE] = CONTROL_QUEUE_SIZE;
  sizes[CONTROL_TRANSMIT_QUEUE] = CONTROL_QUEUE_SIZE;
  return sizes;
}
