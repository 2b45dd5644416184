import type { Attention } from '../link/control-block.ts';
import { wordChanged } from '../link/wait.ts';

/** What a slice returns while the guest must not go on, whatever its devices ask. */
export const HELD = -1;

/**
 * A busy guest begins slices for so long before the page gets its turn, in milliseconds. What the page
 * does meanwhile, such as reading a console, costs less in one go than after each slice.
 */
const TURN = 3;

/** The guest's side of the UI thread. */
export interface Guest {
  /** A turn of the guest's begins: the page has had its own. */
  beginTurn(): void;
  /**
   * Runs the guest for about a millisecond.
   * @returns the milliseconds until it has work again; Infinity ends the run, HELD waits for `wake` alone
   */
  runSlice(): number;
}

/**
 * Runs the CPU in slices on the UI thread, and gives the page its turn after a few of them.
 *
 * Between two turns of a busy guest goes one message of a MessageChannel: the cheapest task a
 * browser has, and not slowed down in a background tab. A halted guest sleeps on the machine's
 * attention word, which its devices notify, until its next timer.
 */
export class Scheduler {
  readonly #attention: Attention;
  readonly #guest: Guest;
  readonly #now: () => number;
  readonly #channel = new MessageChannel();
  #running = false;
  /** Grows with each planned turn; a plan that is not the newest does nothing. */
  #plan = 0;

  /** @param now a clock in milliseconds */
  constructor(attention: Attention, guest: Guest, now = () => performance.now()) {
    this.#attention = attention;
    this.#guest = guest;
    this.#now = now;
    this.#channel.port1.onmessage = ({ data }) => this.#run(data as number);
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#soon();
  }

  /** Ends the run: no slice begins after this. Not called from inside a slice it ends at once. */
  stop(): void {
    this.#running = false;
    this.#plan++;
  }

  /** There may be work for a halted guest. */
  wake(): void {
    if (this.#running) this.#soon();
  }

  dispose(): void {
    this.stop();
    this.#channel.port1.close();
  }

  #soon(): void {
    this.#channel.port2.postMessage(++this.#plan);
  }

  #run(plan: number): void {
    if (!this.#running || plan !== this.#plan) return;
    const milliseconds = this.#turn(plan);
    if (milliseconds === Number.POSITIVE_INFINITY) this.stop();
    if (!this.#running || plan !== this.#plan) return;
    if (milliseconds === HELD) return;
    else if (milliseconds < 1) this.#soon();
    else void this.#sleep(milliseconds);
  }

  /** @returns what its last slice has returned */
  #turn(plan: number): number {
    const end = this.#now() + TURN;
    this.#guest.beginTurn();
    let milliseconds: number;
    do milliseconds = this.#guest.runSlice();
    while (milliseconds === 0 && plan === this.#plan && this.#now() < end);
    return milliseconds;
  }

  async #sleep(milliseconds: number): Promise<void> {
    // Without a task in between the page would not get its turn.
    if (this.#attention.peek() !== 0) return this.#soon();
    const plan = ++this.#plan;
    await wordChanged(this.#attention.words, 0, 0, milliseconds);
    this.#run(plan);
  }
}
