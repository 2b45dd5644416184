import { WatchedPort } from './watched-port.ts';

/** With this many bytes unread the CPU is held, so that nothing is lost and nothing grows. */
const FULL = 1024 * 1024;

/** What a serial port needs of the guest's UART. */
export interface SerialDevice {
  /** Bytes of input that the guest takes now. */
  room(): number;
  send(bytes: Uint8Array): void;
}

/** The port in a snapshot. */
export interface SerialPortState {
  /** What the guest has written and nobody has read. */
  output: Uint8Array<ArrayBuffer>;
  /** Bytes that the guest has written, these among them. */
  outputBytes: number;
  /** Input that the guest had no room for. */
  input: Uint8Array<ArrayBuffer>[];
}

/** The page's end of the first serial port, ttyS0. */
export class SerialPort extends WatchedPort {
  readonly name = 'ttyS0';
  /** What the guest writes, in order and complete. One reader; while nobody reads a full port,
   * the guest waits. Ends when the machine is disposed. `watch` and `waitFor` read it if nobody else does. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes that the guest has written. */
  outputBytes = 0;
  readonly #uart: SerialDevice;
  readonly #onRoom: () => void;
  readonly #encoder = new TextEncoder();
  #pending = new Uint8Array(4096);
  #length = 0;
  /** Input that the guest has no room for yet. */
  readonly #waiting: { bytes: Uint8Array; sent: () => void }[] = [];
  #arrived: () => void = () => {};
  #closed = false;
  /** Nobody wants the output any more. */
  #discards = false;

  /**
   * @param onRoom is called when a full port has been read
   * @internal
   */
  constructor(uart: SerialDevice, onRoom: () => void) {
    super('the serial port');
    this.#uart = uart;
    this.#onRoom = onRoom;
    this.output = new ReadableStream(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#discard() },
      { highWaterMark: 0 },
    );
  }

  /** Nobody has read for long: the CPU should not run on. @internal */
  get full(): boolean {
    return this.#length >= FULL;
  }

  /** Sends text or bytes to the guest. Resolves when its driver has begun to take the last of it. */
  write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? this.#encoder.encode(data) : data.slice();
    if (bytes.length === 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, sent: resolve });
      this.sendWaiting();
    });
  }

  /** The guest may have room for input; the machine's. @internal */
  sendWaiting(): void {
    for (let room = this.#room(); room > 0; room = this.#room()) {
      const first = this.#waiting[0];
      this.#uart.send(first.bytes.subarray(0, room));
      first.bytes = first.bytes.subarray(room);
      if (first.bytes.length > 0) continue;
      this.#waiting.shift();
      first.sent();
    }
  }

  /** Input waits for the guest. @internal */
  get inputWaits(): boolean {
    return this.#waiting.length > 0;
  }

  async drained(): Promise<void> {
    while (this.#length > 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** The guest has written a byte; on the CPU thread, inside a slice. @internal */
  receive(byte: number): void {
    this.outputBytes++;
    if (this.#discards) return;
    if (this.#length === this.#pending.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#pending);
      this.#pending = larger;
    }
    this.#pending[this.#length++] = byte;
    this.#arrived();
  }

  /** For a snapshot; the machine's. @internal */
  save(): SerialPortState {
    const output = this.#pending.slice(0, this.#length);
    const input = this.#waiting.map(({ bytes }) => bytes.slice());
    return { output, outputBytes: this.outputBytes, input };
  }

  /** Becomes what `state` tells; the machine's. What was being written meanwhile ends as if it were. @internal */
  restore({ output, outputBytes, input }: SerialPortState): void {
    for (const { sent } of this.#waiting.splice(0)) sent();
    for (const bytes of input) this.#waiting.push({ bytes, sent: () => {} });
    this.outputBytes = outputBytes - output.length;
    this.#length = 0;
    for (const byte of output) this.receive(byte);
  }

  /** Ends the output; the machine's. @internal */
  dispose(): void {
    this.#closed = true;
    for (const { sent } of this.#waiting.splice(0)) sent();
    this.#arrived();
  }

  #discard(): void {
    this.#discards = true;
    this.#length = 0;
    this.#onRoom();
  }

  #room(): number {
    return this.inputWaits ? this.#uart.room() : 0;
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    if (this.#length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const wasFull = this.full;
    if (this.#length > 0) {
      const bytes = this.#pending.slice(0, this.#length);
      this.wasRead(bytes);
      controller.enqueue(bytes);
    }
    this.#length = 0;
    if (this.#closed) controller.close();
    if (wasFull) this.#onRoom();
  }
}
