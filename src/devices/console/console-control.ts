import { ChainCursor } from '../../ring/cursor.ts';
import type { DeviceQueue } from '../queue.ts';
import { ControlMessage, controlMessage, nameMessage, resizeMessage } from './control.ts';
import {
  VIRTIO_CONSOLE_CONSOLE_PORT,
  VIRTIO_CONSOLE_DEVICE_ADD,
  VIRTIO_CONSOLE_DEVICE_READY,
  VIRTIO_CONSOLE_PORT_OPEN,
  VIRTIO_CONSOLE_PORT_READY,
} from './layout.ts';
import { Notice, type Port } from './port.ts';

/**
 * The control conversation of a multiport console (VIRTIO 1.4, 5.3.6.2): the driver says that it
 * is ready and is told of each port; it says that a port is ready and is told what the port is;
 * from then on each side tells the other when it opens and closes a port.
 *
 * What the driver is to be told is kept as bits of each port, not as a list of messages: a driver
 * that asks again and again but never gives a buffer for an answer costs no memory.
 */
export class ConsoleControl {
  readonly #ports: readonly Port[];
  readonly #message = new ControlMessage();
  readonly #cursor = new ChainCursor();
  #columns = 0;
  #rows = 0;

  constructor(ports: readonly Port[]) {
    this.#ports = ports;
  }

  /** The console has this size, in characters. */
  setSize(columns: number, rows: number): void {
    this.#columns = columns;
    this.#rows = rows;
    if (this.#ports[0].ready) this.#ports[0].notices |= Notice.size;
  }

  /** The page has hung up. */
  hangUp(port: Port): void {
    port.hungUp = true;
  }

  /** Hears what the driver says. Messages that make no sense are passed over. */
  receive(queue: DeviceQueue): void {
    for (let chain = queue.take(); chain !== null; chain = queue.take()) {
      if (this.#message.read(chain)) this.#hear(this.#message);
      queue.complete(chain, 0);
    }
  }

  /** Tells the driver what it is to know, as far as it has given buffers. */
  send(queue: DeviceQueue): void {
    for (const port of this.#ports) {
      this.#noticeEndOfInput(port);
      while (port.notices !== 0) {
        const chain = queue.take();
        if (chain === null) return;
        const notice = port.notices & -port.notices;
        port.notices &= ~notice;
        const message = this.#compose(port, notice);
        // A message that the buffer cannot hold is lost, and the next one gets its chance.
        const fits = message.length <= chain.writableLength;
        const written = fits
          ? this.#cursor.toWritable(chain).copyIn(message, 0, message.length)
          : 0;
        queue.complete(chain, written);
      }
    }
  }

  #hear({ id, event, value }: ControlMessage): void {
    if (event === VIRTIO_CONSOLE_DEVICE_READY) {
      if (value === 1) for (const port of this.#ports) this.#add(port);
      return;
    }
    const port = this.#ports[id];
    if (port === undefined || !port.added) return;
    if (event === VIRTIO_CONSOLE_PORT_READY && value === 1) this.#present(port);
    if (event === VIRTIO_CONSOLE_PORT_OPEN) port.guestOpen = value === 1;
  }

  /** A port must not be added twice (5.3.6.2.1). */
  #add(port: Port): void {
    if (port.added) return;
    port.added = true;
    port.notices |= Notice.add;
  }

  #present(port: Port): void {
    if (port.ready) return;
    port.ready = true;
    if (port.id === 0) port.notices |= Notice.console | Notice.size;
    else port.notices |= Notice.name;
    const open = !port.hungUp || !port.input.isEmpty;
    if (open) port.notices |= Notice.open;
    port.openTold = open;
  }

  /** After a hang-up, once the guest has got every byte: it is told that the page has closed. */
  #noticeEndOfInput(port: Port): void {
    if (!port.hungUp || !port.openTold || !port.input.isEmpty) return;
    port.openTold = false;
    port.notices |= Notice.close;
  }

  #compose(port: Port, notice: number): Uint8Array {
    switch (notice) {
      case Notice.add:
        return controlMessage(port.id, VIRTIO_CONSOLE_DEVICE_ADD, 1);
      case Notice.console:
        return controlMessage(port.id, VIRTIO_CONSOLE_CONSOLE_PORT, 1);
      case Notice.size:
        return resizeMessage(port.id, this.#columns, this.#rows);
      case Notice.name:
        return nameMessage(port.id, port.name);
      default:
        return controlMessage(port.id, VIRTIO_CONSOLE_PORT_OPEN, notice === Notice.open ? 1 : 0);
    }
  }
}
