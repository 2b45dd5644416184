/**
 * How long a thread may spin for another before it does something dearer: twice as long after a
 * spin that paid, half as long after one that did not, within bounds.
 */
export class SpinBudget {
  /** How long to spin now. */
  milliseconds: number;
  readonly #shortest: number;
  readonly #longest: number;

  constructor(shortest: number, longest: number) {
    this.#shortest = shortest;
    this.#longest = longest;
    this.milliseconds = shortest;
  }

  /** @param paid whether spinning for longer would have been, or was, worth it */
  learn(paid: boolean): void {
    const next = paid ? this.milliseconds * 2 : this.milliseconds / 2;
    this.milliseconds = Math.min(this.#longest, Math.max(this.#shortest, next));
  }
}
