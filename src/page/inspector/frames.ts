/** Draws once in each frame of the browser while somebody looks, and costs nothing otherwise. */
export class Frames {
  readonly #draw: (time: number) => void;
  #request: number | null = null;

  /** @param draw told the time of `performance.now()` */
  constructor(draw: (time: number) => void) {
    this.#draw = draw;
  }

  start(): void {
    this.#request ??= requestAnimationFrame(this.#frame);
  }

  stop(): void {
    if (this.#request !== null) cancelAnimationFrame(this.#request);
    this.#request = null;
  }

  readonly #frame = (time: number) => {
    this.#request = requestAnimationFrame(this.#frame);
    this.#draw(time);
  };
}

/** Lets something happen now and then: what is read need not change as often as what moves. */
export class Pace {
  readonly #interval: number;
  #next = Number.NEGATIVE_INFINITY;

  /** @param interval least milliseconds between two times */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Whether it is time again. */
  isDue(time: number): boolean {
    if (time < this.#next) return false;
    this.#next = time + this.#interval;
    return true;
  }

  /** It is time at once. */
  hurry(): void {
    this.#next = Number.NEGATIVE_INFINITY;
  }
}
