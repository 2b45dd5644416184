import type { ByteRing } from '../link/byte-ring.ts';
import { WatchedPort } from './watched-port.ts';

/** Bytes that one read of the output gives at most: what a terminal draws within a frame. */
export const OUTPUT_PIECE = 64 * 1024;

/** What a port needs of its device. */
export interface PortDevice {
  /** Lets the device look at its rings again. */
  signal(): void;
  /** The port's page side has hung up. */
  hangUp(port: number): Promise<void>;
  /** Whether the device still has output of the port that it could not pass on. */
  holdsOutput(port: number): Promise<boolean>;
  /** The size of the terminal on the console has changed. */
  resize(columns: number, rows: number): Promise<void>;
}

/** A port in a snapshot: the page's part of it. */
export interface ConsolePortState {
  /** What the guest has written and nobody has read. */
  output: Uint8Array<ArrayBuffer>;
  /** Bytes that were read before it. */
  outputBytes: number;
  /** What the page has written and the guest has not taken. */
  input: Uint8Array<ArrayBuffer>;
}

/** The page's end of a virtio console port. Port 0 is the console, hvc0. */
export class ConsolePort extends WatchedPort {
  readonly name: string;
  /**
   * What the guest writes, in order and complete. One reader; while nobody reads, the guest
   * waits. Ends when the machine is disposed. `watch` and `waitFor` read it if nobody else does.
   */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes that the guest has written to this port and that were read. */
  outputBytes = 0;
  readonly #number: number;
  readonly #device: PortDevice;
  readonly #input: ByteRing;
  readonly #output: ByteRing;
  /** What was last told of the terminal's size. */
  #size: [columns: number, rows: number] | null = null;
  /** Grows when the machine becomes another: what was still to be written is nothing to it. */
  #lives = 0;
  /** Called when a piece of the output was read. */
  #pieceRead: (() => void)[] = [];
  /** Pieces of the output that were read. */
  #pieces = 0;
  readonly #encoder = new TextEncoder();
  /** Writes follow one another, so that long ones do not mix. */
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param look is shown each piece of the output @internal */
  constructor(
    name: string,
    number: number,
    rings: { output: ByteRing; input: ByteRing },
    device: PortDevice,
    look: (bytes: Uint8Array) => void,
  ) {
    super(number === 0 ? 'the console' : `the port ${name}`);
    this.name = name;
    this.#number = number;
    this.#device = device;
    this.#input = rings.input;
    this.#output = rings.output;
    this.output = this.#makeOutput(rings.output, look);
  }

  /** Sends text or bytes to the guest. Resolves when the device has room for all of it. */
  write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? this.#encoder.encode(data) : data;
    this.#writing = this.#writing.then(() => this.#writeAll(bytes));
    return this.#writing;
  }

  /** Hangs up: the guest reads end-of-file after all that was written. */
  close(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#device.hangUp(this.#number));
    return this.#writing;
  }

  /**
   * Resolves when all that the guest has written so far has gone out of `output`. It needs a
   * reader, and a guest that has stopped writing. What a paused device holds does not count.
   */
  async drained(): Promise<void> {
    for (let pieces = this.#pieces; await this.#device.holdsOutput(this.#number); ) {
      // Unless a piece was read since the device was asked: then its answer is of the past.
      if (pieces === this.#pieces) await this.#nextPiece();
      pieces = this.#pieces;
    }
    while (this.#output.readable > 0) await this.#nextPiece();
  }

  /** Tells the guest the terminal's size. Only the console has one. */
  resize(columns: number, rows: number): void {
    this.#size = [columns, rows];
    // A console that has died has no size; the machine has told of its death.
    this.#device.resize(columns, rows).catch(() => {});
  }

  /** For a snapshot; the machine's. @internal */
  save(): ConsolePortState {
    const { outputBytes } = this;
    return { output: this.#output.peek(), outputBytes, input: this.#input.peek() };
  }

  /** Becomes what `state` tells; the machine's. What was being written meanwhile ends as if it were. @internal */
  restore({ output, outputBytes, input }: ConsolePortState): void {
    this.#lives++;
    this.#output.replace(output);
    this.#input.replace(input);
    this.outputBytes = outputBytes;
  }

  /** After `restore`: the guest may know of another size than the terminal has. @internal */
  tellSize(): void {
    if (this.#size !== null) this.resize(...this.#size);
  }

  /** Ends the output and lets waiting writes go; the machine's. @internal */
  dispose(): void {
    this.#closed = true;
  }

  #nextPiece(): Promise<void> {
    return new Promise((resolve) => this.#pieceRead.push(resolve));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    const life = this.#lives;
    while (rest.length > 0 && !this.#closed && life === this.#lives) {
      const written = this.#input.write(rest);
      rest = rest.subarray(written);
      this.#device.signal();
      if (rest.length > 0) await this.#input.untilWritable(CLOSED_LOOK);
    }
  }

  #makeOutput(
    ring: ByteRing,
    look: (bytes: Uint8Array) => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          while (ring.readable === 0 && !this.#closed) await ring.untilReadable(CLOSED_LOOK);
          const bytes = ring.read(OUTPUT_PIECE);
          this.outputBytes += bytes.length;
          this.#device.signal();
          look(bytes);
          this.wasRead(bytes);
          if (bytes.length > 0) controller.enqueue(bytes);
          this.#pieces++;
          for (const resolve of this.#pieceRead.splice(0)) resolve();
          if (this.#closed && ring.readable === 0) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** How often a waiting port looks whether the machine has been disposed, in milliseconds. */
const CLOSED_LOOK = 1000;
