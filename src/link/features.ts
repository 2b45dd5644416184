/** Feature bits that belong to the rings and the transport, not to a device (VIRTIO 1.4, 6). */
export const Feature = {
  indirectDescriptors: 28,
  eventIndex: 29,
  version1: 32,
  ringReset: 40,
} as const;
