import type { Inspector } from '../../machine/inspector/inspector.ts';
import type { Recording } from '../../machine/inspector/recording.ts';
import { exportChromeTrace } from '../../trace/chrome-trace.ts';
import { TraceRecords } from '../../trace/records.ts';
import type { Trace } from '../../trace/trace.ts';

/** Events that one recording holds, which take 3 MB; there are two at a time. */
const RECORDED = 100_000;

/** Events that are exported at most: some megabytes of JSON. */
const EXPORTED = 20_000;

/** How often is looked whether a recording is full, in milliseconds. */
const LOOK_TIME = 50;

/** Knows the last that has happened in the machine's rings, however long it runs. */
export class LastTrace {
  readonly #inspector: Inspector;
  #current: Recording;
  #before: Trace | null = null;
  #turning: Promise<void> = Promise.resolve();

  private constructor(inspector: Inspector, recording: Recording) {
    this.#inspector = inspector;
    this.#current = recording;
    setInterval(() => {
      if (this.#current.full) this.#turning = this.#turning.then(() => this.#turnIfFull());
    }, LOOK_TIME);
  }

  static async start(inspector: Inspector): Promise<LastTrace> {
    return new LastTrace(inspector, await inspector.record({ limit: RECORDED }));
  }

  /** What has happened until now is none of the next trace's. */
  async forget(): Promise<void> {
    await this.#turning;
    await this.#turn();
    this.#before = null;
  }

  /** The last events as a Chrome trace; what it has is forgotten with that. */
  async export(): Promise<string> {
    await this.#turning;
    const before = this.#before;
    const last = this.#current.stop();
    await this.forget();
    return (await exportChromeTrace(endOf(before === null ? [last] : [before, last]))).text();
  }

  async #turnIfFull(): Promise<void> {
    if (this.#current.full) await this.#turn();
  }

  async #turn(): Promise<void> {
    this.#before = this.#current.stop();
    this.#current = await this.#inspector.record({ limit: RECORDED });
  }
}

/** The last events of traces that follow one another. */
function endOf(traces: Trace[]): Trace {
  const records = new TraceRecords();
  const length = traces.reduce((sum, trace) => sum + trace.records.length, 0);
  let skipped = Math.max(0, length - EXPORTED);
  for (const trace of traces) {
    const first = Math.min(skipped, trace.records.length);
    skipped -= first;
    for (let at = first; at < trace.records.length; at++) records.appendFrom(trace.records, at);
  }
  return { ...traces[traces.length - 1], records };
}
