import type { ExecOptions, ExecResult } from '../machine/agent/agent.ts';
import type { MachineState } from '../machine/events.ts';
import type { MachineStatistics } from '../machine/machine.ts';
import type { WaitOptions } from '../machine/transcript.ts';
import type { BootedMachine, SavedMoment } from './booted-machine.ts';

/** What may take its time, in milliseconds; nothing takes longer than the test may. */
const STANDARD_TIMES = { command: 60_000, words: 30_000 };

/** The page answers a command that took too long so much later, in milliseconds. */
const ANSWER_TIME = 10_000;

/** How to run a command in the guest. */
export interface CommandOptions extends Pick<ExecOptions, 'timeout'> {
  /** What the command reads from its standard input; nothing unless told. */
  input?: string | Uint8Array;
}

/** How much time is left for the test, in milliseconds. */
export type TimeLeft = () => number;

/** The guest's console: the last that the kernel's command line names, hvc0 or ttyS0. */
export class TestConsole {
  readonly #machine: BootedMachine;
  readonly #timeLeft: TimeLeft;

  /** Use `machine.console`. */
  constructor(machine: BootedMachine, timeLeft: TimeLeft) {
    this.#machine = machine;
    this.#timeLeft = timeLeft;
  }

  /** The last 256 Ki characters that the guest has printed, from its boot on. */
  get text(): string {
    return this.#machine.text;
  }

  /** Types text. */
  async write(data: string | Uint8Array): Promise<void> {
    await this.#machine.call('write', [data], this.#timeLeft());
  }

  /**
   * Waits until the guest has printed `pattern`, or finds that it has since it was switched on. A match counts
   * once: the next wait looks at what comes behind it.
   * @returns the match @throws MachineError 'timeout', after 30 s or what `options` say, but before the test's
   *   own time is over; 'guest-ended'
   */
  async waitFor(pattern: string | RegExp, options: WaitOptions = {}): Promise<RegExpExecArray> {
    const timeout = options.timeout ?? STANDARD_TIMES.words;
    return this.#machine.waitFor(pattern, Math.min(timeout, this.#timeLeft()));
  }
}

/** The guest's files. A path that begins with no slash is below /root. It needs a guest with an agent. */
export class TestFiles {
  readonly #machine: BootedMachine;
  readonly #timeLeft: TimeLeft;

  /** Use `machine.files`. */
  constructor(machine: BootedMachine, timeLeft: TimeLeft) {
    this.#machine = machine;
    this.#timeLeft = timeLeft;
  }

  /** Writes a file, with the folders that it is to be in. @throws MachineError 'guest-file', or as `exec` does */
  async write(path: string, content: string | Uint8Array): Promise<void> {
    const limit = this.#limit();
    await this.#machine.call('writeFile', [path, content, limit], limit + ANSWER_TIME);
  }

  /** Reads a file whole. @throws MachineError 'guest-file', or as `exec` does */
  async read(path: string): Promise<Uint8Array> {
    const limit = this.#limit();
    return this.#machine.call('readFile', [path, limit], limit + ANSWER_TIME);
  }

  /** The same as text, UTF-8. */
  async readText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.read(path));
  }

  #limit(): number {
    return Math.round(Math.min(STANDARD_TIMES.command, this.#timeLeft()));
  }
}

/** What `machine.snapshot` has saved, for `machine.restore` in the same test. */
export class MachineSnapshot {
  /** The kit's own. */
  readonly moment: SavedMoment;

  constructor(moment: SavedMoment) {
    this.moment = moment;
  }
}

/** The machine of one test: booted, and as fresh as if no other test had used it. */
export class TestMachine {
  readonly console: TestConsole;
  readonly files: TestFiles;
  readonly #machine: BootedMachine;
  readonly #timeLeft: TimeLeft;

  /** Use the fixture `machine`. */
  constructor(machine: BootedMachine, timeLeft: TimeLeft) {
    this.#machine = machine;
    this.#timeLeft = timeLeft;
    this.console = new TestConsole(machine, timeLeft);
    this.files = new TestFiles(machine, timeLeft);
  }

  /** What it is doing: 'running', 'off', 'panicked' and so on. */
  get state(): MachineState {
    return this.#machine.state;
  }

  /**
   * Runs a shell command in the guest, as root in /root. It needs a guest with an agent, which Ringbox's own has.
   * @throws MachineError 'timeout', after 60 s or what `options` say, but before the test's own time is over;
   *   'guest-ended', 'command-too-long', 'output-too-long'. Each tells what was printed last
   */
  async exec(command: string, options: CommandOptions = {}): Promise<ExecResult> {
    const longest = options.timeout ?? STANDARD_TIMES.command;
    const timeout = Math.round(Math.min(longest, this.#timeLeft()));
    return this.#machine.call('exec', [command, { ...options, timeout }], timeout + ANSWER_TIME);
  }

  /** Switches the machine off and on again. Disks keep what was written to them until the test ends. */
  async reset(): Promise<void> {
    await this.#machine.call('reset', [], this.#timeLeft());
  }

  /** Saves the whole machine as it is, for this test. */
  async snapshot(): Promise<MachineSnapshot> {
    return new MachineSnapshot(await this.#machine.save(''));
  }

  /** The machine becomes what it was, and goes on; the console's text begins anew. As often as one likes. */
  async restore(snapshot: MachineSnapshot): Promise<void> {
    await this.#machine.goBackTo(snapshot.moment);
  }

  /** Counters that only grow; differences are rates. */
  async statistics(): Promise<MachineStatistics> {
    return this.#machine.call('statistics', []);
  }

  /**
   * The last that has happened in the rings of its virtio devices, some ten thousand events, as a Chrome trace in
   * JSON, which Perfetto opens. The next one begins where it ends.
   */
  async trace(): Promise<string> {
    return this.#machine.call('trace', []);
  }
}
