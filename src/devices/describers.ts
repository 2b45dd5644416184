import { blockDescriber } from './block/describer.ts';
import type { DeviceKind } from './catalogue.ts';
import { consoleDescriber } from './console/describer.ts';
import { counted, type DeviceDescriber } from './describer.ts';
import { rngDescriber } from './rng/describer.ts';

/** What there is to say about a device that nothing is known of but its virtio device type. */
export function strangeDescriber(type: number): DeviceDescriber {
  return {
    type,
    typeName: `Device of type ${type}`,
    section: '5',
    features: {},
    configuration: [],
    queueName: (queue) => `queue ${queue}`,
    describe: ({ readableLength, writableLength }) => ({
      title: `${counted(readableLength, 'readable byte')}, ${counted(writableLength, 'writable byte')}`,
      fields: [],
      text: null,
    }),
  };
}

/** What there is to say about each kind of device in the catalogue. */
export const describers = {
  block: blockDescriber,
  console: consoleDescriber,
  rng: rngDescriber,
} satisfies Record<DeviceKind, DeviceDescriber>;
