/**
 * Whether a machine has to stand still because somebody reads its disks, and what is to come after. Several
 * may read at once.
 */
export class Rest {
  #count = 0;
  #after: (() => void) | null = null;
  #begun: Promise<void> = Promise.resolve();
  #over: Promise<void> = Promise.resolve();
  #resolveOver: () => void = () => {};

  get active(): boolean {
    return this.#count > 0;
  }

  /** Resolves when nobody reads any more. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** What the machine does when the rest is over: whatever was asked for last; null for nothing. */
  afterwards(action: (() => void) | null): void {
    this.#after = action;
  }

  /**
   * Does `work` at rest.
   * @param begin brings the machine to rest, for the first of several; it tells what comes after
   */
  async during<Result>(begin: () => Promise<void>, work: () => Promise<Result>): Promise<Result> {
    if (this.#count++ === 0) this.#begin(begin);
    try {
      await this.#begun;
      return await work();
    } finally {
      if (--this.#count === 0) this.#end();
    }
  }

  #begin(begin: () => Promise<void>): void {
    this.#after = null;
    this.#over = new Promise((resolve) => {
      this.#resolveOver = resolve;
    });
    this.#begun = begin();
  }

  #end(): void {
    const after = this.#after;
    this.#after = null;
    this.#resolveOver();
    after?.();
  }
}
