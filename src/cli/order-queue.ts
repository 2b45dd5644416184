import type { Order } from '../headless/protocol.ts';

/** Orders for the page, kept until it takes them. One taker. */
export class OrderQueue implements AsyncIterable<Order> {
  readonly #waiting: Order[] = [];
  #ready: (() => void) | undefined;

  give(order: Order): void {
    this.#waiting.push(order);
    this.#ready?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Order> {
    for (;;) {
      const order = this.#waiting.shift();
      if (order) yield order;
      else await new Promise<void>((resolve) => (this.#ready = resolve));
    }
  }
}
