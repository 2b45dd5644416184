/** Numbers of the entropy device, as the specification names them (VIRTIO 1.4, 5.4). */

/** The virtio device type (5.4.1). */
export const VIRTIO_ID_ENTROPY = 4;
