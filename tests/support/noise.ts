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

/** The same as numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  const noise = new Noise(seed ^ 0x5bd1e995);
  for (let warmUp = 0; warmUp < 8; warmUp++) noise.next();
  return () => noise.next() / 2 ** 32;
}
