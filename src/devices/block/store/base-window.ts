import type { BaseImage } from '../backend.ts';
import { ArrayTarget } from '../buffers.ts';
import { isZero } from '../sparse-pages.ts';
import { PAGE_SIZE } from './format.ts';

const PAGE_WORDS = PAGE_SIZE / Int32Array.BYTES_PER_ELEMENT;
/** Blocks that are read at once: 1 MiB. */
export const WINDOW_BLOCKS = 256;

/** Some blocks of what a disk has below it: an image, and zeros beyond its end. */
export class BaseWindow {
  readonly #image: BaseImage | null;
  /** Bytes of the image that are on the disk. */
  readonly size: number;
  readonly #bytes = new Uint8Array(WINDOW_BLOCKS * PAGE_SIZE);
  readonly #words = new Int32Array(this.#bytes.buffer);
  readonly #target = new ArrayTarget(this.#bytes);
  /** The first block that was read. */
  #first = 0;

  /** @param image null for zeros @param diskSize bytes */
  constructor(image: BaseImage | null, diskSize: number) {
    this.#image = image;
    this.size = Math.min(image?.size ?? 0, diskSize);
  }

  /** Reads blocks. @param count at most WINDOW_BLOCKS */
  async read(first: number, count: number): Promise<void> {
    const offset = first * PAGE_SIZE;
    const length = Math.max(0, Math.min(count * PAGE_SIZE, this.size - offset));
    this.#first = first;
    this.#bytes.fill(0, length, count * PAGE_SIZE);
    if (length > 0) await this.#image?.read(offset, length, this.#target);
  }

  /** The bytes of blocks that were read; behind the disk's end they are zeros. */
  bytes(block: number, count: number): Uint8Array {
    const at = (block - this.#first) * PAGE_SIZE;
    return this.#bytes.subarray(at, at + count * PAGE_SIZE);
  }

  isZero(block: number): boolean {
    return isZero(this.#wordsOf(block));
  }

  /** Whether a block that was read is the same as in another window, which has read it too. */
  isLike(other: BaseWindow, block: number): boolean {
    return this.holds(block, other.#wordsOf(block));
  }

  /** Whether a block that was read is the same as these words. */
  holds(block: number, words: Int32Array): boolean {
    const own = this.#wordsOf(block);
    for (let index = 0; index < PAGE_WORDS; index++) if (own[index] !== words[index]) return false;
    return true;
  }

  #wordsOf(block: number): Int32Array {
    const at = (block - this.#first) * PAGE_WORDS;
    return this.#words.subarray(at, at + PAGE_WORDS);
  }
}
