/** Messages, of somebody who cancels among them, wait no longer than that for their turn. */
const TURN_MILLISECONDS = 20;

/** Who watches over work that takes its time. */
export interface Watch {
  /** Ends the work between two steps, with its reason. */
  signal?: AbortSignal | undefined;
  /**
   * Told now and then, and at the end. @param done bytes that were gone through
   * @param total bytes in all
   */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Work in steps, between which it can be cancelled, and the event loop is served. */
export class Steps {
  readonly #watch: Watch;
  readonly #total: number;
  #done = 0;
  #turn = performance.now();

  /** @param total bytes to go through @throws the signal's reason when it is aborted already */
  constructor(total: number, watch: Watch) {
    this.#total = total;
    this.#watch = watch;
    watch.signal?.throwIfAborted();
  }

  /** A step is over. @param bytes that it has gone through @throws the signal's reason */
  async step(bytes: number): Promise<void> {
    this.#done += bytes;
    if (performance.now() - this.#turn >= TURN_MILLISECONDS) {
      this.#watch.onProgress?.(this.#done, this.#total);
      await nextTurn();
      this.#turn = performance.now();
    }
    this.#watch.signal?.throwIfAborted();
  }

  /** All is done. */
  finish(): void {
    this.#watch.onProgress?.(this.#total, this.#total);
  }
}

/** Resolves when the event loop has gone round. Timers would wait for 4 ms in a browser. */
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
