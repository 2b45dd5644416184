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
  /** What `output` is put together from: looked at after each piece, megabytes would take minutes. */
  #pieces: string[] = [];
  /** How many REPORTs are in them. */
  #reports = 0;
  readonly #write: (text: string) => void | Promise<void>;
  readonly #decoder = new TextDecoder('latin1');
  #waiting: (() => void)[] = [];

  /** @param write types text into the terminal */
  constructor(write: (text: string) => void | Promise<void>) {
    this.#write = write;
  }

  /** Everything that the terminal has printed, as Latin-1 so that it can be binary. */
  get output(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return this.#pieces[0] ?? '';
  }

  set output(text: string) {
    this.#pieces = [text];
    this.#reports = countReports(text);
  }

  /** The terminal has printed `bytes`. */
  receive(bytes: Uint8Array): void {
    this.note(() => {
      const piece = this.#decoder.decode(bytes);
      this.#pieces.push(piece);
      this.#reports += countReports(piece);
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
    await this.until(() => (this.#reports >= 2 ? true : undefined));
    const [output, status] = this.output.split(REPORT, 2);
    return { output: output.replaceAll('\r\n', '\n'), status: Number(status) };
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
}

function countReports(text: string): number {
  return text.split(REPORT).length - 1;
}

function octal(text: string): string {
  return `\\0${text.charCodeAt(0).toString(8).padStart(2, '0')}`;
}
