/** Where progress is written: standard error, so that standard output stays a command's own. */
interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Without a terminal, a line at most this often, in milliseconds. */
const PLAIN_INTERVAL = 10_000;
/** On a terminal, the line is renewed at most this often, in milliseconds. */
const TERMINAL_INTERVAL = 200;

/** A time span in milliseconds as people say it: `8s`, `1m05s`, `1h02m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

/**
 * A size in bytes, in the unit that reads best: `512 B`, `3.0 MB`. Units are powers of 1000.
 */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** One line of progress. `fraction` is 0 to 1; undefined when nobody can know how far it is. */
export function formatStep(title: string, fraction: number | undefined, elapsed: number): string {
  const done = fraction === undefined ? '' : ` ${Math.floor(fraction * 100)}%`;
  return `${title} ...${done} (${formatDuration(elapsed)})`;
}

/**
 * A step that may take long: shows what is done, how far it is and the time spent. On a terminal
 * one line is renewed; elsewhere a plain line comes every ten seconds. End it with `done`, or
 * with `failed` before throwing.
 */
export class Step {
  readonly #title: string;
  readonly #output: Output;
  readonly #clock: () => number;
  readonly #started: number;
  readonly #timer: NodeJS.Timeout;
  #fraction: number | undefined;
  #shown: number;

  /** `clock` answers milliseconds. */
  constructor(title: string, output: Output = process.stderr, clock: () => number = Date.now) {
    this.#title = title;
    this.#output = output;
    this.#clock = clock;
    this.#started = this.#shown = clock();
    this.#show();
    this.#timer = setInterval(() => this.tick(), output.isTTY ? 1000 : PLAIN_INTERVAL);
    this.#timer.unref();
  }

  /** Says how far the step is, 0 to 1. Never shows 100% before the end. */
  update(fraction: number): void {
    this.#fraction = Math.max(0, Math.min(0.99, fraction));
    this.tick();
  }

  /** Renews the line if it is time to. */
  tick(): void {
    const interval = this.#output.isTTY ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
    if (this.#clock() - this.#shown >= interval) this.#show();
  }

  /** Ends the step well; `result` is a word or two about what came out of it. */
  done(result = 'done'): void {
    this.#end(result);
  }

  /** Ends the step that went wrong; the reason is in the error thrown. */
  failed(): void {
    this.#end('failed');
  }

  #end(result: string): void {
    clearInterval(this.#timer);
    const line = `${this.#title}: ${result} (${formatDuration(this.#clock() - this.#started)})`;
    this.#write(line, '\n');
  }

  #show(): void {
    this.#shown = this.#clock();
    const line = formatStep(this.#title, this.#fraction, this.#shown - this.#started);
    this.#write(line, this.#output.isTTY ? '' : '\n');
  }

  #write(line: string, end: string): void {
    if (!this.#output.isTTY) this.#output.write(`${line}${end}`);
    else this.#output.write(`\r\x1b[K${line.slice(0, (this.#output.columns ?? 80) - 1)}${end}`);
  }
}

/** Runs `work` as a step; `result` makes the closing word from what it answers. */
export async function inStep<Result>(
  title: string,
  work: (step: Step) => Promise<Result>,
  result: (value: Result) => string = () => 'done',
): Promise<Result> {
  const step = new Step(title);
  try {
    const value = await work(step);
    step.done(result(value));
    return value;
  } catch (error) {
    step.failed();
    throw error;
  }
}
