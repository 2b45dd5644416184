/** Numbers of the block device, as the specification names them (VIRTIO 1.4, 5.2). */

/** The virtio device type (5.2.1). */
export const VIRTIO_ID_BLOCK = 2;

/** Capacities, positions and lengths count sectors of this many bytes (5.2.4). */
export const SECTOR_SIZE = 512;

// Feature bits (5.2.3).
export const VIRTIO_BLK_F_SIZE_MAX = 1;
export const VIRTIO_BLK_F_SEG_MAX = 2;
export const VIRTIO_BLK_F_RO = 5;
export const VIRTIO_BLK_F_BLK_SIZE = 6;
export const VIRTIO_BLK_F_FLUSH = 9;
export const VIRTIO_BLK_F_TOPOLOGY = 10;
export const VIRTIO_BLK_F_CONFIG_WCE = 11;
export const VIRTIO_BLK_F_MQ = 12;
export const VIRTIO_BLK_F_DISCARD = 13;
export const VIRTIO_BLK_F_WRITE_ZEROES = 14;

// Request types (5.2.6).
export const VIRTIO_BLK_T_IN = 0;
export const VIRTIO_BLK_T_OUT = 1;
export const VIRTIO_BLK_T_FLUSH = 4;
export const VIRTIO_BLK_T_GET_ID = 8;
export const VIRTIO_BLK_T_DISCARD = 11;
export const VIRTIO_BLK_T_WRITE_ZEROES = 13;

/** Whether the data of a request of such a type are for the device to read. */
export function hasDataToRead(type: number): boolean {
  return (
    type === VIRTIO_BLK_T_OUT || type === VIRTIO_BLK_T_DISCARD || type === VIRTIO_BLK_T_WRITE_ZEROES
  );
}

// The status byte (5.2.6).
export const VIRTIO_BLK_S_OK = 0;
export const VIRTIO_BLK_S_IOERR = 1;
export const VIRTIO_BLK_S_UNSUPP = 2;
export type BlockStatus =
  | typeof VIRTIO_BLK_S_OK
  | typeof VIRTIO_BLK_S_IOERR
  | typeof VIRTIO_BLK_S_UNSUPP;

/** Bytes of a request's header: type (4), reserved (4), sector (8). */
export const HEADER_LENGTH = 16;
/** Bytes of the answer to VIRTIO_BLK_T_GET_ID. */
export const ID_LENGTH = 20;
/** Bytes of one segment of a discard or write-zeroes request: sector (8), number (4), flags (4). */
export const SEGMENT_LENGTH = 16;
/** The device may deallocate the sectors of this write-zeroes segment. */
export const VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP = 1;
