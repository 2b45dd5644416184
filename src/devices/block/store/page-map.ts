/** Blocks of one chunk of the map. */
const CHUNK_BLOCKS = 1024;
const CHUNK_SHIFT = Math.log2(CHUNK_BLOCKS);
const WITHIN_CHUNK = CHUNK_BLOCKS - 1;

/** What a block of the disk can be besides a page of the file; pages 0 and 1 are superblocks. */
export const NOT_HERE = 0;
export const ZEROS = 1;
export const FIRST_PAGE = 2;

/** Whether a block is in a page of the file, by what the map says of it. */
export function isPage(where: number): boolean {
  return where >= FIRST_PAGE;
}

/**
 * Where each block of the disk is: NOT_HERE, ZEROS, or a page of the file. Costs memory only for
 * stretches of the disk of which something is here.
 */
export class PageMap {
  readonly #chunks = new Map<number, Uint32Array>();
  #size = 0;

  /** Blocks that are here, zeros among them. */
  get size(): number {
    return this.#size;
  }

  get(block: number): number {
    const chunk = this.#chunks.get(block >>> CHUNK_SHIFT);
    return chunk === undefined ? NOT_HERE : chunk[block & WITHIN_CHUNK];
  }

  set(block: number, page: number): void {
    const key = block >>> CHUNK_SHIFT;
    let chunk = this.#chunks.get(key);
    if (chunk === undefined) {
      if (page === NOT_HERE) return;
      chunk = new Uint32Array(CHUNK_BLOCKS);
      this.#chunks.set(key, chunk);
    }
    const within = block & WITHIN_CHUNK;
    this.#size += Number(page !== NOT_HERE) - Number(chunk[within] !== NOT_HERE);
    chunk[within] = page;
  }

  /** The first block from `from` on, and before `end`, that is here; `end` when there is none. */
  nextHere(from: number, end: number): number {
    let block = from;
    while (block < end) {
      const chunk = this.#chunks.get(block >>> CHUNK_SHIFT);
      if (chunk === undefined) {
        block = this.#nextChunk(block, end);
        continue;
      }
      const stop = Math.min(end, (block | WITHIN_CHUNK) + 1);
      while (block < stop && chunk[block & WITHIN_CHUNK] === NOT_HERE) block++;
      if (block < stop) return block;
    }
    return end;
  }

  /** The first block of the chunk after the missing one of `block`; far ones are not walked to. */
  #nextChunk(block: number, end: number): number {
    const next = (block | WITHIN_CHUNK) + 1;
    if ((end - next) >>> CHUNK_SHIFT <= this.#chunks.size) return next;
    let nearest = Number.POSITIVE_INFINITY;
    for (const key of this.#chunks.keys()) {
      const first = key * CHUNK_BLOCKS;
      if (first >= next && first < nearest) nearest = first;
    }
    return Math.min(nearest, end);
  }
}
