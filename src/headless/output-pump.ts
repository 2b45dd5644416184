/** Bytes that wait while others are under way; more than that, and the guest waits. */
const MOST_WAITING = 1 << 20;

/**
 * Takes a stream's bytes to where they belong, in order. What comes in while a parcel is under
 * way goes with the next one, so that many small writes of a guest make few requests.
 */
export class OutputPump {
  readonly #send: (parcel: Uint8Array<ArrayBuffer>[]) => Promise<void>;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #sending: Promise<void> | undefined;
  /** Bytes that have come from the stream. */
  bytes = 0;
  /** Resolves when the stream has ended and all of it has arrived. */
  readonly finished: Promise<void>;

  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    send: (parcel: Uint8Array<ArrayBuffer>[]) => Promise<void>,
  ) {
    this.#send = send;
    this.finished = this.#run(stream.getReader());
    // Whoever waits for it learns of a failure; until somebody does, it is no unhandled one.
    this.finished.catch(() => undefined);
  }

  /** Resolves when all that has come so far has arrived. */
  async idle(): Promise<void> {
    await this.#sending;
  }

  async #run(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.#waiting.push(value);
      this.#waitingBytes += value.length;
      this.bytes += value.length;
      this.#sending ??= this.#startSending();
      if (this.#waitingBytes >= MOST_WAITING) await this.#sending;
    }
    await this.#sending;
  }

  #startSending(): Promise<void> {
    const sending = this.#sendWaiting();
    sending.catch(() => undefined); // awaited later, by #run
    return sending;
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waitingBytes > 0) {
      const parcel = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      await this.#send(parcel);
    }
    this.#sending = undefined;
  }
}
