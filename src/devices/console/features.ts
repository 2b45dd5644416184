import type { BitMeaning } from '../../link/features.ts';
import {
  VIRTIO_CONSOLE_F_EMERG_WRITE,
  VIRTIO_CONSOLE_F_MULTIPORT,
  VIRTIO_CONSOLE_F_SIZE,
} from './layout.ts';

const meaning = (bit: number, text: string): BitMeaning => {
  return { bit, section: '5.3.3', meaning: text };
};

/** The features that a console may offer, by the specification's names. */
export const CONSOLE_FEATURES = {
  VIRTIO_CONSOLE_F_SIZE: meaning(VIRTIO_CONSOLE_F_SIZE, 'The console tells its size.'),
  VIRTIO_CONSOLE_F_MULTIPORT: meaning(
    VIRTIO_CONSOLE_F_MULTIPORT,
    'There may be several ports, and queues to control them.',
  ),
  VIRTIO_CONSOLE_F_EMERG_WRITE: meaning(
    VIRTIO_CONSOLE_F_EMERG_WRITE,
    'A byte can be written without any queue.',
  ),
};
