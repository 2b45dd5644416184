import { type Inspector, TraceAnalysis, type TraceReader } from '../../../machine/index.ts';
import { History } from './history.ts';

/** What happens in a machine, while somebody looks. */
export class LiveTrace {
  readonly history = new History();
  /** Of all that came since it was begun. */
  readonly analysis = new TraceAnalysis();
  /** When it was begun: milliseconds of `performance.now()`. */
  began = 0;
  #reader: TraceReader | null = null;
  #wanted: Inspector | null = null;
  #missed = 0;

  /** Whether events come. */
  get open(): boolean {
    return this.#reader !== null;
  }

  /** Events that were overwritten before they were read. */
  get missed(): number {
    return this.#reader?.missed ?? this.#missed;
  }

  /** Begins to read what happens from now on; what was there before is forgotten. */
  async start(inspector: Inspector): Promise<void> {
    if (this.#wanted === inspector) return;
    this.stop();
    this.#wanted = inspector;
    this.clear();
    this.began = performance.now();
    const reader = await inspector.trace();
    // Meanwhile nobody may want it any more, or another.
    if (this.#wanted === inspector) this.#reader = reader;
    else reader.close();
  }

  /** Reads no more; the trace closes if nobody else reads. What was read stays. */
  stop(): void {
    this.#missed = this.missed;
    this.#wanted = null;
    this.#reader?.close();
    this.#reader = null;
  }

  clear(): void {
    this.history.clear();
    this.analysis.clear();
    this.#missed = 0;
  }

  /** Takes over what has come. */
  read(): void {
    if (this.#reader === null) return;
    const records = this.#reader.read();
    this.analysis.add(records);
    this.history.add(records);
  }
}
