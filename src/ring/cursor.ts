import type { DescriptorChain } from './chain.ts';

/**
 * A position in one part of a chain (the device-readable or the device-writable one) that moves
 * over segment borders, so that a device makes no assumption about how the driver framed its
 * request (VIRTIO 1.4, 2.7.4 "Message Framing").
 *
 * Two ways to use it: `read*`, `write*`, `copy*` and `fill` move bytes; or step by
 * `nextPiece(limit)`, which gives `address` and `length` of contiguous guest memory, for a
 * backend that moves the bytes itself. A cursor is meant to be set again and again.
 */
export class ChainCursor {
  /** The contiguous piece that `nextPiece` found: guest-physical address and bytes. */
  address = 0;
  length = 0;
  /** Bytes from here to the end of the part. */
  remaining = 0;
  #chain!: DescriptorChain;
  #segment = 0;
  #offset = 0;

  /** Goes to `offset` bytes into the device-readable part (to its end when that is shorter). */
  toReadable(chain: DescriptorChain, offset = 0): this {
    return this.#seek(chain, 0, chain.readableLength, offset);
  }

  /** Goes to `offset` bytes into the device-writable part (to its end when that is shorter). */
  toWritable(chain: DescriptorChain, offset = 0): this {
    return this.#seek(chain, chain.readableSegments, chain.writableLength, offset);
  }

  /**
   * Moves over the next contiguous piece of at most `limit` bytes and describes it in `address`
   * and `length`. @returns false at the end of the part
   */
  nextPiece(limit: number): boolean {
    if (this.remaining === 0 || limit <= 0) return false;
    let left = this.#chain.length(this.#segment) - this.#offset;
    while (left === 0) {
      this.#segment++;
      this.#offset = 0;
      left = this.#chain.length(this.#segment);
    }
    this.address = this.#chain.address(this.#segment) + this.#offset;
    this.length = Math.min(left, limit);
    this.#offset += this.length;
    this.remaining -= this.length;
    return true;
  }

  /** The next byte; 0 at the end of the part. */
  read8(): number {
    return this.nextPiece(1) ? this.#chain.memory.read8(this.address) : 0;
  }

  /** The next 16 bits, little-endian; bytes beyond the end of the part are 0. */
  read16(): number {
    return this.read8() | (this.read8() << 8);
  }

  /** The next 32 bits, unsigned, little-endian; bytes beyond the end of the part are 0. */
  read32(): number {
    return (this.read16() | (this.read16() << 16)) >>> 0;
  }

  /** Writes one byte. @returns false at the end of the part */
  write8(value: number): boolean {
    if (!this.nextPiece(1)) return false;
    this.#chain.memory.write8(this.address, value);
    return true;
  }

  /** Copies up to `length` bytes of the part to `target`. @returns bytes copied */
  copyOut(target: Uint8Array, targetOffset: number, length: number): number {
    let copied = 0;
    while (this.nextPiece(length - copied)) {
      this.#chain.memory.copyOut(this.address, target, targetOffset + copied, this.length);
      copied += this.length;
    }
    return copied;
  }

  /** Copies up to `length` bytes of `source` into the part. @returns bytes copied */
  copyIn(source: Uint8Array, sourceOffset: number, length: number): number {
    let copied = 0;
    while (this.nextPiece(length - copied)) {
      this.#chain.memory.copyIn(this.address, source, sourceOffset + copied, this.length);
      copied += this.length;
    }
    return copied;
  }

  /** Sets up to `length` bytes of the part to `value`. @returns bytes set */
  fill(value: number, length: number): number {
    let filled = 0;
    while (this.nextPiece(length - filled)) {
      this.#chain.memory.fill(this.address, value, this.length);
      filled += this.length;
    }
    return filled;
  }

  #seek(chain: DescriptorChain, firstSegment: number, partLength: number, offset: number): this {
    this.#chain = chain;
    this.#segment = firstSegment;
    this.#offset = 0;
    this.remaining = partLength;
    let left = Math.min(offset, partLength);
    while (this.nextPiece(left)) left -= this.length;
    return this;
  }
}
