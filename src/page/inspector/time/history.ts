import { TraceRecords } from '../../../machine/index.ts';

/** Events that are kept of a live trace: some seconds of a busy disk. */
const KEPT = 150_000;
/** So many more may gather before the oldest go, since that moves all others. */
const SLACK = 50_000;

/** What happened lately, in the order of time. */
export class History {
  readonly records = new TraceRecords();

  add(records: TraceRecords): void {
    const first = this.records.length;
    for (let at = 0; at < records.length; at++) this.records.appendFrom(records, at);
    if (records.length > 0) this.#settle(first);
    const { length } = this.records;
    if (length > KEPT + SLACK) this.records.remove(0, length - KEPT);
  }

  clear(): void {
    this.records.clear();
  }

  /** Those that came late are late by little: only what is near has to make room for them. */
  #settle(first: number): void {
    const { times, length } = this.records;
    let earliest = Number.POSITIVE_INFINITY;
    for (let at = first; at < length; at++) earliest = Math.min(earliest, times[at]);
    let from = first;
    while (from > 0 && times[from - 1] > earliest) from--;
    this.records.sort(from);
  }
}
