type Bytes = Uint8Array<ArrayBuffer>;

/** Takes as many bytes of a stream at a time as are wanted, whatever pieces it delivers. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #piece: Bytes = new Uint8Array(0);

  constructor(stream: ReadableStream<Bytes>) {
    this.#reader = stream.getReader();
  }

  /** The next `length` bytes; null when the stream ends before. */
  async take(length: number): Promise<Bytes | null> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      while (this.#piece.length === 0) {
        const { done, value } = await this.#reader.read();
        if (done) return null;
        this.#piece = value;
      }
      const count = Math.min(this.#piece.length, length - filled);
      bytes.set(this.#piece.subarray(0, count), filled);
      this.#piece = this.#piece.subarray(count);
      filled += count;
    }
    return bytes;
  }

  /** Nobody wants more of the stream. */
  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }
}
