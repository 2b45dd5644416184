/** Numbers that look random and are the same each time: xorshift32. */
export class Noise {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** The next number, 32 bits, unsigned. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
