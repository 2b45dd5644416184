/** Messages, of somebody who cancels among them, wait no longer than that for their turn. */
const TURN_MILLISECONDS = 20;
/** Between two reports. */
const REPORT_MILLISECONDS = 100;

/** Told how far a piece of work is: bytes that are done, and in all or null while nobody knows. */
export type OnProgress = (done: number, total: number | null) => void;

/** Who watches over work that takes its time. */
export interface Watch {
  /** Ends the work between two steps, with its reason. */
  signal?: AbortSignal | undefined;
  /** Told now and then, and at the end. */
  onProgress?: OnProgress | undefined;
}

/** Work in steps, between which it can be cancelled, and the event loop is served. */
export class Work {
  readonly signal: AbortSignal;
  /** Bytes in all; null while nobody knows. */
  total: number | null;
  readonly #onProgress: OnProgress;
  #done = 0;
  #turn = performance.now();
  #reported = Number.NEGATIVE_INFINITY;

  /** @throws the signal's reason when it is aborted already */
  constructor(watch: Watch = {}, total: number | null = null) {
    this.signal = watch.signal ?? new AbortController().signal;
    this.total = total;
    this.#onProgress = watch.onProgress ?? (() => {});
    this.signal.throwIfAborted();
  }

  /**
   * So many more bytes are done. Comes often: after each piece of at most some megabytes.
   * @throws the signal's reason when the work is not wanted any more
   */
  async advance(bytes: number): Promise<void> {
    this.#done += bytes;
    const now = performance.now();
    if (now - this.#reported >= REPORT_MILLISECONDS) this.#report(now);
    if (now - this.#turn >= TURN_MILLISECONDS) {
      await nextTurn();
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

/**
 * Resolves when the event loop has gone round. Timers would wait for 4 ms in a browser; a channel that
 * stayed open would keep the command line from ending.
 */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
