import type { Terminal } from '@xterm/xterm';

/**
 * Bytes the terminal may have before it. xterm.js works through what it has for about 12 ms, looks
 * at the clock between writes only, and then lets the browser draw: small writes keep every task
 * short, and several of them in hand spare a timer for each.
 */
const MOST_PENDING = 64 * 1024;
const WRITE_SIZE = 8 * 1024;

/** Feeds a terminal no faster than it draws. */
class BoundedWriter {
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;
  #pending = 0;
  #onRoom: (() => void) | null = null;

  constructor(terminal: Terminal, signal: AbortSignal) {
    this.#terminal = terminal;
    this.#signal = signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += WRITE_SIZE) {
      await this.#room();
      if (this.#signal.aborted) return;
      this.#hand(bytes.subarray(start, start + WRITE_SIZE));
    }
  }

  #hand(part: Uint8Array): void {
    this.#pending += part.length;
    this.#terminal.write(part, () => {
      this.#pending -= part.length;
      this.#onRoom?.();
    });
  }

  async #room(): Promise<void> {
    while (this.#pending > MOST_PENDING - WRITE_SIZE) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
  }
}

/**
 * Writes a stream to the terminal until it ends or the signal says so, and is silent from then on:
 * what an old machine had still to say must not mix with the next one's output. The next chunk is read only when there is
 * room, which is how a slow terminal makes the guest wait.
 */
export async function pumpOutput(
  output: ReadableStreamDefaultReader<Uint8Array>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const writer = new BoundedWriter(terminal, signal);
  for (;;) {
    const { done, value } = await output.read();
    if (done) return;
    await writer.write(value);
  }
}
