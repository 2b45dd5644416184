/** Begins and ends what a command reports: control characters that no command prints. */
const REPORT = '\x1e';

/** What came of a shell command. */
export interface CommandResult {
  /** All that the terminal printed meanwhile. */
  output: string;
  /** Its exit status. */
  status: number;
}

/**
 * The shell of a guest, driven over a terminal. Everything that is waited for is an event: a piece
 * of output, or a change that somebody has noted.
 */
export class GuestShell {
  /** Everything that the terminal has printed, as Latin-1 so that it can be binary. */
  output = '';
  readonly #write: (text: string) => void | Promise<void>;
  readonly #decoder = new TextDecoder('latin1');
  #waiting: (() => void)[] = [];

  /** @param write types text into the terminal */
  constructor(write: (text: string) => void | Promise<void>) {
    this.#write = write;
  }

  /** The terminal has printed `bytes`. */
  receive(bytes: Uint8Array): void {
    this.note(() => {
      this.output += this.#decoder.decode(bytes);
    });
  }

  /** Waits for the shell's prompt and makes it silent. */
  async untilPrompt(): Promise<void> {
    await this.waitFor(/# /);
    await this.#write(`stty -echo; PS1=; PS2=; printf '${octal(REPORT)}silent'\n`);
    await this.waitFor(new RegExp(`${REPORT}silent`));
    this.output = '';
  }

  /** Runs a shell command to its end. */
  async run(command: string): Promise<CommandResult> {
    this.output = '';
    const report = `printf '${octal(REPORT)}%d${octal(REPORT)}' $?`;
    await this.#write(`{ ${command}\n}; ${report}\n`);
    const begin = await this.#find(REPORT, 0);
    const end = await this.#find(REPORT, begin + 1);
    const status = Number(this.output.slice(begin + 1, end));
    return { output: this.output.slice(0, begin).replaceAll('\r\n', '\n'), status };
  }

  /** Resolves when the terminal's output matches. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.output) ?? undefined);
  }

  /** Resolves with the first value of `condition` that is not undefined. */
  async until<Value>(condition: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = condition();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Makes a change that somebody may wait for. */
  note(change: () => void): void {
    change();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Where `text` is in the output, from `start` on; looks at each piece once. */
  #find(text: string, start: number): Promise<number> {
    let from = start;
    return this.until(() => {
      const found = this.output.indexOf(text, from);
      from = Math.max(start, this.output.length - text.length + 1);
      return found === -1 ? undefined : found;
    });
  }
}

function octal(text: string): string {
  return `\\0${text.charCodeAt(0).toString(8).padStart(2, '0')}`;
}
