import { nextTask } from '../link/next-task.ts';

/** Told how far a piece of work is: bytes that are done, and in all or null. */
export type OnProgress = (done: number, total: number | null) => void;

/** Between two turns of the worker's event loop, where it can hear that it is to end; milliseconds. */
const LONGEST_TURN = 20;
/** Between two reports; milliseconds. */
const REPORT_INTERVAL = 100;

/** A long piece of work: whether it is still wanted, and how far it is. */
export class Work {
  readonly signal: AbortSignal;
  /** Bytes in all; null while nobody knows. */
  total: number | null = null;
  readonly #onProgress: OnProgress;
  #done = 0;
  #turn = performance.now();
  #reported = Number.NEGATIVE_INFINITY;

  constructor(signal: AbortSignal, onProgress: OnProgress = () => {}) {
    this.signal = signal;
    this.#onProgress = onProgress;
  }

  /**
   * So many more bytes are done. Comes often: after each piece of at most some megabytes.
   * @throws the signal's reason when the work is not wanted any more
   */
  async advance(bytes: number): Promise<void> {
    this.#done += bytes;
    const now = performance.now();
    if (now - this.#reported >= REPORT_INTERVAL) this.#report(now);
    if (now - this.#turn >= LONGEST_TURN) {
      await nextTask();
      this.#turn = performance.now();
    }
    this.signal.throwIfAborted();
  }

  /** All is done. */
  finish(): void {
    this.total ??= this.#done;
    this.#report(performance.now());
  }

  #report(now: number): void {
    this.#reported = now;
    this.#onProgress(this.#done, this.total);
  }
}
