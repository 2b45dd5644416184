import type { DiskProgress } from '../../machine/disks/disk-work.ts';
import { describeFailure, type Failure } from '../failure.ts';

/** What a job is given to work with. */
export interface JobContext {
  signal: AbortSignal;
  onProgress(progress: DiskProgress): void;
}

export type JobState = 'running' | 'done' | 'cancelled' | 'failed';

/** Something that takes a while: an import, an export, a copy. It lives on while nobody looks. */
export class Job {
  /** What it does, for example "Importing data.img". */
  readonly title: string;
  #state: JobState = 'running';
  #progress: DiskProgress = { done: 0, total: null };
  #outcome = '';
  #failure: Failure | null = null;
  readonly #cancelling = new AbortController();
  readonly #onChange: () => void;

  constructor(title: string, onChange: () => void) {
    this.title = title;
    this.#onChange = onChange;
  }

  get state(): JobState {
    return this.#state;
  }

  get progress(): DiskProgress {
    return this.#progress;
  }

  /** Whether it was told to stop; it may take a moment. */
  get stopping(): boolean {
    return this.#state === 'running' && this.#cancelling.signal.aborted;
  }

  /** What came of it, a sentence; empty while it runs. */
  get outcome(): string {
    return this.#outcome;
  }

  /** What was wrong, of a job that has failed. */
  get failure(): Failure | null {
    return this.#failure;
  }

  cancel(): void {
    if (this.#state !== 'running') return;
    this.#cancelling.abort();
    this.#onChange();
  }

  /** @param work answers with a sentence about what was done */
  async run(work: (context: JobContext) => Promise<string>): Promise<void> {
    const { signal } = this.#cancelling;
    const onProgress = (progress: DiskProgress) => {
      this.#progress = progress;
      this.#onChange();
    };
    try {
      this.#end('done', await work({ signal, onProgress }));
    } catch (reason) {
      if (signal.aborted) {
        this.#end('cancelled', `${this.title} was cancelled. Nothing of it is left.`);
        return;
      }
      this.#failure = describeFailure(reason);
      this.#end('failed', `${this.title} has failed.`);
    }
  }

  #end(state: JobState, outcome: string): void {
    this.#state = state;
    this.#outcome = outcome;
    this.#onChange();
  }
}

/** The jobs of the page, those that have ended included, until somebody has read how. */
export class Jobs {
  #jobs: Job[] = [];
  readonly #onChange: (jobs: readonly Job[]) => void;
  readonly #onEnd: (job: Job) => void;

  /**
   * @param onChange something about them is different
   * @param onEnd one of them has ended, well or not
   */
  constructor(onChange: (jobs: readonly Job[]) => void, onEnd: (job: Job) => void) {
    this.#onChange = onChange;
    this.#onEnd = onEnd;
  }

  get running(): boolean {
    return this.#jobs.some(({ state }) => state === 'running');
  }

  /** Begins a job. Resolves when it has ended; never rejects: see `Job.failure`. */
  async start(title: string, work: (context: JobContext) => Promise<string>): Promise<Job> {
    const job = new Job(title, () => this.#changed());
    // What was read of jobs that went well makes room for the next.
    this.#jobs = [...this.#jobs.filter(({ state }) => ['running', 'failed'].includes(state)), job];
    this.#changed();
    await job.run(work);
    this.#onEnd(job);
    return job;
  }

  /** Takes a job that has ended off the list. */
  dismiss(job: Job): void {
    if (job.state === 'running') return;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.#changed();
  }

  #changed(): void {
    this.#onChange(this.#jobs);
  }
}
