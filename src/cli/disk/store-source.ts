import { PAGE_SIZE } from '../../devices/block/store/format.ts';
import { isPage, NOT_HERE } from '../../devices/block/store/page-map.ts';
import type { Recovered } from '../../devices/block/store/recovery.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { SEGMENT_SIZE, type Segment, SegmentReader, withoutZeros } from './segments.ts';
import type { DiskSource } from './source.ts';

const MOST_BLOCKS = SEGMENT_SIZE / PAGE_SIZE;
/** Of blocks that are not here there may be as many as there are: they come in portions. */
const MOST_ABSENT = 64 * MOST_BLOCKS;

/**
 * The disk of a store, on its base. Opening a store as a disk writes to it; this only reads what
 * an opening would find.
 */
export class StoreSource implements DiskSource {
  readonly size: number;
  readonly #file: DescriptorFile;
  readonly #map: Recovered['map'];
  readonly #base: DiskSource | null;
  readonly #blocks: number;
  #block = 0;

  /** @param base what the disk has where the store has nothing; null for zeros */
  constructor(file: DescriptorFile, { superblock, map }: Recovered, base: DiskSource | null) {
    this.size = superblock.size;
    this.#file = file;
    this.#map = map;
    this.#base = base;
    this.#blocks = Math.ceil(this.size / PAGE_SIZE);
  }

  get progress(): number {
    return this.#block / this.#blocks;
  }

  async *segments(): AsyncGenerator<Segment> {
    const base = new SegmentReader(this.#base?.segments() ?? nothing());
    try {
      for (this.#block = 0; this.#block < this.#blocks; ) {
        const end = this.#endOfRun(this.#block);
        const length = Math.min(end * PAGE_SIZE, this.size) - this.#block * PAGE_SIZE;
        const fromBase = base.take(length);
        if (this.#map.get(this.#block) === NOT_HERE) yield* fromBase;
        else {
          yield* this.#stored(this.#block, length);
          for await (const _ of fromBase); // what is below is passed over
        }
        this.#block = end;
      }
    } finally {
      await base.close();
    }
  }

  /** Where the blocks end that are like `block`: not here, zeros, or one behind the other. */
  #endOfRun(block: number): number {
    const where = this.#map.get(block);
    if (where === NOT_HERE) {
      return this.#map.nextHere(block, Math.min(this.#blocks, block + MOST_ABSENT));
    }
    const last = Math.min(this.#blocks, block + MOST_BLOCKS);
    let end = block + 1;
    while (end < last && this.#map.get(end) === (isPage(where) ? where + end - block : where))
      end++;
    return end;
  }

  *#stored(block: number, length: number): Generator<Segment> {
    const where = this.#map.get(block);
    const bytes = new Uint8Array(length);
    if (isPage(where)) this.#file.readWhole(bytes, where * PAGE_SIZE);
    yield* withoutZeros(bytes);
  }
}

async function* nothing(): AsyncGenerator<Segment> {}
