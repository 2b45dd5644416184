import type { StoreFile } from '../store/store-file.ts';
import { BLOCK_SIZE } from './block-cache.ts';

/** A file for one worker alone. Nothing in it is worth a flush. */
export type SlotFile = Omit<StoreFile, 'flush'>;

const MAGIC = 0x63786272; // "rbxc", little-endian
const VERSION = 1;
/** Bytes: magic, version, slots, key (32), checksum of all that. */
const HEADER_LENGTH = 48;
const TABLE_START = 4096;
/** Bytes: the block's number plus 1, the checksum of its content, that of the entry, nothing. */
const ENTRY_LENGTH = 16;
export const KEY_LENGTH = 32;

/**
 * Blocks of one image in a file, up to a bound, that outlive the page. It is only a cache: when the
 * page ends at any moment, or the file is damaged, what is wrong is not found, since every entry
 * of the table and every block has a checksum. So nothing is ever flushed.
 *
 * Format, in words of 32 bits, little-endian: a header; from byte 4096 on a table with an entry for
 * each slot; behind it, from a multiple of BLOCK_SIZE on, the slots.
 */
export class SlotStore {
  readonly #file: SlotFile;
  readonly #slots: number;
  readonly #slotsStart: number;
  readonly #slotOf = new Map<number, number>();
  /** By slot: the block in it, or -1. */
  readonly #blockIn: Float64Array;
  /** By slot: the checksum of its content. */
  readonly #sums: Uint32Array;
  /** By slot: 1 when it was read since the hand has passed. */
  readonly #used: Uint8Array;
  readonly #entry = new Uint32Array(ENTRY_LENGTH / 4);
  readonly #seed: number;
  /** The slot that is looked at next when one is to be given up. */
  #hand = 0;
  /** Nothing is stored any more: the browser gives no more room, for example. */
  #full = false;

  /**
   * Opens a file, or begins it anew when it is of another key, version or size.
   * @param key KEY_LENGTH bytes that tell this version of this image from all others
   * @param limit bytes of blocks that are kept at most
   * @throws whatever the file throws
   */
  constructor(file: SlotFile, key: Uint8Array, limit: number) {
    this.#file = file;
    this.#slots = Math.max(1, Math.floor(limit / BLOCK_SIZE));
    const tableEnd = TABLE_START + this.#slots * ENTRY_LENGTH;
    this.#slotsStart = Math.ceil(tableEnd / BLOCK_SIZE) * BLOCK_SIZE;
    this.#blockIn = new Float64Array(this.#slots).fill(-1);
    this.#sums = new Uint32Array(this.#slots);
    this.#used = new Uint8Array(this.#slots);
    const header = headerOf(key, this.#slots);
    this.#seed = checksum(header);
    const found = new Uint8Array(HEADER_LENGTH);
    if (file.read(found, { at: 0 }) === HEADER_LENGTH && same(found, header)) this.#readTable();
    else this.#beginAnew(header);
  }

  /** Fills `target`, as long as the block is. @returns whether the block is there, and sound */
  read(block: number, target: Uint8Array<ArrayBuffer>): boolean {
    const slot = this.#slotOf.get(block);
    if (slot === undefined) return false;
    if (this.#fill(target, slot) && checksum(target, this.#seed) === this.#sums[slot]) {
      this.#used[slot] = 1;
      return true;
    }
    this.#forget(slot);
    return false;
  }

  /** Keeps a block, in the place of another if need be. @param bytes at most BLOCK_SIZE */
  write(block: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#full || this.#slotOf.has(block)) return;
    const slot = this.#takeSlot();
    this.#forget(slot);
    const sum = checksum(bytes, this.#seed);
    try {
      // The entry last: before it nothing says that there is a block, and its sum says if it is.
      this.#put(bytes, this.#positionOf(slot));
      this.#putEntry(slot, block, sum);
    } catch {
      this.#full = true;
      return;
    }
    this.#slotOf.set(block, slot);
    this.#blockIn[slot] = block;
    this.#sums[slot] = sum;
  }

  close(): void {
    this.#file.close();
  }

  #fill(target: Uint8Array<ArrayBuffer>, slot: number): boolean {
    try {
      return this.#file.read(target, { at: this.#positionOf(slot) }) === target.length;
    } catch {
      return false; // then it is to be had from where it came
    }
  }

  #positionOf(slot: number): number {
    return this.#slotsStart + slot * BLOCK_SIZE;
  }

  #beginAnew(header: Uint8Array<ArrayBuffer>): void {
    this.#file.truncate(0);
    this.#put(header, 0);
  }

  #readTable(): void {
    const table = new Uint32Array((this.#slots * ENTRY_LENGTH) / 4);
    // What lies behind the end of the file is zero, as in a slot that was never used.
    this.#file.read(new Uint8Array(table.buffer), { at: TABLE_START });
    for (let slot = 0; slot < this.#slots; slot++) {
      const [number, sum, check] = table.subarray((slot * ENTRY_LENGTH) / 4);
      if (number === 0 || check !== this.#entrySum(slot, number, sum)) continue;
      if (this.#slotOf.has(number - 1)) continue;
      this.#slotOf.set(number - 1, slot);
      this.#blockIn[slot] = number - 1;
      this.#sums[slot] = sum;
    }
  }

  #putEntry(slot: number, block: number, sum: number): void {
    this.#entry.set([block + 1, sum, this.#entrySum(slot, block + 1, sum)]);
    this.#put(new Uint8Array(this.#entry.buffer), TABLE_START + slot * ENTRY_LENGTH);
  }

  #entrySum(slot: number, number: number, sum: number): number {
    return mix(mix(mix(this.#seed, slot), number), sum) >>> 0;
  }

  /** @throws Error when not all could be written */
  #put(bytes: Uint8Array<ArrayBuffer>, at: number): void {
    if (this.#file.write(bytes, { at }) !== bytes.length) throw new Error('the file takes no more');
  }

  #forget(slot: number): void {
    this.#slotOf.delete(this.#blockIn[slot]);
    this.#blockIn[slot] = -1;
    this.#used[slot] = 0;
  }

  /** The next slot that is free, or was not read since it was last looked at here. */
  #takeSlot(): number {
    for (;;) {
      const slot = this.#hand;
      this.#hand = (slot + 1) % this.#slots;
      if (this.#used[slot] === 0) return slot;
      this.#used[slot] = 0;
    }
  }
}

function headerOf(key: Uint8Array, slots: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_LENGTH);
  const words = new Uint32Array(header.buffer);
  words.set([MAGIC, VERSION, slots]);
  header.set(key.subarray(0, KEY_LENGTH), 12);
  words[words.length - 1] = checksum(header.subarray(0, HEADER_LENGTH - 4));
  return header;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}

/** Takes a word into a checksum: no bit of it is without effect on the bits above, and back. */
function mix(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** Of any bytes; fast, and no protection against malice. @param bytes that begin at a multiple of 4 */
export function checksum(bytes: Uint8Array, seed = 0): number {
  const { buffer, byteOffset, length } = bytes;
  const words = new Uint32Array(buffer, byteOffset, length >>> 2);
  let sum = mix(seed, length);
  for (let index = 0; index < words.length; index++) sum = mix(sum, words[index]);
  for (let index = length & ~3; index < length; index++) sum = mix(sum, bytes[index]);
  return sum >>> 0;
}
