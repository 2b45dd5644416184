import { PAGE_SIZE } from '../../devices/block/store/format.ts';
import { runsOf } from '../../devices/block/zeros.ts';
import { inEqualPieces } from '../../disk-work/bytes.ts';

/** The most bytes of data in a segment. */
export const SEGMENT_SIZE = 1 << 20;
const ZEROS = new Uint8Array(SEGMENT_SIZE);

/**
 * A stretch of a disk, which follows the one before. Data begin at a multiple of 4096 of the disk;
 * nobody changes them afterwards.
 */
export interface Segment {
  /** Bytes, of data at most SEGMENT_SIZE. */
  readonly length: number;
  /** Null for zeros. */
  readonly data: Uint8Array<ArrayBuffer> | null;
}

/** Tells zeros from data, by blocks of 4096 bytes. @param bytes at most SEGMENT_SIZE */
export function* withoutZeros(bytes: Uint8Array<ArrayBuffer>): Generator<Segment> {
  for (const { from, to, zero } of runsOf(bytes, PAGE_SIZE)) {
    yield { length: to - from, data: zero ? null : bytes.subarray(from, to) };
  }
}

/** A disk that arrives in pieces of any size. */
export async function* segmentsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Segment> {
  for await (const piece of inEqualPieces(pieces, SEGMENT_SIZE)) yield* withoutZeros(piece);
}

/** All bytes of a disk, zeros too. */
export async function* bytesOf(segments: AsyncIterable<Segment>): AsyncGenerator<Uint8Array> {
  for await (const { length, data } of segments) {
    if (data !== null) yield data;
    else yield* zeros(length);
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= SEGMENT_SIZE) {
    yield ZEROS.subarray(0, Math.min(left, SEGMENT_SIZE));
  }
}

/** Segments to be taken in portions of any length. */
export class SegmentReader {
  readonly #segments: AsyncIterator<Segment>;
  /** What was begun and is not all taken. */
  #rest: Segment = { length: 0, data: null };

  constructor(segments: AsyncIterable<Segment>) {
    this.#segments = segments[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; behind the end there are zeros. */
  async *take(length: number): AsyncGenerator<Segment> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#segments.next();
        this.#rest = next.done ? { length: left, data: null } : next.value;
      }
      const { data, length: available } = this.#rest;
      const count = Math.min(left, available);
      yield { length: count, data: data?.subarray(0, count) ?? null };
      this.#rest = { length: available - count, data: data?.subarray(count) ?? null };
      left -= count;
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#segments.return?.();
  }
}
