/**
 * The time that the CPU thread may still spend on waiting for workers before the page gets its
 * turn. Each wait is short; but a guest decides how many there are, and one that rings doorbells
 * all the time must not freeze the page.
 */
export class Patience {
  readonly #full: number;
  #left: number;

  /** @param milliseconds between two refills */
  constructor(milliseconds: number) {
    this.#full = milliseconds;
    this.#left = milliseconds;
  }

  /** The page has had its turn. */
  refill(): void {
    this.#left = this.#full;
  }

  /** How much of a wait of `milliseconds` may be had. */
  grant(milliseconds: number): number {
    return Math.min(milliseconds, this.#left);
  }

  /** So many milliseconds were waited. */
  spend(milliseconds: number): void {
    this.#left = Math.max(0, this.#left - milliseconds);
  }
}
