import { wordChanged } from './wait.ts';

const HEAD = 0;
const TAIL = 1;
const HEADER_BYTES = 8;

/**
 * A byte stream between two threads: one writes, one reads, through a ring in shared memory.
 * Nothing is lost: a full ring takes no more bytes, so the writer has to wait.
 *
 * Positions are free-running and wrap at 2^32; each is written by one side only.
 */
export class ByteRing {
  readonly buffer: SharedArrayBuffer;
  /** Bytes that the ring holds, a power of two. */
  readonly capacity: number;
  readonly #positions: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.capacity = buffer.byteLength - HEADER_BYTES;
    this.#positions = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, HEADER_BYTES);
  }

  /** A ring of `capacity` bytes. @throws RangeError unless that is a power of two */
  static create(capacity: number): ByteRing {
    if (capacity <= 0 || (capacity & (capacity - 1)) !== 0) {
      throw new RangeError(`a byte ring of ${capacity} bytes: the size must be a power of two`);
    }
    return new ByteRing(new SharedArrayBuffer(HEADER_BYTES + capacity));
  }

  /** Bytes that can be read now. */
  get readable(): number {
    const head = Atomics.load(this.#positions, HEAD);
    return (head - Atomics.load(this.#positions, TAIL)) >>> 0;
  }

  /** Bytes that can be written now. */
  get writable(): number {
    return this.capacity - this.readable;
  }

  /** A copy of the bytes that can be read now, which they still can. For the reading side. */
  peek(): Uint8Array<ArrayBuffer> {
    return this.#copy(this.readable);
  }

  /** Makes `bytes` all that can be read. While nobody else uses the ring. */
  replace(bytes: Uint8Array): void {
    Atomics.store(this.#positions, TAIL, Atomics.load(this.#positions, HEAD));
    this.write(bytes);
    Atomics.notify(this.#positions, TAIL);
  }

  /** Contiguous room: where the writer may put bytes, and how many. For the writing side. */
  get writeOffset(): number {
    return Atomics.load(this.#positions, HEAD) & (this.capacity - 1);
  }

  /** Writes what fits of `source`. For the writing side. @returns bytes written */
  write(source: Uint8Array): number {
    const length = Math.min(source.length, this.writable);
    const offset = this.writeOffset;
    const first = Math.min(length, this.capacity - offset);
    this.#bytes.set(source.subarray(0, first), offset);
    this.#bytes.set(source.subarray(first, length), 0);
    this.#advance(HEAD, length);
    return length;
  }

  /**
   * Lets `fill` put up to `limit` bytes straight into the ring: it gets the ring's bytes, an
   * offset and a length, and must fill all of it. For the writing side.
   * @returns bytes written, 0 when the ring is full; may be less than fits when the room wraps
   */
  writeWith(
    limit: number,
    fill: (target: Uint8Array, offset: number, length: number) => void,
  ): number {
    const offset = this.writeOffset;
    const length = Math.min(limit, this.writable, this.capacity - offset);
    if (length === 0) return 0;
    fill(this.#bytes, offset, length);
    this.#advance(HEAD, length);
    return length;
  }

  /** Reads up to `limit` bytes into a new array. For the reading side. */
  read(limit = this.capacity): Uint8Array<ArrayBuffer> {
    const result = this.#copy(Math.min(limit, this.readable));
    this.#advance(TAIL, result.length);
    return result;
  }

  /**
   * Lets `take` have up to `limit` bytes straight from the ring: it gets the ring's bytes, an
   * offset and a length, and must take all of it. For the reading side.
   * @returns bytes read, 0 when the ring is empty; may be less than is there when it wraps
   */
  readWith(
    limit: number,
    take: (source: Uint8Array, offset: number, length: number) => void,
  ): number {
    const offset = Atomics.load(this.#positions, TAIL) & (this.capacity - 1);
    const length = Math.min(limit, this.readable, this.capacity - offset);
    if (length === 0) return 0;
    take(this.#bytes, offset, length);
    this.#advance(TAIL, length);
    return length;
  }

  /** Resolves when bytes can be read, or after `timeout` milliseconds. For the reading side. */
  async untilReadable(timeout?: number): Promise<void> {
    const head = Atomics.load(this.#positions, HEAD);
    if (head !== Atomics.load(this.#positions, TAIL)) return;
    await wordChanged(this.#positions, HEAD, head, timeout);
  }

  /** Resolves when bytes can be written, or after `timeout` milliseconds. For the writing side. */
  async untilWritable(timeout?: number): Promise<void> {
    const tail = Atomics.load(this.#positions, TAIL);
    if ((Atomics.load(this.#positions, HEAD) - tail) >>> 0 < this.capacity) return;
    await wordChanged(this.#positions, TAIL, tail, timeout);
  }

  /** A copy of the next `length` bytes, which are there. */
  #copy(length: number): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(length);
    const offset = Atomics.load(this.#positions, TAIL) & (this.capacity - 1);
    const first = Math.min(length, this.capacity - offset);
    result.set(this.#bytes.subarray(offset, offset + first), 0);
    result.set(this.#bytes.subarray(0, length - first), first);
    return result;
  }

  #advance(position: number, length: number): void {
    if (length === 0) return;
    Atomics.add(this.#positions, position, length);
    Atomics.notify(this.#positions, position);
  }
}
