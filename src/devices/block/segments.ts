import {
  type BlockStatus,
  SECTOR_SIZE,
  SEGMENT_LENGTH,
  VIRTIO_BLK_S_IOERR,
  VIRTIO_BLK_S_OK,
  VIRTIO_BLK_S_UNSUPP,
  VIRTIO_BLK_T_DISCARD,
  VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP,
} from './layout.ts';
import type { BlockRequest } from './request.ts';

/** Segments that one discard or write-zeroes request may have. */
export const MAXIMUM_SEGMENTS = 64;
/** Sectors of one segment: 1 GiB, so that a single request never takes long. */
export const MAXIMUM_SEGMENT_SECTORS = 2 ** 21;

/**
 * The segments of a discard or write-zeroes request (VIRTIO 1.4, 5.2.6). All of them are copied
 * out of guest memory and checked before the first is carried out: a request that is refused has
 * done nothing. An object is parsed into again and again.
 */
export class BlockSegments {
  count = 0;
  /** Bytes, for segments 0 to `count` - 1. */
  readonly offsets = new Float64Array(MAXIMUM_SEGMENTS);
  /** Bytes. */
  readonly lengths = new Float64Array(MAXIMUM_SEGMENTS);
  /** 1 where the segment may be deallocated. */
  readonly unmaps = new Uint8Array(MAXIMUM_SEGMENTS);
  readonly #bytes = new Uint8Array(MAXIMUM_SEGMENTS * SEGMENT_LENGTH);
  readonly #view = new DataView(this.#bytes.buffer);

  /** Copies and checks. @param size bytes of the disk @returns the status to refuse with, or OK */
  parse(request: BlockRequest, size: number): BlockStatus {
    const { length } = request;
    const whole = Math.min(Math.floor(length / SEGMENT_LENGTH), MAXIMUM_SEGMENTS);
    request.data.take(0, this.#bytes, 0, whole * SEGMENT_LENGTH);
    this.count = whole;
    // An unknown flag decides over everything else that may be wrong: the specification says MUST.
    for (let index = 0; index < whole; index++) {
      if (!this.#flagsAreKnown(index, request.type)) return VIRTIO_BLK_S_UNSUPP;
    }
    if (whole === 0 || whole * SEGMENT_LENGTH !== length) return VIRTIO_BLK_S_IOERR;
    for (let index = 0; index < this.count; index++) {
      if (!this.#rangeIsSound(index, size)) return VIRTIO_BLK_S_IOERR;
    }
    return VIRTIO_BLK_S_OK;
  }

  #flagsAreKnown(index: number, type: number): boolean {
    const flags = this.#view.getUint32(index * SEGMENT_LENGTH + 12, true);
    this.unmaps[index] = flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
    // Discarding is unmapping: the flag must be 0 there (5.2.6.2).
    const known = type === VIRTIO_BLK_T_DISCARD ? 0 : VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
    return (flags & ~known) === 0;
  }

  #rangeIsSound(index: number, size: number): boolean {
    const start = index * SEGMENT_LENGTH;
    const sectorHigh = this.#view.getUint32(start + 4, true);
    const sector = sectorHigh * 2 ** 32 + this.#view.getUint32(start, true);
    const sectors = this.#view.getUint32(start + 8, true);
    this.offsets[index] = sector * SECTOR_SIZE;
    this.lengths[index] = sectors * SECTOR_SIZE;
    return sectors <= MAXIMUM_SEGMENT_SECTORS && this.offsets[index] + this.lengths[index] <= size;
  }
}
