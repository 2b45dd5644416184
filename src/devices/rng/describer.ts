import type { DescriptorChain } from '../../ring/chain.ts';
import { counted, type DeviceDescriber, type RequestDescription } from '../describer.ts';
import { VIRTIO_ID_ENTROPY } from './layout.ts';

/** What there is to say about the entropy device (VIRTIO 1.4, 5.4). */
export const rngDescriber = {
  type: VIRTIO_ID_ENTROPY,
  typeName: 'Entropy Device',
  section: '5.4',
  features: {},
  configuration: [],
  queueName: () => 'requestq',
  describe: describeRequest,
} satisfies DeviceDescriber;

function describeRequest(chain: DescriptorChain): RequestDescription {
  const length = chain.writableLength;
  return {
    title: `Fill ${counted(length, 'byte')} with random ones`,
    fields: [
      {
        name: 'buffer',
        value: counted(length, 'byte'),
        section: '5.4.6',
        part: 'writable',
        offset: 0,
        length,
      },
    ],
    text: null,
  };
}
