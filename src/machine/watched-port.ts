import { type PrintingPort, Transcript, type WaitOptions } from './transcript.ts';

/** A port of the guest's whose output somebody may watch as text. */
export abstract class WatchedPort implements PrintingPort {
  abstract readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #transcript: Transcript;

  /** @param words what messages call the port */
  protected constructor(words: string) {
    this.#transcript = new Transcript(words, this);
  }

  /** The last 256 Ki characters that were read since `watch` or `waitFor` was first called. */
  get text(): string {
    return this.#transcript.text;
  }

  /**
   * Remembers from now on what the guest writes, in `text`. Unless `output` has a reader already, it
   * is read, so that the guest never waits for one; then `output` can be had by nobody else.
   */
  watch(): void {
    this.#transcript.watch();
  }

  /**
   * Waits until the guest has written `pattern`, and watches from then on. A match counts once: the next
   * wait looks at what comes behind it.
   * @returns the match; what came before it is `match.input.slice(0, match.index)`
   * @throws MachineError 'timeout', with what was written last; 'guest-ended' when the guest has ended
   */
  waitFor(pattern: string | RegExp, options?: WaitOptions): Promise<RegExpExecArray> {
    return this.#transcript.waitFor(pattern, options);
  }

  /** Resolves when all that the guest has written so far has gone out of `output`. */
  abstract drained(): Promise<void>;

  /** The guest writes nothing more, or starts anew (null); the machine's. @internal */
  guestEnded(end: string | null): void {
    this.#transcript.guestEnded(end);
  }

  /** The end of what was written, for a message; the machine's. @internal */
  get lastWords(): string {
    return this.#transcript.lastWords;
  }

  /** A piece of the output was read. @internal */
  protected wasRead(bytes: Uint8Array): void {
    this.#transcript.add(bytes);
  }
}
