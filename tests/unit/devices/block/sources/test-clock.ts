import type { Clock } from '../../../../../src/devices/block/sources/clock.ts';

/** Time that passes in leaps: short waits are over at once, long ones when the test says so. */
export class TestClock implements Clock {
  /** Every short wait, in milliseconds. */
  readonly waits: number[] = [];
  readonly #long = new Set<() => void>();

  after(milliseconds: number, callback: () => void): () => void {
    if (milliseconds >= LONG) {
      this.#long.add(callback);
      return () => this.#long.delete(callback);
    }
    this.waits.push(milliseconds);
    const timer = setTimeout(callback, 0);
    return () => clearTimeout(timer);
  }

  /** Long waits that are under way. */
  get waiting(): number {
    return this.#long.size;
  }

  /** Every long wait that is under way is over. */
  leap(): void {
    for (const callback of [...this.#long]) {
      this.#long.delete(callback);
      callback();
    }
  }
}

/** Milliseconds. Longer than any pause between tries in these tests. */
const LONG = 10_000;
