import { Kind, NO_QUEUE } from './events.ts';
import type { TraceRing } from './ring.ts';

/** What a trace tells of a chain. */
export interface TakenChain {
  head: number;
  /** Bytes of the device-readable and of the device-writable part. */
  readableLength: number;
  writableLength: number;
}

/**
 * The trace points of one device on one thread. Whoever has trace points has one of these or null, and calls it as
 * `this.trace?.doorbell(queue, index);`, a statement of its own: closed, a trace costs a look at null, and
 * a build can leave such statements out (tests/bench).
 *
 * What each means, and the numbers that come with it: TRACE_KINDS.
 */
export class DeviceTrace {
  readonly #ring: TraceRing;
  readonly #device: number;

  /** @param ring of this thread @param device the device's place, 0 to 30 */
  constructor(ring: TraceRing, device: number) {
    this.#ring = ring;
    this.#device = device;
  }

  doorbell(queue: number, available: number): void {
    this.#write(Kind.doorbell, queue, available);
  }

  /** @param until the available index, free-running, up to which chains are taken now */
  taken(queue: number, until: number, chain: TakenChain): void {
    const { head, readableLength, writableLength } = chain;
    this.#write(Kind.taken, queue, (until - 1) & 0xffff, head, readableLength, writableLength);
  }

  /** @param until the used index, free-running, up to which elements are inserted now */
  served(queue: number, until: number, head: number, written: number): void {
    this.#write(Kind.served, queue, (until - 1) & 0xffff, head, written);
  }

  syncAsked(request: number, ranges: number): void {
    this.#write(Kind['sync asked'], NO_QUEUE, request, 0, 0, ranges);
  }

  syncPoint(request: number, bytes: number): void {
    this.#write(Kind['sync point'], NO_QUEUE, request, 0, bytes);
  }

  published(queue: number, index: number, before: number): void {
    this.#write(Kind.published, queue, index, 0, 0, before);
  }

  attention(): void {
    this.#write(Kind.attention, NO_QUEUE);
  }

  interrupt(queue = NO_QUEUE, published = 0): void {
    this.#write(Kind.interrupt, queue, published);
  }

  suppressed(queue: number, published: number): void {
    this.#write(Kind.suppressed, queue, published);
  }

  withheld(queue = NO_QUEUE, published = 0): void {
    this.#write(Kind.withheld, queue, published);
  }

  isrRead(isr: number): void {
    this.#write(Kind['ISR read'], NO_QUEUE, 0, 0, 0, isr);
  }

  status(status: number): void {
    this.#write(Kind.status, NO_QUEUE, 0, 0, 0, status);
  }

  queueEnabled(queue: number, size: number): void {
    this.#write(Kind['queue enabled'], queue, size);
  }

  reset(queue = NO_QUEUE): void {
    this.#write(Kind.reset, queue);
  }

  resetDone(queue = NO_QUEUE): void {
    this.#write(Kind['reset done'], queue);
  }

  needsReset(): void {
    this.#write(Kind['needs reset'], NO_QUEUE);
  }

  paused(): void {
    this.#write(Kind.paused, NO_QUEUE);
  }

  resumed(): void {
    this.#write(Kind.resumed, NO_QUEUE);
  }

  held(): void {
    this.#write(Kind.held, NO_QUEUE);
  }

  released(): void {
    this.#write(Kind.released, NO_QUEUE);
  }

  #write(kind: number, queue: number, index = 0, head = 0, length = 0, value = 0): void {
    this.#ring.write(kind, this.#device, queue, index, head, length, value);
  }
}
