import { SECTOR_SIZE } from './layout.ts';
import { MAXIMUM_SEGMENT_SECTORS, MAXIMUM_SEGMENTS } from './segments.ts';

/** Request queues of a disk, unless told: more than one only pays where the guest has several CPUs. */
export const REQUEST_QUEUES = 4;
/** Entries of each request queue, unless told. */
export const QUEUE_SIZE = 256;
/** Data segments that one request may have at most, however large its queue. */
const MOST_SEGMENTS = 254;
/** Storage is best used in units of 2^3 sectors: 4096 bytes, the guest's page and our own. */
const PHYSICAL_BLOCK_EXPONENT = 3;

/**
 * Bytes that a data segment may have at most: so many that Linux, whose requests are of 1.25 MiB,
 * never has to cut one, and so few that MOST_SEGMENTS of them fit into one chain, which may have
 * 4 GiB. The odd sector is for SeaBIOS (1.16), which multiplies the two fields, takes the lower 16
 * bits for the length of its requests, and waits for ever when these are 0.
 */
export const MAXIMUM_SEGMENT_LENGTH = 16 * 2 ** 20 + SECTOR_SIZE;

/** Where the driver chooses between write-back (1) and write-through (0). */
export const WRITEBACK_OFFSET = 32;

/** Bytes of `struct virtio_blk_config` up to the last field that a feature of ours needs. */
export const CONFIGURATION_LENGTH = 60;

/** What the configuration of a disk follows from. */
export interface DiskGeometry {
  /** Bytes of the disk. */
  size: number;
  readOnly: boolean;
  requestQueues: number;
  /** Entries of each request queue. */
  queueSize: number;
}

/**
 * Fills `struct virtio_blk_config` (VIRTIO 1.4, 5.2.4). Fields of features that are not offered,
 * padding, and what the driver will write are 0.
 */
export function fillConfiguration(
  configuration: Uint8Array<SharedArrayBuffer>,
  { size, readOnly, requestQueues, queueSize }: DiskGeometry,
): void {
  const { buffer, byteOffset } = configuration;
  configuration.fill(0, 0, CONFIGURATION_LENGTH);
  const view = new DataView(buffer, byteOffset, CONFIGURATION_LENGTH);
  setCapacity(configuration, size);
  view.setUint32(8, MAXIMUM_SEGMENT_LENGTH, true); // size_max
  view.setUint32(12, segmentMaximum(queueSize), true); // seg_max
  view.setUint32(20, SECTOR_SIZE, true); // blk_size
  view.setUint8(24, PHYSICAL_BLOCK_EXPONENT); // topology.physical_block_exp
  view.setUint16(26, 1 << PHYSICAL_BLOCK_EXPONENT, true); // topology.min_io_size
  view.setUint16(34, offersSeveralQueues(requestQueues) ? requestQueues : 0, true); // num_queues
  if (readOnly) return;
  view.setUint32(36, MAXIMUM_SEGMENT_SECTORS, true); // max_discard_sectors
  view.setUint32(40, MAXIMUM_SEGMENTS, true); // max_discard_seg
  view.setUint32(44, 1 << PHYSICAL_BLOCK_EXPONENT, true); // discard_sector_alignment
  view.setUint32(48, MAXIMUM_SEGMENT_SECTORS, true); // max_write_zeroes_sectors
  view.setUint32(52, MAXIMUM_SEGMENTS, true); // max_write_zeroes_seg
  view.setUint8(56, 1); // write_zeroes_may_unmap
}

/** Fills the field `capacity`. @param size bytes of the disk */
export function setCapacity(configuration: Uint8Array<SharedArrayBuffer>, size: number): void {
  const view = new DataView(configuration.buffer, configuration.byteOffset, 8);
  const capacity = size / SECTOR_SIZE;
  view.setUint32(0, capacity % 2 ** 32, true);
  view.setUint32(4, Math.floor(capacity / 2 ** 32), true);
}

/** Whether a disk with so many queues offers VIRTIO_BLK_F_MQ. */
export function offersSeveralQueues(requestQueues: number): boolean {
  return requestQueues > 1;
}

/**
 * Data segments that a request may have: a queue full of descriptors, less one header and one
 * status. In a queue of two only indirect descriptors make room for data.
 */
function segmentMaximum(queueSize: number): number {
  return Math.min(Math.max(queueSize - 2, 1), MOST_SEGMENTS);
}
