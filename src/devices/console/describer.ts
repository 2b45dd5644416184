import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import {
  counted,
  type DeviceDescriber,
  named,
  type RequestDescription,
  type RequestField,
  TEXT_LENGTH,
} from '../describer.ts';
import { CONTROL_LENGTH, ControlMessage } from './control.ts';
import { CONSOLE_FEATURES } from './features.ts';
import {
  COLS_OFFSET,
  CONTROL_RECEIVE_QUEUE,
  CONTROL_TRANSMIT_QUEUE,
  EMERG_WR_OFFSET,
  MAX_NR_PORTS_OFFSET,
  portOf,
  ROWS_OFFSET,
  VIRTIO_CONSOLE_CONSOLE_PORT,
  VIRTIO_CONSOLE_DEVICE_ADD,
  VIRTIO_CONSOLE_DEVICE_READY,
  VIRTIO_CONSOLE_PORT_NAME,
  VIRTIO_CONSOLE_PORT_OPEN,
  VIRTIO_CONSOLE_PORT_READY,
  VIRTIO_CONSOLE_RESIZE,
  VIRTIO_ID_CONSOLE,
} from './layout.ts';

const EVENT_NAMES = {
  VIRTIO_CONSOLE_DEVICE_READY,
  VIRTIO_CONSOLE_DEVICE_ADD,
  VIRTIO_CONSOLE_PORT_READY,
  VIRTIO_CONSOLE_CONSOLE_PORT,
  VIRTIO_CONSOLE_RESIZE,
  VIRTIO_CONSOLE_PORT_OPEN,
  VIRTIO_CONSOLE_PORT_NAME,
};

/** What there is to say about the console and its buffers (VIRTIO 1.4, 5.3). */
export const consoleDescriber = {
  type: VIRTIO_ID_CONSOLE,
  typeName: 'Console Device',
  section: '5.3',
  features: CONSOLE_FEATURES,
  configuration: (
    [
      ['cols', COLS_OFFSET, 2],
      ['rows', ROWS_OFFSET, 2],
      ['max_nr_ports', MAX_NR_PORTS_OFFSET, 4],
      ['emerg_wr', EMERG_WR_OFFSET, 4],
    ] as const
  ).map(([name, offset, width]) => ({ name, offset, width, section: '5.3.4' })),
  queueName: (queue: number) => {
    if (queue === CONTROL_RECEIVE_QUEUE) return 'control receiveq';
    if (queue === CONTROL_TRANSMIT_QUEUE) return 'control transmitq';
    return `${isReceiveQueue(queue) ? 'receiveq' : 'transmitq'}(port${portOf(queue)})`;
  },
  describe: (chain: DescriptorChain, queue: number) => {
    const isControl = queue === CONTROL_RECEIVE_QUEUE || queue === CONTROL_TRANSMIT_QUEUE;
    return isControl ? describeControl(chain, queue) : describeData(chain, queue);
  },
} satisfies DeviceDescriber;

/** Receive and transmit take turns. */
function isReceiveQueue(queue: number): boolean {
  return queue % 2 === 0;
}

/** Bytes of a port (5.3.6): what the buffer of a receive queue holds is from before, or arrived. */
function describeData(chain: DescriptorChain, queue: number): RequestDescription {
  const receives = isReceiveQueue(queue);
  const part = receives ? 'writable' : 'readable';
  const length = receives ? chain.writableLength : chain.readableLength;
  const title = receives
    ? `Room for ${counted(length, 'byte')} to port ${portOf(queue)}`
    : `${counted(length, 'byte')} from port ${portOf(queue)}`;
  const value = counted(length, 'byte');
  return {
    title,
    fields: [{ name: 'data', value, section: '5.3.6', part, offset: 0, length }],
    text: textOf(chain, part, length),
  };
}

/** A control message (5.3.6.2), or room for one. */
function describeControl(chain: DescriptorChain, queue: number): RequestDescription {
  if (queue === CONTROL_RECEIVE_QUEUE) {
    const room = counted(chain.writableLength, 'byte');
    return { title: `Room for a control message: ${room}`, fields: [], text: null };
  }
  const message = new ControlMessage();
  if (!message.read(chain)) {
    const length = counted(chain.readableLength, 'byte');
    const title = `${length}, which are no control message of ${CONTROL_LENGTH}`;
    return { title, fields: [], text: null };
  }
  const event = named(EVENT_NAMES, message.event);
  return {
    title: `${event.replace(/ .*/, '')} of port ${message.id}: ${message.value}`,
    fields: [
      controlField('id', `${message.id}`, 0, 4),
      controlField('event', event, 4, 2),
      controlField('value', `${message.value}`, 6, 2),
    ],
    text: null,
  };
}

function controlField(name: string, value: string, offset: number, length: number): RequestField {
  return { name, value, section: '5.3.6.2', part: 'readable', offset, length };
}

function textOf(chain: DescriptorChain, part: 'readable' | 'writable', length: number): string {
  const bytes = new Uint8Array(Math.min(length, TEXT_LENGTH));
  const cursor = new ChainCursor();
  if (part === 'readable') cursor.toReadable(chain);
  else cursor.toWritable(chain);
  cursor.copyOut(bytes, 0, bytes.length);
  return new TextDecoder().decode(bytes);
}
