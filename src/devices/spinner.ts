import { type ControlBlock, Word } from '../link/control-block.ts';
import { SpinBudget } from '../link/spin-budget.ts';

/**
 * Spinning longer than this starves a machine of two cores; in milliseconds. A page of a terminal's
 * output, or a read of 1 MiB, comes after less.
 */
const LONGEST_SPIN = 0.4;
const SHORTEST_SPIN = 0.005;
/** A sleep that ended within this time was one that spinning would have spared. */
const WORTH_SPINNING = 0.4;
/** Loads between two looks at the clock. */
const LOADS_PER_LOOK = 64;

/**
 * Sleeps until the CPU thread signals, after a spin that is as long as has lately paid. Waking from
 * `Atomics.wait` costs tens of microseconds, about as much as a whole disk request.
 */
export class Spinner {
  readonly #control: ControlBlock;
  readonly #budget = new SpinBudget(SHORTEST_SPIN, LONGEST_SPIN);

  constructor(control: ControlBlock) {
    this.#control = control;
  }

  /**
   * Blocks until there was a signal after `seen`, a value of `Word.signal`. For workers only.
   * @param least milliseconds to spin in any case, when the change is as good as under way
   */
  waitForSignal(seen: number, least = 0): void {
    const spin = Math.max(this.#budget.milliseconds, least);
    const start = performance.now();
    do {
      for (let loads = 0; loads < LOADS_PER_LOOK; loads++) {
        if (this.#control.load(Word.signal) !== seen) return;
      }
    } while (performance.now() - start < spin);
    const asleep = performance.now();
    this.#control.sleep(seen);
    this.#budget.learn(performance.now() - asleep < WORTH_SPINNING);
  }
}
