import { TraceAnalysis, TraceRecords } from '../../../machine/index.ts';

/** Events that are counted at once: a million would keep the page waiting. */
const AT_ONCE = 20_000;

/** Counts and times the events of a piece of time. */
export class PieceAnalysis {
  readonly analysis = new TraceAnalysis();
  readonly #events = new TraceRecords();
  #records: TraceRecords | null = null;
  #from = 0;
  #to = 0;
  #next = 0;
  #end = 0;

  /** The piece's length in milliseconds. */
  get duration(): number {
    return this.#to - this.#from;
  }

  /** Begins anew, if that is another piece than before. `records` must not change meanwhile. */
  look(records: TraceRecords, from: number, to: number): void {
    if (records === this.#records && from === this.#from && to === this.#to) return;
    this.#records = records;
    this.#from = from;
    this.#to = to;
    this.#next = records.find(from);
    this.#end = records.find(to);
    this.analysis.clear();
  }

  /** Counts some more. @returns whether that is all */
  count(): boolean {
    const records = this.#records;
    if (records === null) return true;
    const end = Math.min(this.#end, this.#next + AT_ONCE);
    this.#events.clear();
    while (this.#next < end) this.#events.appendFrom(records, this.#next++);
    this.analysis.add(this.#events);
    return this.#next === this.#end;
  }
}
