import { TraceRecords } from './records.ts';
import type { TraceRing } from './ring.ts';

/**
 * Events of the last so many milliseconds wait for the next read: another thread may have taken the time of an earlier
 * one and not have written it yet.
 */
const HOLD_BACK = 2;

/** What was read of one thread and not given out. */
interface Source {
  thread: number;
  /** Null when nothing more will come. */
  ring: TraceRing | null;
  /** The number of the next record to read. */
  next: number;
  pending: TraceRecords;
  /** The first of the pending ones that was not given out. */
  at: number;
}

/** Reads the rings of several threads as one sequence of events in the order of their times. */
export class TraceReader {
  readonly #sources = new Set<Source>();
  readonly #onClose: (reader: TraceReader) => void;
  readonly #merged = new TraceRecords();
  #missed = 0;

  /** @param onClose is called once, when nobody wants to read any more */
  constructor(onClose: (reader: TraceReader) => void = () => {}) {
    this.#onClose = onClose;
  }

  /** Events that were overwritten before they were read. */
  get missed(): number {
    return this.#missed;
  }

  /** Reads from now on what `thread` writes into `ring`, which must not have been followed before. @internal */
  follow(thread: number, ring: TraceRing): void {
    const pending = new TraceRecords();
    this.#sources.add({ thread, ring, next: ring.written, pending, at: 0 });
  }

  /** Nothing more will come into `ring`. @internal */
  unfollow(ring: TraceRing): void {
    for (const source of this.#sources) {
      if (source.ring !== ring) continue;
      this.#fetch(source);
      source.ring = null;
    }
  }

  /**
   * What happened since the last call, but for the last two milliseconds. The same object each time; it is emptied
   * by the next call. Events that come later than that stand behind others.
   */
  read(): TraceRecords {
    return this.#readUntil(performance.now() - HOLD_BACK);
  }

  /** The same with the last two milliseconds. */
  readAll(): TraceRecords {
    return this.#readUntil(Number.POSITIVE_INFINITY);
  }

  /** The reader is not needed any more. */
  close(): void {
    this.#sources.clear();
    this.#onClose(this);
  }

  #readUntil(time: number): TraceRecords {
    const merged = this.#merged;
    merged.clear();
    for (const source of this.#sources) this.#fetch(source);
    for (let next = this.#earliest(time); next !== null; next = this.#earliest(time)) {
      merged.appendFrom(next.pending, next.at++);
    }
    for (const source of this.#sources) this.#tidy(source);
    return merged;
  }

  #fetch(source: Source): void {
    if (source.ring === null) return;
    const { next, missed } = source.ring.read(source.next, source.thread, source.pending);
    source.next = next;
    this.#missed += missed;
  }

  /** The source of the event that comes next, or null when there is none before `time`. */
  #earliest(time: number): Source | null {
    let earliest: Source | null = null;
    let least = time;
    for (const source of this.#sources) {
      if (source.at === source.pending.length) continue;
      const head = source.pending.times[source.at];
      if (head >= least) continue;
      earliest = source;
      least = head;
    }
    return earliest;
  }

  #tidy(source: Source): void {
    source.pending.remove(0, source.at);
    source.at = 0;
    if (source.ring === null && source.pending.length === 0) this.#sources.delete(source);
  }
}
