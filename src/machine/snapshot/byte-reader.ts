type Bytes = Uint8Array<ArrayBuffer>;

/** Takes as many bytes of a stream at a time as are wanted, whatever pieces it delivers. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  /** What was delivered and not taken. */
  readonly #pieces: Bytes[] = [];
  #length = 0;

  constructor(stream: ReadableStream<Bytes>) {
    this.#reader = stream.getReader();
  }

  /** The next `length` bytes; null when the stream ends before. They are the stream's own where one piece has them all. */
  async take(length: number): Promise<Bytes | null> {
    const bytes = await this.peek(length);
    if (bytes !== null) this.#drop(length);
    return bytes;
  }

  /** The same, and they stay there. */
  async peek(length: number): Promise<Bytes | null> {
    while (this.#length < length) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#pieces.push(value);
      this.#length += value.length;
    }
    const [first] = this.#pieces;
    const isWhole = first !== undefined && first.length >= length;
    return isWhole ? first.subarray(0, length) : this.#joined(length);
  }

  /** Nobody wants more of the stream. */
  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }

  #joined(length: number): Bytes {
    const bytes = new Uint8Array(length);
    let filled = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  #drop(length: number): void {
    this.#length -= length;
    for (let left = length; left > 0; ) {
      const [first] = this.#pieces;
      if (first.length > left) {
        this.#pieces[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#pieces.shift();
    }
  }
}
