import { Amounts } from './amounts.ts';
import type { MachineName } from './figure.ts';
import type { Laboratory } from './laboratory.ts';
import type { Guest } from './sides/guest.ts';

/** Something that runs while it is measured, and stands still while others are. */
export interface Subject {
  pause(): Promise<void>;
  resume(): Promise<void>;
  dispose(): Promise<void>;
}

/** What a figure measures with. */
export class Bench {
  readonly amounts: Amounts;
  /** How long a measurement is to take, in seconds. */
  readonly seconds: number;
  readonly laboratory: Laboratory;
  /** Those that are booted; each keeps what its compiler has learnt until the end. */
  readonly #subjects = new Map<string, Subject>();
  #running: Subject | null = null;

  constructor(laboratory: Laboratory, seconds: number) {
    this.laboratory = laboratory;
    this.seconds = seconds;
    this.amounts = new Amounts(seconds);
  }

  /** The guest of `side` at its prompt, alone. */
  guest(side: MachineName): Promise<Guest> {
    return this.alone(`guest ${side}`, () => this.laboratory.boot(side));
  }

  /** What `start` has started the first time, while everything else stands still. */
  async alone<Kind extends Subject>(name: string, start: () => Promise<Kind>): Promise<Kind> {
    const known = this.#subjects.get(name) as Kind | undefined;
    if (known !== undefined && known === this.#running) return known;
    await this.quiet();
    await known?.resume();
    const subject = known ?? (await start());
    this.#subjects.set(name, subject);
    this.#running = subject;
    return subject;
  }

  /** Everything stands still: for what is measured without any of them. */
  async quiet(): Promise<void> {
    await this.#running?.pause();
    this.#running = null;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#subjects.values()].map((subject) => subject.dispose()));
    this.#subjects.clear();
  }
}
