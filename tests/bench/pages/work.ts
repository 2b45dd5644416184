import type { KeptOrder } from './kept-worker.ts';
import KeptWorker from './kept-worker.ts?worker';
import { RAM_SIZE, RING_WORDS, type RingOrder } from './ring-worker.ts';
import RingWorker from './ring-worker.ts?worker';

/** What can be measured in a page without a guest; the runner calls it. */
export class PageWork {
  readonly #kept = new KeptWorker();

  /** @returns milliseconds that it took */
  keptWrites(order: KeptOrder): Promise<number> {
    return answerOf<number>(this.#kept, order);
  }

  /**
   * Sends `count` buffers from one worker to another and back over a virtqueue, `depth` at a time.
   * @returns milliseconds that it took
   */
  async ringRoundTrips(depth: number, count: number): Promise<number> {
    const parts = {
      ram: new SharedArrayBuffer(RAM_SIZE),
      words: new Int32Array(new SharedArrayBuffer(4 * RING_WORDS)),
      depth,
      count,
    };
    const device = new RingWorker();
    const driver = new RingWorker();
    try {
      const failed = answerOf<never>(device, { ...parts, role: 'device' } satisfies RingOrder);
      const done = answerOf<number>(driver, { ...parts, role: 'driver' } satisfies RingOrder);
      return await Promise.race([done, failed]);
    } finally {
      device.terminate();
      driver.terminate();
    }
  }
}

/** What a worker answers to an order, which may be that it has failed. */
function answerOf<Answer>(worker: Worker, order: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as Answer);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(order);
  });
}

declare global {
  var pageWork: PageWork;
}

globalThis.pageWork = new PageWork();
