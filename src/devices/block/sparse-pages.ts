import { checksum, combine } from './store/checksum.ts';

/** Bytes of a page: what the guest mostly reads and writes at once. */
export const PAGE_SIZE = 4096;
/** Bytes that are allocated at once. */
export const CHUNK_SIZE = 65536;
const PAGES_PER_CHUNK = CHUNK_SIZE / PAGE_SIZE;
const CHUNK_BITS = Math.log2(PAGES_PER_CHUNK);

export function isZero(words: Int32Array): boolean {
  for (let index = 0; index < words.length; index++) if (words[index] !== 0) return false;
  return true;
}

/** 64 KiB of storage. The view of each page is made once, since copies are per page. */
export class Chunk {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly pages: Uint8Array[] = [];
  /** It belongs to what the disk was made with, which is kept: see `SparsePages.freeze`. */
  frozen = false;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    for (let page = 0; page < PAGES_PER_CHUNK; page++) {
      this.pages.push(new Uint8Array(buffer, page * PAGE_SIZE, PAGE_SIZE));
    }
  }
}

/**
 * A long row of bytes that are zero until they are written, and cost memory only then. Pages are
 * numbered from 0; there is no end. What was there at a moment can be kept, at the cost of what is changed
 * afterwards.
 */
export class SparsePages {
  #chunks = new Map<number, Chunk>();
  /** What there was at the last `freeze`. */
  #frozen = new Map<number, Chunk>();

  /** Bytes of memory in use. */
  get allocated(): number {
    return this.#chunks.size * CHUNK_SIZE;
  }

  /**
   * The ranges of bytes that are stored, in whole chunks, none touching the next.
   * @param from bytes; ranges begin there or later
   * @param limit ranges to list at most
   */
  storedRanges(from: number, limit: number): { offset: number; length: number }[] {
    const first = Math.floor(from / CHUNK_SIZE);
    const chunks = [...this.#chunks.keys()].filter((chunk) => chunk >= first);
    const ranges: { offset: number; length: number }[] = [];
    let end = -1;
    for (const chunk of chunks.sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last !== undefined && chunk === end) last.length += CHUNK_SIZE;
      else if (ranges.length === limit) break;
      else ranges.push({ offset: chunk * CHUNK_SIZE, length: CHUNK_SIZE });
      end = chunk + 1;
    }
    return ranges;
  }

  /** A page for reading, or undefined when it is zero and not stored. */
  get(page: number): Uint8Array | undefined {
    return this.#chunks.get(page >>> CHUNK_BITS)?.pages[page & (PAGES_PER_CHUNK - 1)];
  }

  /** A page for writing. */
  make(page: number): Uint8Array {
    const index = page >>> CHUNK_BITS;
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = new Chunk(new ArrayBuffer(CHUNK_SIZE));
      this.#chunks.set(index, chunk);
    } else if (chunk.frozen) {
      chunk = this.#own(index, chunk);
    }
    return chunk.pages[page & (PAGES_PER_CHUNK - 1)];
  }

  /** From here on all that there is now is kept as it is: a chunk that is changed becomes another first. */
  freeze(): void {
    for (const chunk of this.#chunks.values()) chunk.frozen = true;
    this.#frozen = new Map(this.#chunks);
  }

  /** All is as it was at the last `freeze`, or zero. */
  thaw(): void {
    this.#chunks = new Map(this.#frozen);
  }

  /** A checksum of what there was at the last `freeze`; 0 for zeros. */
  frozenChecksum(): number {
    let sum = 0;
    for (const [index, { words }] of [...this.#frozen].sort(([a], [b]) => a - b)) {
      const content = checksum(new Uint32Array(words.buffer), 0, words.length);
      sum = combine(combine(sum, index), content);
    }
    return sum;
  }

  /**
   * Makes `buffer`, of CHUNK_SIZE bytes, chunk `index`, unless it is all zero.
   * @returns whether the buffer was taken, and must not be used again by the caller
   */
  adopt(index: number, buffer: ArrayBuffer): boolean {
    if (isZero(new Int32Array(buffer))) return false;
    this.#chunks.set(index, new Chunk(buffer));
    return true;
  }

  /**
   * Makes the bytes [offset, offset + length) zero, multiples of 4 both, and frees the chunks that
   * have become zero whole.
   */
  clear(offset: number, length: number): void {
    const end = offset + length;
    const first = Math.floor(offset / CHUNK_SIZE);
    const afterLast = Math.ceil(end / CHUNK_SIZE);
    if (afterLast - first <= this.#chunks.size) {
      for (let index = first; index < afterLast; index++) this.#clearIn(index, offset, end);
      return;
    }
    for (const index of this.#chunks.keys()) {
      if (index >= first && index < afterLast) this.#clearIn(index, offset, end);
    }
  }

  /** Clears the part of [offset, end) that lies in chunk `index`. */
  #clearIn(index: number, offset: number, end: number): void {
    const chunk = this.#chunks.get(index);
    if (chunk === undefined) return;
    const start = index * CHUNK_SIZE;
    const from = Math.max(0, offset - start);
    const to = Math.min(CHUNK_SIZE, end - start);
    const whole = from === 0 && to === CHUNK_SIZE;
    if (whole) {
      this.#chunks.delete(index);
      return;
    }
    const { words } = chunk.frozen ? this.#own(index, chunk) : chunk;
    words.fill(0, from / 4, to / 4);
    if (isZero(words)) this.#chunks.delete(index);
  }

  /** Puts a copy in the place of a chunk that must stay as it is. */
  #own(index: number, frozen: Chunk): Chunk {
    const chunk = new Chunk(frozen.words.buffer.slice(0) as ArrayBuffer);
    this.#chunks.set(index, chunk);
    return chunk;
  }
}
