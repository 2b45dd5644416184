import type { StoreFile } from '../../src/devices/block/store/store-file.ts';

/** What happened to the file since it was last flushed. */
type Operation = { at: number; bytes: Uint8Array } | { size: number };

/** Thrown by a file whose power was cut. */
export class PowerCut extends Error {}

/** Bytes that grow. */
class Content {
  #bytes = new Uint8Array(0);
  size = 0;

  constructor(content: Uint8Array) {
    this.apply({ at: 0, bytes: content });
  }

  get copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.size);
  }

  subarray(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  apply(operation: Operation): void {
    if ('size' in operation) {
      this.#bytes.fill(0, operation.size, this.size);
      this.#resize(operation.size);
      return;
    }
    const { at, bytes } = operation;
    this.#resize(Math.max(this.size, at + bytes.length));
    this.#bytes.set(bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.size));
      this.#bytes = larger;
    }
    this.size = size;
  }
}

/**
 * A file in memory with what a disk below it may do at a power cut: what was not flushed is lost,
 * or arrives in another order, or in part. Whoever reads it before sees everything.
 */
export class FaultFile implements StoreFile {
  readonly #seen: Content;
  readonly #durable: Content;
  #pending: Operation[] = [];
  /** Operations until the power is cut in the middle of one; Infinity for never. */
  operationsLeft = Number.POSITIVE_INFINITY;
  /** Operations until one fails, once; Infinity for never. */
  untilFailure = Number.POSITIVE_INFINITY;
  /** A flush that fails lets go of the data it was to make durable, as Linux does. */
  forgetful = false;
  /** Bytes that the file may have. */
  quota = Number.POSITIVE_INFINITY;
  /** So many of the next flushes fail, having done nothing or something. */
  failingFlushes = 0;
  closed = false;

  constructor(content: Uint8Array = new Uint8Array(0)) {
    this.#seen = new Content(content);
    this.#durable = new Content(content);
  }

  /** What reads see now. */
  get content(): Uint8Array<ArrayBuffer> {
    return this.#seen.copy;
  }

  getSize(): number {
    return this.#seen.size;
  }

  read(buffer: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    const count = Math.max(0, Math.min(buffer.length, this.#seen.size - at));
    buffer.set(this.#seen.subarray(at, at + count));
    return count;
  }

  write(buffer: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    if (at + buffer.length > this.quota) throw new Error('quota exceeded');
    // Of a write that fails, half is there.
    const fails = this.#fails();
    const bytes = fails ? buffer.slice(0, buffer.length / 2) : buffer.slice();
    this.#keep({ at, bytes });
    this.#spend();
    return bytes.length;
  }

  truncate(size: number): void {
    if (size > this.#seen.size && size > this.quota) throw new Error('quota exceeded');
    const fails = this.#fails();
    // One that fails may have cut the file off all the same.
    if (!fails || size < this.#seen.size) this.#keep({ size });
    if (fails) throw new Error('the operation failed');
    this.#spend();
  }

  flush(): void {
    this.#spend();
    if (this.failingFlushes > 0 || this.#fails()) {
      this.failingFlushes = Math.max(0, this.failingFlushes - 1);
      if (this.forgetful) this.#pending = this.#pending.filter((pending) => 'size' in pending);
      throw new Error('the flush failed');
    }
    for (const operation of this.#pending) this.#durable.apply(operation);
    this.#pending = [];
  }

  close(): void {
    this.closed = true;
  }

  /**
   * The file as it is after a power cut now.
   * @param random gives numbers in [0, 1), by which the fate of each operation is decided
   */
  afterPowerCut(random: () => number): FaultFile {
    const content = new Content(this.#durable.copy);
    const fates = this.#pending.map((operation) => ({ operation, when: random() }));
    // Half of the time they keep their order, as most of them do on a real disk.
    if (random() < 0.5) fates.sort((a, b) => a.when - b.when);
    for (const { operation } of fates) {
      const fate = random();
      if (fate < 0.3) continue;
      content.apply(fate < 0.7 || 'size' in operation ? operation : cut(operation, random));
    }
    return new FaultFile(content.copy);
  }

  #fails(): boolean {
    if (--this.untilFailure > 0) return false;
    this.untilFailure = Number.POSITIVE_INFINITY;
    return true;
  }

  #spend(): void {
    if (this.operationsLeft-- <= 0) throw new PowerCut('the power was cut');
  }

  #keep(operation: Operation): void {
    this.#pending.push(operation);
    this.#seen.apply(operation);
  }
}

/** A write of which only the beginning, or only the end, has arrived. */
function cut({ at, bytes }: { at: number; bytes: Uint8Array }, random: () => number): Operation {
  const edge = Math.floor(random() * bytes.length);
  return random() < 0.5
    ? { at, bytes: bytes.slice(0, edge) }
    : { at: at + edge, bytes: bytes.slice(edge) };
}
