import type { ReadTarget, WriteSource } from './backend.ts';

/** A read into an array. */
export class ArrayTarget implements ReadTarget {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#bytes.set(source.subarray(sourceOffset, sourceOffset + length), position);
  }

  putZeroes(position: number, length: number): void {
    this.#bytes.fill(0, position, position + length);
  }
}

/** A write from an array. */
export class ArraySource implements WriteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(position: number, target: Uint8Array, targetOffset: number, length: number): void {
    target.set(this.#bytes.subarray(position, position + length), targetOffset);
  }
}

/** Part of a larger read: its beginning lies at `position` of that. */
export class ShiftedTarget implements ReadTarget {
  readonly #target: ReadTarget;
  readonly #position: number;

  constructor(target: ReadTarget, position: number) {
    this.#target = target;
    this.#position = position;
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#target.put(this.#position + position, source, sourceOffset, length);
  }

  putZeroes(position: number, length: number): void {
    this.#target.putZeroes(this.#position + position, length);
  }
}
