import type { BaseImage, ReadTarget } from '../../../../../src/devices/block/backend.ts';

/** What is in a target before it is filled. */
export const UNTOUCHED = 0xa5;

/** Takes a read, and notices what it leaves out or fills twice. */
export class ByteTarget implements ReadTarget {
  readonly bytes: Uint8Array;
  readonly #fills: Uint8Array;
  over = false;

  constructor(length: number) {
    this.bytes = new Uint8Array(length).fill(UNTOUCHED);
    this.#fills = new Uint8Array(length);
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#count(position, length);
    if (sourceOffset < 0 || sourceOffset + length > source.length) throw new RangeError('source');
    this.bytes.set(source.subarray(sourceOffset, sourceOffset + length), position);
  }

  putZeroes(position: number, length: number): void {
    this.#count(position, length);
    this.bytes.fill(0, position, position + length);
  }

  /** The bytes. @throws Error unless each was filled exactly once */
  get whole(): Uint8Array {
    const wrong = this.#fills.findIndex((fills) => fills !== 1);
    if (wrong >= 0) throw new Error(`byte ${wrong} was filled ${this.#fills[wrong]} times`);
    return this.bytes;
  }

  #count(position: number, length: number): void {
    if (this.over) throw new Error('the request is over');
    if (position < 0 || length < 0 || position + length > this.bytes.length) {
      throw new RangeError(`[${position}, +${length}) of a read of ${this.bytes.length} bytes`);
    }
    for (let at = position; at < position + length; at++) this.#fills[at]++;
  }
}

/** Reads to the end. */
export async function readAll(image: BaseImage, offset: number, length: number) {
  const target = new ByteTarget(length);
  await image.read(offset, length, target);
  return target.whole;
}
