import type { Attention } from '../link/control-block.ts';
import { wordChanged } from '../link/wait.ts';

/** What a slice returns while the guest must not go on, whatever its devices ask. */
export const HELD = -1;

/**
 * Runs the CPU in slices on the UI thread, so that the page gets its turn after each.
 *
 * Between two slices of a busy guest goes one message of a MessageChannel: the cheapest task a
 * browser has, and not slowed down in a background tab. A halted guest sleeps on the machine's
 * attention word, which its devices notify, until its next timer.
 */
export class Scheduler {
  readonly #attention: Attention;
  readonly #slice: () => number;
  readonly #channel = new MessageChannel();
  #running = false;
  /** Grows with each planned slice; a plan that is not the newest does nothing. */
  #plan = 0;

  /**
   * @param slice runs the guest for about a millisecond and returns the milliseconds until it has
   *   work again; Infinity ends the run, HELD waits for `wake` alone
   */
  constructor(attention: Attention, slice: () => number) {
    this.#attention = attention;
    this.#slice = slice;
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
    const milliseconds = this.#slice();
    if (milliseconds === Number.POSITIVE_INFINITY) this.stop();
    if (!this.#running || plan !== this.#plan) return;
    if (milliseconds === HELD) return;
    else if (milliseconds < 1) this.#soon();
    else void this.#sleep(milliseconds);
  }

  async #sleep(milliseconds: number): Promise<void> {
    // Without a task in between the page would not get its turn.
    if (this.#attention.peek() !== 0) return this.#soon();
    const plan = ++this.#plan;
    await wordChanged(this.#attention.words, 0, 0, milliseconds);
    this.#run(plan);
  }
}
