import type {
  Inspector,
  Trace,
  TraceAnalysis,
  TraceRecords,
  TraceSubjects,
} from '../../../machine/index.ts';
import { counted, formatMicroseconds, formatNumber } from '../format.ts';
import { LiveTrace } from './live-trace.ts';
import { Recorder } from './recorder.ts';

const NO_SUBJECTS: TraceSubjects = { threads: [], devices: [] };

/** A trace that was recorded, here or elsewhere. */
export interface FinishedTrace {
  trace: Trace;
  /** For a person: where it comes from. */
  title: string;
  /** It was recorded here, and is nowhere else. */
  recorded?: boolean;
}

/** What is looked at: what happens in the machine now, the same frozen, or a finished trace. */
export class TraceSource {
  readonly recorder = new Recorder();
  readonly #live = new LiveTrace();
  #inspector: Inspector | null = null;
  #finished: FinishedTrace | null = null;
  #frozen = false;
  #unsaved = false;

  /** What is looked at was recorded here, and is lost when something else is looked at. */
  get unsaved(): boolean {
    return this.#unsaved;
  }

  /** What is looked at was saved, or may be lost. */
  letGo(): void {
    this.#unsaved = false;
  }

  get hasMachine(): boolean {
    return this.#inspector !== null;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get finished(): boolean {
    return this.#finished !== null;
  }

  /** Nothing comes any more. */
  get still(): boolean {
    return this.#frozen || this.finished;
  }

  /** In the order of their times. */
  get records(): TraceRecords {
    return this.#finished?.trace.records ?? this.#live.history.records;
  }

  /** Counts of all that came; while it is live. */
  get latest(): TraceAnalysis {
    return this.#live.analysis;
  }

  get subjects(): TraceSubjects {
    return this.#finished?.trace.subjects ?? this.#inspector?.subjects ?? NO_SUBJECTS;
  }

  /** The time that is called 0. */
  get origin(): number {
    if (this.#finished === null) return this.#live.began;
    return this.#finished.trace.records.length === 0 ? 0 : this.#finished.trace.records.times[0];
  }

  /** From the first event to the last. */
  get range(): [from: number, to: number] {
    const { times, length } = this.records;
    return length === 0 ? [this.origin, this.origin] : [times[0], times[length - 1]];
  }

  /** Another machine, or none. @returns what was being recorded of the one before, which is not lost */
  connect(inspector: Inspector | null): FinishedTrace | null {
    this.rest();
    this.#live.clear();
    this.#frozen = false;
    this.#inspector = inspector;
    return this.stopRecording();
  }

  /** Somebody looks: what happens from now on is read, unless that is not what is looked at. */
  async watch(): Promise<void> {
    if (this.#inspector !== null && !this.still) await this.#live.start(this.#inspector);
  }

  /** Nobody looks: nothing is traced for that. */
  rest(): void {
    this.#live.stop();
  }

  freeze(): void {
    if (this.still) return;
    this.#live.read();
    this.rest();
    this.#frozen = true;
  }

  /** What happens from now on is looked at. */
  async goOn(): Promise<void> {
    this.#finished = null;
    this.#unsaved = false;
    this.#frozen = false;
    await this.watch();
  }

  look(finished: FinishedTrace): void {
    this.rest();
    this.#frozen = false;
    this.#finished = finished;
    this.#unsaved = finished.recorded ?? false;
  }

  /** Takes over what has happened. @returns whether time goes on */
  read(): boolean {
    this.#live.read();
    return this.#live.open;
  }

  /** @returns whether it begins: not without a machine, nor while another recording goes on */
  async record(): Promise<boolean> {
    return this.#inspector !== null && (await this.recorder.start(this.#inspector));
  }

  stopRecording(): FinishedTrace | null {
    const trace = this.recorder.stop();
    if (trace === null) return null;
    const { records, epoch } = trace;
    const began = new Date(epoch + (records.length > 0 ? records.times[0] : 0));
    return { trace, title: `Recording of ${began.toLocaleTimeString()}`, recorded: true };
  }

  /** What is looked at as it can be kept; null while it still changes. */
  get trace(): Trace | null {
    if (this.#finished !== null) return this.#finished.trace;
    if (!this.#frozen) return null;
    const { records, subjects } = this;
    const { missed } = this.#live;
    return { records, subjects, dropped: 0, missed, epoch: performance.timeOrigin };
  }

  /** What is looked at, in a sentence. */
  get words(): string {
    if (this.recorder.active) {
      const full = this.recorder.full ? ' No more fit.' : '';
      return `Recording: ${counted(this.recorder.length, 'event')} so far.${full}`;
    }
    const kept = counted(this.records.length, 'event');
    if (this.#finished === null) {
      if (this.#frozen) return `Frozen, with ${kept}.`;
      if (!this.hasMachine) return 'There is no machine. A trace in a file can be opened.';
      if (!this.#live.open) return 'The trace is being opened.';
      if (this.records.length > 0) return `Live, with ${kept}.`;
      return 'Live. Nothing has happened since you look: press a key in the terminal.';
    }
    const [from, to] = this.range;
    const { dropped, missed } = this.#finished.trace;
    const lost = dropped + missed;
    const lostWords = lost === 0 ? '' : `, ${formatNumber(lost)} more did not fit`;
    const { title } = this.#finished;
    const notSaved = this.#unsaved ? ' Not saved.' : '';
    return `${title}: ${kept} in ${formatMicroseconds((to - from) * 1000)}${lostWords}.${notSaved}`;
  }
}
