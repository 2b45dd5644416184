import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import { VIRTIO_CONSOLE_PORT_NAME, VIRTIO_CONSOLE_RESIZE } from './layout.ts';

/** Bytes of `struct virtio_console_control`: id (4), event (2), value (2) (VIRTIO 1.4, 5.3.6.2). */
export const CONTROL_LENGTH = 8;

/** A control message of the driver, copied out of guest memory. Read into again and again. */
export class ControlMessage {
  /** The port that it is about; any number. */
  id = 0;
  /** A VIRTIO_CONSOLE_* number, known or not. */
  event = 0;
  value = 0;
  readonly #cursor = new ChainCursor();

  /** Reads the device-readable part of `chain`. @returns false when it is too short for a message */
  read(chain: DescriptorChain): boolean {
    if (chain.readableLength < CONTROL_LENGTH) return false;
    const cursor = this.#cursor.toReadable(chain);
    this.id = cursor.read32();
    this.event = cursor.read16();
    this.value = cursor.read16();
    return true;
  }
}

/** A control message for the driver. */
export function controlMessage(id: number, event: number, value: number): Uint8Array {
  return withHeader(id, event, value, new Uint8Array(0));
}

/** Tells the driver a port's name. No zero follows it: its length is that of the buffer. */
export function nameMessage(id: number, name: string): Uint8Array {
  return withHeader(id, VIRTIO_CONSOLE_PORT_NAME, 1, new TextEncoder().encode(name));
}

/**
 * Tells the driver a console's size in characters, columns first, as the specification has it.
 * (Linux before 6.15, and its stable series before they took the correction, read the rows first.)
 */
export function resizeMessage(id: number, columns: number, rows: number): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint16(0, columns, true);
  new DataView(size.buffer).setUint16(2, rows, true);
  return withHeader(id, VIRTIO_CONSOLE_RESIZE, 0, size);
}

function withHeader(id: number, event: number, value: number, rest: Uint8Array): Uint8Array {
  const message = new Uint8Array(CONTROL_LENGTH + rest.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, id, true);
  view.setUint16(4, event, true);
  view.setUint16(6, value, true);
  message.set(rest, CONTROL_LENGTH);
  return message;
}
