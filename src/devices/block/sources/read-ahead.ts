/** Sequential readers that are told apart. */
const READERS = 4;
/** Blocks that are read ahead once a reader is seen to be sequential. */
const FIRST_WINDOW = 2;

/**
 * Recognises who reads on where he has stopped, and says what he will want next: twice as much
 * each time, up to a bound. Several such readers may alternate. Makes no garbage.
 */
export class ReadAhead {
  /** The blocks [first, end) are worth fetching, says `observe`. */
  first = 0;
  end = 0;
  readonly #longest: number;
  /** For each reader: the block after the last that it has read ... */
  readonly #next = new Float64Array(READERS).fill(Number.NaN);
  /** ... that after the last which was fetched for it ... */
  readonly #ahead = new Float64Array(READERS);
  /** ... and how many blocks it should be ahead. */
  readonly #window = new Float64Array(READERS);
  #reader = 0;
  #replaced = 0;

  /** @param longest blocks that are read ahead at most */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * The blocks [first, end) are being read. @returns whether [this.first, this.end) should be
   * fetched; the caller says with `fetched` how far it went
   */
  observe(first: number, end: number): boolean {
    const reader = this.#readerAt(first);
    if (reader < 0) {
      this.#remember(end);
      return false;
    }
    if (end <= this.#next[reader]) return false;
    const window = Math.max(FIRST_WINDOW, 2 * this.#window[reader]);
    this.#window[reader] = Math.min(window, this.#longest);
    this.#next[reader] = end;
    this.#reader = reader;
    this.first = Math.max(end, this.#ahead[reader]);
    this.end = end + this.#window[reader];
    // Not block by block: few long requests cost less than many short ones.
    return this.end - this.first >= this.#window[reader] / 2;
  }

  /** The blocks before `block` were fetched, or need not be. */
  fetched(block: number): void {
    this.#ahead[this.#reader] = block;
  }

  /** Who has last read up to block `first`, or part of it. */
  #readerAt(first: number): number {
    for (let reader = 0; reader < READERS; reader++) {
      const next = this.#next[reader];
      if (first === next || first === next - 1) return reader;
    }
    return -1;
  }

  #remember(end: number): void {
    const reader = this.#replaced;
    this.#replaced = (reader + 1) % READERS;
    this.#next[reader] = end;
    this.#ahead[reader] = end;
    this.#window[reader] = 0;
  }
}
