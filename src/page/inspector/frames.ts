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

/** Milliseconds between two drawings: more often would be work for nobody, and the guest's CPU needs the time. */
const SHORTEST = 30;
const LONGEST = 150;
/** Part of the page's time that may go into drawing. */
const SHARE = 0.08;
/** A frame that took longer than so many milliseconds came late: fifty a second are wanted. */
const LATE = 20;
/** How much the newest frame counts for the mean of all. */
const NEWEST = 0.05;
/** By so much the time between two drawings grows, while frames come late, or gets shorter again. */
const GROWTH = 1.25;

/**
 * Lets something be drawn as often as the page can bear: seldom where a drawing takes long, or where frames come late, for
 * whatever reason.
 */
export class DrawingPace {
  #interval = SHORTEST;
  #next = Number.NEGATIVE_INFINITY;
  #frame = Number.NaN;
  /** Milliseconds between two frames of late. */
  #mean = LATE / 2;
  /** Milliseconds that a drawing takes. */
  #cost = 0;

  /** Milliseconds between two drawings, at this moment. */
  get interval(): number {
    return Math.max(this.#interval, Math.min(LONGEST, this.#cost / SHARE));
  }

  /** Whether to draw in this frame. For each frame. @param time of the frame, in milliseconds */
  isDue(time: number): boolean {
    const since = time - this.#frame;
    this.#frame = time;
    // After a rest there is no frame before.
    if (since > 0 && since < 1000) this.#mean += NEWEST * (since - this.#mean);
    if (time < this.#next) return false;
    const wanted = this.#mean > LATE ? this.#interval * GROWTH : this.#interval / GROWTH;
    this.#interval = Math.min(LONGEST, Math.max(SHORTEST, wanted));
    // Frames do not come at the very millisecond.
    this.#next = time + this.interval - 1;
    return true;
  }

  /** A drawing has taken so many milliseconds. */
  spent(cost: number): void {
    this.#cost += (cost - this.#cost) / 4;
  }
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
