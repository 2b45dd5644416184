import type { InFlight, QueueSnapshot } from '../../../machine/index.ts';

/** The order in which chains in flight are worth a look. */
const WORTH: Readonly<Record<InFlight['state'], number>> = {
  taken: 0,
  served: 1,
  notified: 2,
  available: 3,
};

/**
 * Which chain is looked at: the one that somebody has chosen, or else the one that is furthest at work, and when
 * nothing is in flight the one that came back last.
 */
export class ChosenChain {
  #chosen: number | null = null;
  #followed = -1;

  /** Whether it is left to us. */
  get follows(): boolean {
    return this.#chosen === null;
  }

  /** -1 for none. */
  get head(): number {
    return this.#chosen ?? this.#followed;
  }

  choose(head: number): void {
    this.#chosen = head;
  }

  /** Leaves it to us again. */
  follow(): void {
    this.#chosen = null;
  }

  /** Another queue is looked at. */
  forget(): void {
    this.#chosen = null;
    this.#followed = -1;
  }

  /** Looks for the one to follow. */
  update({ inFlight, used, published }: QueueSnapshot): void {
    const [first, ...others] = inFlight;
    if (first === undefined) {
      const last = used.ids[(published - 1) & (used.ids.length - 1)];
      if (this.#followed === -1 && published > 0 && last !== undefined) this.#followed = last;
      return;
    }
    const better = (one: InFlight, other: InFlight) =>
      WORTH[other.state] < WORTH[one.state] ? other : one;
    this.#followed = others.reduce(better, first).head;
  }
}
