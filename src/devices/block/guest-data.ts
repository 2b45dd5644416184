import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import type { ReadTarget, WriteSource } from './backend.ts';

/**
 * The data of one request, in the guest's buffers: what a backend reads into or writes from.
 *
 * It stops working when the request is over, so that a slow backend that comes back after a
 * reset, or goes on after a failure, touches nothing.
 */
export class GuestData implements ReadTarget, WriteSource {
  readonly #cursor = new ChainCursor();
  #chain!: DescriptorChain;
  #writable = false;
  /** Where the data begins in its part of the chain. */
  #start = 0;
  #length = 0;
  /** Where the cursor is, from the beginning of the data. */
  #position = 0;
  #over = true;

  /** The data are `length` bytes of the device-readable part, from `start` on. */
  beReadable(chain: DescriptorChain, start: number, length: number): void {
    this.#begin(chain, false, start, length);
    this.#cursor.toReadable(chain, start);
  }

  /** The data are the first `length` bytes of the device-writable part. */
  beWritable(chain: DescriptorChain, length: number): void {
    this.#begin(chain, true, 0, length);
    this.#cursor.toWritable(chain);
  }

  /** The request is over: from here on every access throws. */
  end(): void {
    this.#over = true;
  }

  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#go(position, length, true);
    this.#cursor.copyIn(source, sourceOffset, length);
    this.#position += length;
  }

  putZeroes(position: number, length: number): void {
    this.#go(position, length, true);
    this.#cursor.fill(0, length);
    this.#position += length;
  }

  take(position: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.#go(position, length, false);
    this.#cursor.copyOut(target, targetOffset, length);
    this.#position += length;
  }

  #begin(chain: DescriptorChain, writable: boolean, start: number, length: number): void {
    this.#chain = chain;
    this.#writable = writable;
    this.#start = start;
    this.#length = length;
    this.#position = 0;
    this.#over = false;
  }

  /** Moves to `position`. Only a backend's mistake, never a driver's, gets past the bounds. */
  #go(position: number, length: number, writable: boolean): void {
    if (this.#over) throw new Error('the request is over: the driver has reset the device');
    if (writable !== this.#writable || position < 0 || position + length > this.#length) {
      throw new RangeError(`[${position}, +${length}) of ${this.#length} bytes of request data`);
    }
    if (position === this.#position) return;
    if (writable) this.#cursor.toWritable(this.#chain, position);
    else this.#cursor.toReadable(this.#chain, this.#start + position);
    this.#position = position;
  }
}
