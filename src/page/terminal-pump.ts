import type { Terminal } from '@xterm/xterm';
import { OUTPUT_PIECE } from '../machine/index.ts';

/**
 * Bytes the terminal may have before it. xterm.js works through what it has for about 12 ms, looks
 * at the clock between writes only, and then lets the browser draw: small writes keep every task
 * short, and several of them in hand spare a timer for each.
 */
const MOST_PENDING = 64 * 1024;
const WRITE_SIZE = 8 * 1024;

/**
 * From so many bytes at once on it is a flood, which nobody can read. To draw costs more than to
 * take in what is drawn, and the guest, which runs on the same thread, gets what is saved.
 */
const FLOOD = 4 * 1024;
/** Between two drawings of a flood, in milliseconds: every third frame of most screens. */
const FLOOD_INTERVAL = 45;
/** Bytes of a flood that may come without a break: so much is there to be taken in without one. */
const FLOOD_BURST = 256 * 1024;

/** Resolves with the frame in which a flood is to be drawn next; at once in a page that draws none. */
export async function nextFloodFrame(): Promise<void> {
  const begin = performance.now();
  while (!document.hidden && performance.now() - begin < FLOOD_INTERVAL) {
    await new Promise(requestAnimationFrame);
  }
}

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
 * @param untilFloodFrame resolves when the next part of a flood may be drawn
 */
export async function pumpOutput(
  output: ReadableStreamDefaultReader<Uint8Array>,
  terminal: Terminal,
  signal: AbortSignal,
  untilFloodFrame = nextFloodFrame,
): Promise<void> {
  const writer = new BoundedWriter(terminal, signal);
  let burst = 0;
  for (;;) {
    const { done, value } = await output.read();
    if (done) return;
    await writer.write(value);
    burst += value.length;
    const isWhole = value.length < OUTPUT_PIECE;
    if (value.length >= FLOOD && (isWhole || burst >= FLOOD_BURST)) await untilFloodFrame();
    if (isWhole || burst >= FLOOD_BURST) burst = 0;
  }
}
