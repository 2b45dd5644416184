import type { BitMeaning } from '../../link/features.ts';
import {
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_CONFIG_WCE,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_MQ,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_SIZE_MAX,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_WRITE_ZEROES,
} from './layout.ts';

const meaning = (bit: number, text: string): BitMeaning => {
  return { bit, section: '5.2.3', meaning: text };
};

/** The features that a disk may offer, by the specification's names. */
export const BLOCK_FEATURES = {
  VIRTIO_BLK_F_SIZE_MAX: meaning(VIRTIO_BLK_F_SIZE_MAX, 'A segment has a largest size.'),
  VIRTIO_BLK_F_SEG_MAX: meaning(
    VIRTIO_BLK_F_SEG_MAX,
    'A request has a largest number of segments.',
  ),
  VIRTIO_BLK_F_RO: meaning(VIRTIO_BLK_F_RO, 'The disk is read-only.'),
  VIRTIO_BLK_F_BLK_SIZE: meaning(VIRTIO_BLK_F_BLK_SIZE, 'The disk tells the size of its blocks.'),
  VIRTIO_BLK_F_FLUSH: meaning(VIRTIO_BLK_F_FLUSH, 'The driver can have a cache flushed.'),
  VIRTIO_BLK_F_TOPOLOGY: meaning(VIRTIO_BLK_F_TOPOLOGY, 'The disk tells how it is best accessed.'),
  VIRTIO_BLK_F_CONFIG_WCE: meaning(
    VIRTIO_BLK_F_CONFIG_WCE,
    'The driver chooses between write-back and write-through.',
  ),
  VIRTIO_BLK_F_MQ: meaning(VIRTIO_BLK_F_MQ, 'There are several request queues.'),
  VIRTIO_BLK_F_DISCARD: meaning(VIRTIO_BLK_F_DISCARD, 'Sectors can be discarded.'),
  VIRTIO_BLK_F_WRITE_ZEROES: meaning(
    VIRTIO_BLK_F_WRITE_ZEROES,
    'Sectors can be zeroed without sending zeros.',
  ),
};
