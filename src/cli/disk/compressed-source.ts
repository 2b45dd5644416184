import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DescriptorFile } from './descriptor-file.ts';
import { SEGMENT_SIZE, type Segment, segmentsOf } from './segments.ts';
import type { DiskSource } from './source.ts';
import { ToolRun } from './tools.ts';

const PIECE = 1 << 18;

/** Unpacks what it is fed. */
type Unpack = (packed: AsyncIterable<Uint8Array>) => AsyncIterable<Segment>;

/** A raw image that is compressed as a whole. Its size is known when it was read. */
export class CompressedSource implements DiskSource {
  readonly size = undefined;
  readonly #file: DescriptorFile;
  readonly #unpack: Unpack;
  #position = 0;

  constructor(file: DescriptorFile, unpack: Unpack) {
    this.#file = file;
    this.#unpack = unpack;
  }

  get progress(): number {
    return this.#position / this.#file.getSize();
  }

  segments(): AsyncIterable<Segment> {
    return this.#unpack(this.#packed());
  }

  async *#packed(): AsyncGenerator<Uint8Array> {
    for (this.#position = 0; ; ) {
      const piece = new Uint8Array(PIECE);
      const got = this.#file.read(piece, { at: this.#position });
      if (got === 0) return;
      this.#position += got;
      yield piece.subarray(0, got);
    }
  }
}

export async function* unpackGzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Segment> {
  const unpacked = createGunzip({ chunkSize: SEGMENT_SIZE });
  const fed = pipeline(packed, unpacked);
  fed.catch(() => {}); // what is wrong with the data, `unpacked` tells too
  yield* segmentsOf(unpacked);
  await fed;
}

export async function* unpackZstd(
  packed: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Segment> {
  // Any window that zstd itself can write, it is to read.
  const { child, ended } = new ToolRun('zstd', ['-dcq', '--long=31'], ['pipe', 'pipe'], signal);
  try {
    const fed = pipeline(packed, child.stdin!);
    fed.catch(() => {}); // a program that has ended takes no more; it says itself why it has
    yield* segmentsOf(child.stdout!);
    await ended;
    await fed;
  } finally {
    child.kill();
  }
}
