import { MachineError } from './errors.ts';
import { startTimer } from './timer.ts';

/** Characters that are remembered of what a port has printed. */
const LONGEST_TEXT = 256 * 1024;

/** Characters of it that an error shows. */
const SHOWN_TEXT = 1000;

const STANDARD_TIMEOUT = 30_000;

export interface WaitOptions {
  /** Milliseconds until the wait fails: 30,000 unless told, `Infinity` for no limit. */
  timeout?: number;
}

/** What a transcript needs of its port. */
export interface PrintingPort {
  readonly output: ReadableStream<Uint8Array>;
  /** Resolves when all that the guest has printed so far was read. */
  drained(): Promise<void>;
}

/** Somebody who waits for words. */
interface Wait {
  expression: RegExp;
  /** The words, for a message. */
  words: string;
  matched(match: RegExpExecArray): void;
  failed(error: MachineError): void;
}

/**
 * What a port has printed, as text, for whoever waits for words in it. It costs nothing until it is
 * first used; what was read before that it does not know.
 */
export class Transcript {
  readonly #name: string;
  readonly #port: PrintingPort;
  readonly #decoder = new TextDecoder();
  readonly #waits = new Set<Wait>();
  #active = false;
  #text = '';
  /** Characters of the text that somebody has waited for already. */
  #matched = 0;
  /** Why the guest prints nothing more. */
  #end: string | null = null;

  /** @param name what messages call the port */
  constructor(name: string, port: PrintingPort) {
    this.#name = name;
    this.#port = port;
  }

  /** The last 256 Ki characters, as UTF-8. */
  get text(): string {
    return this.#text;
  }

  /** Remembers from now on, and reads the output itself unless somebody else does already. */
  watch(): void {
    this.#active = true;
    if (!this.#port.output.locked) void this.#port.output.pipeTo(new WritableStream());
  }

  /** A piece of the output was read. */
  add(bytes: Uint8Array): void {
    if (!this.#active) return;
    this.#text += this.#decoder.decode(bytes, { stream: true });
    for (const wait of this.#waits) this.#look(wait);
    const excess = this.#text.length - LONGEST_TEXT;
    if (excess <= 0) return;
    this.#text = this.#text.slice(excess);
    this.#matched = Math.max(0, this.#matched - excess);
  }

  /**
   * Waits until what came after the last match matches.
   * @throws MachineError 'timeout'; 'guest-ended'
   */
  waitFor(pattern: string | RegExp, options: WaitOptions = {}): Promise<RegExpExecArray> {
    this.watch();
    const { timeout = STANDARD_TIMEOUT } = options;
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waits.delete(wait);
      };
      const wait: Wait = {
        expression: toExpression(pattern),
        words: typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern),
        matched: (match) => {
          finish();
          resolve(match);
        },
        failed: (error) => {
          finish();
          reject(error);
        },
      };
      const timer = startTimer(timeout, () => wait.failed(this.#tooLate(wait, timeout)));
      this.#waits.add(wait);
      if (!this.#look(wait) && this.#end !== null) void this.#finish();
    });
  }

  /**
   * The guest prints nothing more: whoever waits is told why.
   * @param end 'The guest is off'; null when it starts anew
   */
  guestEnded(end: string | null): void {
    this.#end = end;
    if (end !== null && this.#waits.size > 0) void this.#finish();
  }

  /** The end of the text, for a message: sentences. */
  get lastWords(): string {
    const words = this.#text.slice(-SHOWN_TEXT).replaceAll('\r', '').trimEnd();
    return words === '' ? 'It has printed nothing.' : `The last it printed:\n${words}`;
  }

  /** What the guest has printed last may still be on its way. */
  async #finish(): Promise<void> {
    const end = this.#end;
    await this.#port.drained().catch(() => {});
    if (end === null || this.#end !== end) return;
    for (const wait of this.#waits) wait.failed(this.#ended(wait, end));
  }

  #look(wait: Wait): boolean {
    const match = wait.expression.exec(this.#text.slice(this.#matched));
    if (match === null) return false;
    this.#matched += match.index + match[0].length;
    wait.matched(match);
    return true;
  }

  #tooLate({ words }: Wait, timeout: number): MachineError {
    return new MachineError(
      'timeout',
      `Within ${timeout} ms ${this.#name} has not printed ${words}. ${this.lastWords}`,
      'See what the guest waits for, or give it more time with `timeout`.',
    );
  }

  #ended({ words }: Wait, end: string): MachineError {
    return new MachineError(
      'guest-ended',
      `${end}, and ${this.#name} has not printed ${words}. ${this.lastWords}`,
      'See why it ended; `reset` starts it again.',
    );
  }
}

/** Without the flags that make an expression remember where it was. */
function toExpression(pattern: string | RegExp): RegExp {
  if (typeof pattern === 'string') {
    return new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  }
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
}
