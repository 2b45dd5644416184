import { CHUNK_SIZE, Chunk } from '../sparse-pages.ts';

/** Bytes of a block: what is cached, and transferred, at least. */
export const BLOCK_SIZE = CHUNK_SIZE;

/**
 * The blocks that were used last, up to a bound. Blocks are numbered from 0. Each lies in a slot
 * that is used again for another block, so that a full cache makes no garbage.
 */
export class BlockCache {
  /** Blocks that fit. */
  readonly capacity: number;
  readonly #slotOf = new Map<number, number>();
  readonly #blockIn: Float64Array;
  readonly #chunks: Chunk[] = [];
  /**
   * A ring of slots in the order of their use; the slot `capacity`, which has no block, is where
   * the newest and the oldest meet.
   */
  readonly #newer: Int32Array;
  readonly #older: Int32Array;

  /** @param limit bytes that the blocks may take; one block fits in any case */
  constructor(limit: number) {
    this.capacity = Math.max(1, Math.floor(limit / BLOCK_SIZE));
    this.#blockIn = new Float64Array(this.capacity);
    this.#newer = new Int32Array(this.capacity + 1).fill(this.capacity);
    this.#older = new Int32Array(this.capacity + 1).fill(this.capacity);
  }

  /** Bytes of memory in use. */
  get allocated(): number {
    return this.#chunks.length * BLOCK_SIZE;
  }

  has(block: number): boolean {
    return this.#slotOf.has(block);
  }

  /** The pages of a block, which counts as used, or undefined. They are good until `insert`. */
  get(block: number): readonly Uint8Array[] | undefined {
    const slot = this.#slotOf.get(block);
    if (slot === undefined) return undefined;
    this.#unlink(slot);
    this.#linkNewest(slot);
    return this.#chunks[slot].pages;
  }

  /**
   * Copies a block in that is not there, in the place of the one that was not used for longest.
   * @param bytes at most BLOCK_SIZE; what is missing is zero
   */
  insert(block: number, bytes: Uint8Array): void {
    const slot = this.#freeSlot();
    this.#slotOf.set(block, slot);
    this.#blockIn[slot] = block;
    this.#linkNewest(slot);
    const { bytes: stored } = this.#chunks[slot];
    stored.set(bytes);
    stored.fill(0, bytes.length);
  }

  /** Forgets everything. */
  clear(): void {
    this.#slotOf.clear();
    this.#chunks.length = 0;
    this.#newer.fill(this.capacity);
    this.#older.fill(this.capacity);
  }

  /** A slot that is not in the ring and holds no block. */
  #freeSlot(): number {
    if (this.#chunks.length < this.capacity) {
      return this.#chunks.push(new Chunk(new ArrayBuffer(BLOCK_SIZE))) - 1;
    }
    const oldest = this.#newer[this.capacity];
    this.#slotOf.delete(this.#blockIn[oldest]);
    this.#unlink(oldest);
    return oldest;
  }

  #unlink(slot: number): void {
    this.#newer[this.#older[slot]] = this.#newer[slot];
    this.#older[this.#newer[slot]] = this.#older[slot];
  }

  #linkNewest(slot: number): void {
    const newest = this.#older[this.capacity];
    this.#newer[newest] = slot;
    this.#older[slot] = newest;
    this.#newer[slot] = this.capacity;
    this.#older[this.capacity] = slot;
  }
}
