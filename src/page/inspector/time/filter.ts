import { NO_QUEUE, TRACE_KINDS, type TraceRecords } from '../../../machine/index.ts';
import { type Group, KIND_STYLES } from './kinds.ts';

/** Whom it is about: a device by its place, and a queue of it; undefined for all. */
export interface Subject {
  device?: number;
  queue?: number;
}

/** Which events are shown. */
export class EventFilter {
  readonly #hidden = new Set<Group>();
  /** By position in TRACE_KINDS. */
  #shown = TRACE_KINDS.map(() => true);
  subject: Subject = {};

  isShown(group: Group): boolean {
    return !this.#hidden.has(group);
  }

  toggle(group: Group): void {
    if (!this.#hidden.delete(group)) this.#hidden.add(group);
    this.#shown = TRACE_KINDS.map((kind) => this.isShown(KIND_STYLES[kind].group));
  }

  /** Whether event `at` is of the device and of the queue that are looked at; what concerns all of a device does its queue. */
  concerns({ devices, queues }: TraceRecords, at: number): boolean {
    const { device, queue } = this.subject;
    if (device !== undefined && devices[at] !== device) return false;
    return queue === undefined || queues[at] === queue || queues[at] === NO_QUEUE;
  }

  matches(records: TraceRecords, at: number): boolean {
    return this.#shown[records.kinds[at]] && this.concerns(records, at);
  }

  /** The next event that is shown from position `from` on, or before it for a `step` of -1; null for none. */
  next(records: TraceRecords, from: number, step: 1 | -1): number | null {
    for (let at = from; at >= 0 && at < records.length; at += step) {
      if (this.matches(records, at)) return at;
    }
    return null;
  }

  /**
   * Positions of the events of a piece of time that are shown, in order.
   * @param limit so many at most: those that are nearest to position `around`, before it and after
   */
  positions(
    records: TraceRecords,
    from: number,
    to: number,
    limit: number,
    around = records.length,
  ): number[] {
    const first = records.find(from);
    const end = records.find(to);
    const middle = Math.min(end, Math.max(first, around));
    const before: number[] = [];
    const after: number[] = [];
    for (let at = middle - 1; at >= first && before.length < limit; at--) {
      if (this.matches(records, at)) before.push(at);
    }
    for (let at = middle; at < end && after.length < limit; at++) {
      if (this.matches(records, at)) after.push(at);
    }
    // What one side does not need the other has.
    const later = Math.min(after.length, Math.max(limit / 2, limit - before.length));
    return [...before.slice(0, limit - later).reverse(), ...after.slice(0, later)];
  }
}
