type Bytes = Uint8Array<ArrayBuffer>;

/** What one of the consoles offers; only hvc0 has a size. */
interface Port {
  readonly output: ReadableStream<Bytes>;
  readonly outputBytes: number;
  write(data: string | Uint8Array): Promise<void>;
  drained(): Promise<void>;
  resize?(columns: number, rows: number): void;
}

/**
 * hvc0 and the first serial port as one terminal, for a guest that goes from one to the other:
 * firmware and boot loaders know only the serial port. It takes over the output of both.
 */
export class BothConsoles implements Port {
  /** What the guest writes to either, as it comes. One reader; while nobody reads, it waits. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #ports: { console: Port; serial: Port };
  readonly #inputTo: 'console' | 'latest';
  #latest: Port;

  /** @param inputTo what is written goes to hvc0, or to the port whose output came last */
  constructor(ports: { console: Port; serial: Port }, inputTo: 'console' | 'latest') {
    const { console, serial } = ports;
    this.#ports = { console, serial };
    this.#inputTo = inputTo;
    this.#latest = serial;
    const { readable, writable } = new TransformStream<Bytes, Bytes>(undefined, undefined, {
      highWaterMark: 0,
    });
    this.output = readable;
    const writer = writable.getWriter();
    const ended = Promise.all([this.#forward(console, writer), this.#forward(serial, writer)]);
    // Whoever has cancelled the output knows of its end.
    ended.then(() => writer.close()).catch(() => {});
  }

  get outputBytes(): number {
    return this.#ports.console.outputBytes + this.#ports.serial.outputBytes;
  }

  write(data: string | Uint8Array): Promise<void> {
    const port = this.#inputTo === 'latest' ? this.#latest : this.#ports.console;
    return port.write(data);
  }

  resize(columns: number, rows: number): void {
    this.#ports.console.resize?.(columns, rows);
  }

  /** Resolves when all that the guest has written so far has left its ports. */
  async drained(): Promise<void> {
    await Promise.all([this.#ports.console.drained(), this.#ports.serial.drained()]);
  }

  async #forward(port: Port, writer: WritableStreamDefaultWriter<Bytes>): Promise<void> {
    const reader = port.output.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.#latest = port;
        await writer.write(next.value);
      }
    } catch (error) {
      await reader.cancel(error);
      throw error;
    }
  }
}
