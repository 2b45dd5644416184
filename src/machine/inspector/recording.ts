import type { TraceReader } from '../../trace/reader.ts';
import { TraceRecords } from '../../trace/records.ts';
import type { Trace, TraceSubjects } from '../../trace/trace.ts';

/** Events that a recording holds, unless told. */
const STANDARD_LIMIT = 1_000_000;

export interface RecordOptions {
  /** Events at most, of all threads together; a million unless told, which takes 30 MB. */
  limit?: number;
}

/** Everything that happens from its beginning on, up to a bound. */
export class Recording {
  readonly #reader: TraceReader;
  readonly #subjects: TraceSubjects;
  readonly #onStop: () => void;
  readonly #limit: number;
  readonly #records = new TraceRecords();
  #dropped = 0;
  #trace: Trace | null = null;

  /** @param subjects may change meanwhile @param onStop is called when the recording ends */
  constructor(
    reader: TraceReader,
    subjects: TraceSubjects,
    { limit = STANDARD_LIMIT }: RecordOptions = {},
    onStop = () => {},
  ) {
    this.#reader = reader;
    this.#subjects = subjects;
    this.#onStop = onStop;
    this.#limit = limit;
  }

  /** Events that are recorded. */
  get length(): number {
    return this.#records.length;
  }

  /** No more events fit: those that come are counted in `dropped`. */
  get full(): boolean {
    return this.#records.length >= this.#limit;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Takes over what the threads have written. Called often enough that nothing is overwritten before. */
  drain(): void {
    this.#take(this.#reader.read());
  }

  /** Ends the recording. @returns what was recorded; the same each time */
  stop(): Trace {
    this.#trace ??= this.#finish();
    return this.#trace;
  }

  #finish(): Trace {
    this.#take(this.#reader.readAll());
    const { missed } = this.#reader;
    this.#reader.close();
    this.#onStop();
    this.#records.sort();
    return {
      subjects: structuredClone(this.#subjects),
      records: this.#records,
      dropped: this.#dropped,
      missed,
      epoch: performance.timeOrigin,
    };
  }

  #take(records: TraceRecords): void {
    const room = Math.max(0, this.#limit - this.#records.length);
    const fitting = Math.min(room, records.length);
    for (let at = 0; at < fitting; at++) this.#records.appendFrom(records, at);
    this.#dropped += records.length - fitting;
  }
}
