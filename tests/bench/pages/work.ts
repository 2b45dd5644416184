import type { KeptOrder } from './kept-worker.ts';
import KeptWorker from './kept-worker.ts?worker';

/** What can be measured in a page without a guest; the runner calls it. */
export class PageWork {
  readonly #kept = new KeptWorker();

  /** @returns milliseconds that it took */
  keptWrites(order: KeptOrder): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#kept.onmessage = ({ data }) => resolve(data as number);
      this.#kept.onerror = ({ message }) => reject(new Error(message));
      this.#kept.postMessage(order);
    });
  }
}

declare global {
  var pageWork: PageWork;
}

globalThis.pageWork = new PageWork();
