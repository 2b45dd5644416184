import type { DeviceQueue } from './queue.ts';

/** What one step of a device that is held has done. */
export interface QueueStep {
  queue: number;
  /** Position of the chain in the available ring, or of the element in the used ring; free-running, 16 bits. */
  index: number;
}

interface PendingStep {
  /** Null for any. */
  queue: number | null;
  done: (step: QueueStep | null) => void;
}

/** Used elements that a device that is held is to publish one by one. Each waits for the CPU thread's sync point. */
export class PublishSteps {
  readonly #queues: readonly DeviceQueue[];
  readonly #pending: PendingStep[] = [];

  constructor(queues: readonly DeviceQueue[]) {
    this.#queues = queues;
  }

  /** Whether somebody waits for a step. */
  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  /** @param queue null for the first that has an element */
  add(queue: number | null): Promise<QueueStep | null> {
    return new Promise((done) => this.#pending.push({ queue, done }));
  }

  /** The queue of the next step, or null when there is none; steps for which there is nothing end here. */
  next(): DeviceQueue | null {
    while (this.#pending.length > 0) {
      const [{ queue }] = this.#pending;
      const found = this.#queues.find(({ index, hasUnpublished }) => {
        return hasUnpublished && (queue === null || index === queue);
      });
      if (found !== undefined) return found;
      this.finish(null);
    }
    return null;
  }

  /** The next step is done. */
  finish(step: QueueStep | null): void {
    this.#pending.shift()?.done(step);
  }

  /** Nobody holds the device any more: what waited is published anyway. */
  cancel(): void {
    for (const { done } of this.#pending.splice(0)) done(null);
  }
}
