/** How long a measurement is for which somebody has guessed a first amount. */
const FIRST_SECONDS = 2;

/**
 * How much work makes a measurement last as long as it is to: sides differ tenfold, and a fixed
 * amount would be over at once on one or take minutes on another. Learnt from run to run.
 */
export class Amounts {
  readonly #seconds: number;
  /** By what is measured where: work done in a second. */
  readonly #rates = new Map<string, number>();

  /** @param seconds that a measurement is to take */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** How much to do of `what`: as long as nobody knows, `first` in a measurement of two seconds. */
  of(what: string, first: number): number {
    const rate = this.#rates.get(what) ?? first / FIRST_SECONDS;
    return Math.max(1, Math.round(rate * this.#seconds));
  }

  /** So much of `what` has taken so long. */
  learn(what: string, amount: number, seconds: number): void {
    this.#rates.set(what, amount / seconds);
  }
}
