/** Feature bits that belong to the rings and the transport, not to a device (VIRTIO 1.4, 6). */
export const Feature = {
  indirectDescriptors: 28,
  eventIndex: 29,
  version1: 32,
  ringReset: 40,
} as const;

/** What a person may want to know of a bit that the specification has a name for. */
export interface BitMeaning {
  bit: number;
  /** The section of VIRTIO 1.4 that defines it. */
  section: string;
  /** One short sentence. */
  meaning: string;
}

/** The same by the specification's names. */
export const COMMON_FEATURES = {
  VIRTIO_F_INDIRECT_DESC: {
    bit: Feature.indirectDescriptors,
    section: '2.7.5.3',
    meaning: 'A descriptor may refer to a table of further ones.',
  },
  VIRTIO_F_EVENT_IDX: {
    bit: Feature.eventIndex,
    section: '2.7.7',
    meaning: 'Each side says by an index when it wants to be notified again.',
  },
  VIRTIO_F_VERSION_1: {
    bit: Feature.version1,
    section: '6',
    meaning: 'Driver and device keep to version 1 of the specification or later.',
  },
  VIRTIO_F_RING_RESET: {
    bit: Feature.ringReset,
    section: '2.6.1',
    meaning: 'The driver can reset one queue alone.',
  },
} as const satisfies Record<string, BitMeaning>;
