import type { TraceRecords } from './records.ts';

/** Records that one thread's ring holds, a power of two. */
export const RING_CAPACITY = 65536;

/** Words of the ring before its records: two counters, and room up to a cache line. */
const HEADER_BYTES = 64;
/** Free-running numbers of the record that is being written, and of the one after the last that is whole. */
const BEGUN = 0;
const WRITTEN = 1;

const RECORD_BYTES = 32;
const RECORD_WORDS = RECORD_BYTES / 4;
const RECORD_DOUBLES = RECORD_BYTES / 8;

/**
 * So many of the oldest records count as overwritten a little early: a processor may let the words of a record
 * pass before the counter that announces it.
 */
const MARGIN = 16;

/** What a reader has found. */
export interface RingRead {
  /** Where the next read begins. */
  next: number;
  /** Records that were overwritten before they could be read. */
  missed: number;
}

/**
 * The last events of one thread, in shared memory: one thread writes, and never waits; any thread reads. When
 * the ring is full the oldest records are overwritten. Writing allocates nothing.
 *
 * A record is eight words: the time (a double, two words); kind, device and queue in one word; index, head,
 * length, value; one is spare.
 */
export class TraceRing {
  readonly buffer: SharedArrayBuffer;
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #times: Float64Array<SharedArrayBuffer>;
  readonly #capacity: number;
  readonly #clockOffset: number;
  /** Of the writing side: the number of the next record. */
  #next = 0;

  /** @param clockOffset milliseconds that this thread's `performance.now()` is behind the page's */
  constructor(buffer: SharedArrayBuffer, clockOffset = 0) {
    this.buffer = buffer;
    this.#capacity = (buffer.byteLength - HEADER_BYTES) / RECORD_BYTES;
    this.#counters = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#words = new Int32Array(buffer, HEADER_BYTES);
    this.#times = new Float64Array(buffer, HEADER_BYTES);
    this.#clockOffset = clockOffset;
  }

  /** An empty ring of `capacity` records. @throws RangeError unless that is a power of two */
  static create(capacity = RING_CAPACITY): TraceRing {
    if (capacity <= MARGIN || (capacity & (capacity - 1)) !== 0) {
      throw new RangeError(`a trace ring of ${capacity} records: it must be a power of two`);
    }
    return new TraceRing(new SharedArrayBuffer(HEADER_BYTES + RECORD_BYTES * capacity));
  }

  /** Adds a record with the time of now. For the one thread that writes. */
  write(
    kind: number,
    device: number,
    queue: number,
    index: number,
    head: number,
    length: number,
    value: number,
  ): void {
    const slot = this.#next & (this.#capacity - 1);
    this.#next = (this.#next + 1) | 0;
    Atomics.store(this.#counters, BEGUN, this.#next);
    this.#times[RECORD_DOUBLES * slot] = performance.now() + this.#clockOffset;
    const at = RECORD_WORDS * slot + 2;
    const words = this.#words;
    words[at] = kind | (device << 8) | (queue << 16);
    words[at + 1] = index;
    words[at + 2] = head;
    words[at + 3] = length;
    words[at + 4] = value;
    Atomics.store(this.#counters, WRITTEN, this.#next);
  }

  /** The number of the next record that will be written. Any thread may ask. */
  get written(): number {
    return Atomics.load(this.#counters, WRITTEN);
  }

  /** Appends to `target` what was written since record `from`, as far as it is still there. */
  read(from: number, thread: number, target: TraceRecords): RingRead {
    const written = this.written;
    const begin = this.#firstSafe(from, written);
    const before = target.length;
    for (let number = begin; number !== written; number = (number + 1) | 0) {
      this.#copy(number, thread, target);
    }
    // What the writer may have come to meanwhile was perhaps half new when it was copied.
    const safe = this.#firstSafe(begin, Atomics.load(this.#counters, BEGUN));
    const spoiled = Math.min((safe - begin) | 0, (written - begin) | 0);
    target.remove(before, spoiled);
    return { next: written, missed: ((begin - from) | 0) + spoiled };
  }

  /** The first record from `from` on that is still there when record `begun` is the next to be written. */
  #firstSafe(from: number, begun: number): number {
    const held = this.#capacity - MARGIN;
    return (begun - from) >>> 0 > held ? (begun - held) | 0 : from;
  }

  #copy(number: number, thread: number, target: TraceRecords): void {
    const slot = number & (this.#capacity - 1);
    const at = RECORD_WORDS * slot + 2;
    const words = this.#words;
    const subject = words[at];
    target.append(
      this.#times[RECORD_DOUBLES * slot],
      subject & 0xff,
      thread,
      (subject >>> 8) & 0xff,
      subject >>> 16,
      words[at + 1],
      words[at + 2],
      words[at + 3],
      words[at + 4],
    );
  }
}
