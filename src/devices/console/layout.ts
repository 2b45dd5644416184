/** Numbers of the console device, as the specification names them (VIRTIO 1.4, 5.3). */

/** The virtio device type (5.3.1). */
export const VIRTIO_ID_CONSOLE = 3;

// Feature bits (5.3.3).
export const VIRTIO_CONSOLE_F_SIZE = 0;
export const VIRTIO_CONSOLE_F_MULTIPORT = 1;
export const VIRTIO_CONSOLE_F_EMERG_WRITE = 2;

// Fields of the device configuration space (5.3.4).
export const COLS_OFFSET = 0;
export const ROWS_OFFSET = 2;
export const MAX_NR_PORTS_OFFSET = 4;
export const EMERG_WR_OFFSET = 8;
export const CONFIGURATION_LENGTH = 12;

// Queues (5.3.2): receive and transmit of port 0, then of control, then of ports 1, 2, ...
export const CONTROL_RECEIVE_QUEUE = 2;
export const CONTROL_TRANSMIT_QUEUE = 3;

/** The queue by which port `port` gets what the page has written. */
export function receiveQueue(port: number): number {
  return port === 0 ? 0 : 2 * port + 2;
}

/** The queue by which port `port` gives what it has for the page. */
export function transmitQueue(port: number): number {
  return receiveQueue(port) + 1;
}

/** The port whose data goes through `queue`, which is no control queue. */
export function portOf(queue: number): number {
  return queue < CONTROL_RECEIVE_QUEUE ? 0 : (queue >> 1) - 1;
}

// Events of control messages (5.3.6.2).
export const VIRTIO_CONSOLE_DEVICE_READY = 0;
export const VIRTIO_CONSOLE_DEVICE_ADD = 1;
export const VIRTIO_CONSOLE_PORT_READY = 3;
export const VIRTIO_CONSOLE_CONSOLE_PORT = 4;
export const VIRTIO_CONSOLE_RESIZE = 5;
export const VIRTIO_CONSOLE_PORT_OPEN = 6;
export const VIRTIO_CONSOLE_PORT_NAME = 7;
