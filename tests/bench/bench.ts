import { Amounts } from './amounts.ts';
import type { SideName } from './figure.ts';
import type { Laboratory } from './laboratory.ts';
import type { Guest } from './sides/guest.ts';

/** What a figure measures with. */
export class Bench {
  readonly amounts: Amounts;
  /** How long a measurement is to take, in seconds. */
  readonly seconds: number;
  readonly laboratory: Laboratory;
  /** Those that are booted; each keeps what its compiler has learnt until the end. */
  readonly #guests = new Map<SideName, Guest>();
  #running: Guest | null = null;

  constructor(laboratory: Laboratory, seconds: number) {
    this.laboratory = laboratory;
    this.seconds = seconds;
    this.amounts = new Amounts(seconds);
  }

  /** The guest of `side` at its prompt; all others stand still meanwhile. */
  async guest(side: SideName): Promise<Guest> {
    const known = this.#guests.get(side);
    if (known !== undefined && known === this.#running) return known;
    await this.quiet();
    if (known !== undefined) await known.resume();
    const guest = known ?? (await this.laboratory.boot(side));
    this.#guests.set(side, guest);
    this.#running = guest;
    return guest;
  }

  /** No guest runs: for what is measured without one. */
  async quiet(): Promise<void> {
    await this.#running?.pause();
    this.#running = null;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#guests.values()].map((guest) => guest.dispose()));
    this.#guests.clear();
  }
}
