import type { DescriptorFile } from './descriptor-file.ts';
import { SEGMENT_SIZE, type Segment, withoutZeros } from './segments.ts';

/** A disk to be read from its beginning to its end. */
export interface DiskSource {
  /** Bytes of the disk; undefined when only reading all of it tells. */
  readonly size: number | undefined;
  /** How far the reading is, 0 to 1. */
  readonly progress: number;
  /** All of the disk; it may be read again, from the beginning, when it was read to the end. */
  segments(): AsyncIterable<Segment>;
}

/** A raw image. */
export class RawSource implements DiskSource {
  readonly size: number;
  readonly file: DescriptorFile;
  #position = 0;

  constructor(file: DescriptorFile) {
    this.file = file;
    this.size = file.getSize();
  }

  get progress(): number {
    return this.#position / this.size;
  }

  async *segments(): AsyncGenerator<Segment> {
    for (this.#position = 0; this.#position < this.size; this.#position += SEGMENT_SIZE) {
      const bytes = new Uint8Array(Math.min(SEGMENT_SIZE, this.size - this.#position));
      this.file.readWhole(bytes, this.#position);
      yield* withoutZeros(bytes);
    }
  }
}
