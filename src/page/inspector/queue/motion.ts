import type { QueueSnapshot } from '../../../machine/index.ts';
import type { PointerName } from './ring-shape.ts';
import { distance } from './stages.ts';

/** Milliseconds after which a glow has become a third of what it was. */
const GLOW_TIME = 450;
/** Milliseconds in which a pointer comes two thirds of its way. */
const POINTER_TIME = 70;
/** Less than this cannot be seen. */
const LEAST = 0.02;

/** What a ring has just been given glows for a moment: one number from 0 to 1 for each slot. */
export class Glow {
  values = new Float32Array(0);
  #last: number | null = null;
  #alive = false;

  /** Whether something still glows. */
  get alive(): boolean {
    return this.#alive;
  }

  /** @param index free-running, of what was written last and before */
  advance(index: number, slots: number, elapsed: number, still: boolean): void {
    if (slots !== this.values.length) this.forget(slots);
    this.#fade(elapsed);
    const from = this.#last ?? index;
    this.#last = index;
    const count = Math.min(distance(from, index), slots);
    if (count === 0 || still) return;
    for (let back = 1; back <= count; back++) this.values[(index - back) & (slots - 1)] = 1;
    this.#alive = true;
  }

  /** Another queue is looked at. */
  forget(slots: number): void {
    this.values = new Float32Array(slots);
    this.#last = null;
    this.#alive = false;
  }

  #fade(elapsed: number): void {
    if (!this.#alive) return;
    const keep = Math.exp(-elapsed / GLOW_TIME);
    let alive = false;
    for (let slot = 0; slot < this.values.length; slot++) {
      const value = this.values[slot] * keep;
      this.values[slot] = value < LEAST ? 0 : value;
      alive ||= value >= LEAST;
    }
    this.#alive = alive;
  }
}

/** An index that moves along its ring instead of jumping, so that the eye can follow. */
export class Pointer {
  #target: number | null = null;
  /** Slots behind the target. */
  #behind = 0;

  /** Where it is drawn: an index, with parts of a slot. */
  get position(): number {
    return (this.#target ?? 0) - this.#behind;
  }

  get moving(): boolean {
    return this.#behind !== 0;
  }

  /** @param still it is to jump */
  advance(index: number, slots: number, elapsed: number, still: boolean): void {
    const moved = this.#target === null ? 0 : distance(this.#target, index);
    this.#target = index;
    // Once round or more, or back, as after a reset: nothing to follow.
    if (still || moved >= slots) this.#behind = 0;
    else this.#behind = Math.min(this.#behind + moved, slots);
    this.#behind *= Math.exp(-elapsed / POINTER_TIME);
    if (this.#behind < LEAST) this.#behind = 0;
  }

  forget(): void {
    this.#target = null;
    this.#behind = 0;
  }
}

/** All that moves on the rings of one queue. */
export class RingMotion {
  readonly available = new Glow();
  readonly used = new Glow();
  readonly #pointers = new Map<PointerName, Pointer>();
  /** Where the pointers are, in slots. */
  readonly positions = new Map<PointerName, number>();

  /** Whether something still moves. */
  get alive(): boolean {
    if (this.available.alive || this.used.alive) return true;
    for (const pointer of this.#pointers.values()) if (pointer.moving) return true;
    return false;
  }

  /**
   * @param elapsed milliseconds since the last time
   * @param still nothing is to move by itself
   */
  advance(queue: QueueSnapshot, elapsed: number, still: boolean): void {
    const slots = queue.available.elements.length;
    this.available.advance(queue.availableIndex, slots, elapsed, still);
    this.used.advance(queue.published, slots, elapsed, still);
    for (const [name, index] of pointersOf(queue)) {
      const pointer = this.#pointers.get(name) ?? new Pointer();
      this.#pointers.set(name, pointer);
      pointer.advance(index, slots, elapsed, still);
      // Behind index 0 it is negative for a moment.
      this.positions.set(name, (pointer.position + slots) % slots);
    }
  }

  /** Another queue is looked at. */
  forget(): void {
    this.available.forget(0);
    this.used.forget(0);
    this.#pointers.clear();
    this.positions.clear();
  }
}

function pointersOf(queue: QueueSnapshot): [PointerName, number][] {
  const events: [PointerName, number][] = [
    ['usedEvent', queue.available.usedEvent],
    ['availEvent', queue.used.availEvent],
  ];
  return [
    ...(queue.eventIndex ? events : []),
    ['availableIndex', queue.availableIndex],
    ['doorbell', queue.doorbell],
    ['taken', queue.taken],
    ['returned', queue.returned],
    ['usedIndex', queue.published],
  ];
}
