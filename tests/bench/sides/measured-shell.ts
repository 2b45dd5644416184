import { type CommandResult, GuestShell } from '../../support/guest-shell.ts';

/** What guest programs print where a measurement begins or ends (bench/guest/arguments.h). */
const MARK = 0x1d;
/** How a shell does it. */
export const PRINT_MARK = "printf '\\035'";

/** A moment of a measurement. */
export interface Mark {
  /** Milliseconds of the host's clock. */
  time: number;
  /** Guest instructions so far, or null where nobody counts them. */
  instructions: number | null;
}

export interface MeasuredResult extends CommandResult {
  marks: Mark[];
}

/** A guest's shell whose terminal is looked at for marks. The clock is always the host's. */
export class MeasuredShell extends GuestShell {
  readonly #instructions: () => number | null;
  #marks: Mark[] = [];
  /** Bytes to be counted, and otherwise ignored, after the next mark. */
  #toCount = 0;
  #counting = false;

  constructor(write: (text: string) => void | Promise<void>, instructions: () => number | null) {
    super(write);
    this.#instructions = instructions;
  }

  override receive(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) rest = this.#counting ? this.#count(rest) : this.#look(rest);
  }

  /** Runs a command that must succeed. @returns what it printed and the marks in it */
  async measure(command: string): Promise<MeasuredResult> {
    this.#marks = [];
    const result = await this.run(command);
    if (result.status !== 0) {
      throw new Error(`${command}: exit status ${result.status}, ${result.output}`);
    }
    return { ...result, marks: this.#marks };
  }

  /** See `Guest.measureFlood`; the sink does nothing else with the bytes than to count them. */
  measureFlood(command: string, length: number): Promise<MeasuredResult> {
    this.#toCount = length;
    return this.measure(`${PRINT_MARK}; ${command}`);
  }

  /** Takes the bytes up to the next mark. @returns those after it */
  #look(bytes: Uint8Array): Uint8Array {
    const end = bytes.indexOf(MARK);
    super.receive(end === -1 ? bytes : bytes.subarray(0, end));
    if (end === -1) return bytes.subarray(bytes.length);
    this.#noteMark();
    this.#counting = this.#toCount > 0;
    return bytes.subarray(end + 1);
  }

  /** Counts the bytes that are to be counted. @returns those after them */
  #count(bytes: Uint8Array): Uint8Array {
    const counted = Math.min(bytes.length, this.#toCount);
    this.#toCount -= counted;
    this.#counting = this.#toCount > 0;
    if (!this.#counting) this.#noteMark();
    return bytes.subarray(counted);
  }

  #noteMark(): void {
    this.#marks.push({ time: performance.now(), instructions: this.#instructions() });
  }
}
