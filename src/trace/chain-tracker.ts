import { Kind } from './events.ts';

/** Milliseconds by which the clocks of two threads may differ, at the very most. */
const LARGEST_SKEW = 0.5;

/** Of events that never found their other half, so many are remembered. */
const MOST_REMEMBERED = 65536;

/** A chain on its way. Times are milliseconds as in `TraceEvent`, NaN while or because they are unknown. */
export interface TracedChain {
  head: number;
  /** Its position in the available ring, free-running, 16 bits; and in the used ring, once it is served. */
  availableIndex: number;
  usedIndex: number;
  /** Bytes of its device-readable and of its device-writable part, and what the device wrote. */
  readableLength: number;
  writableLength: number;
  written: number;
  /** The first doorbell that told the device of it. */
  doorbell: number;
  taken: number;
  served: number;
  published: number;
  /** The interrupt that told the driver of it; NaN also where it did not want to hear. */
  interrupt: number;
}

/** Who hears how far a chain is. */
export interface ChainListener {
  /** The doorbell was found. It comes with or after the chain's being taken. */
  announced?(chain: TracedChain): void;
  served?(chain: TracedChain): void;
  published?(chain: TracedChain): void;
  /** The driver was told, or does not want to be: the end of the way. */
  ended?(chain: TracedChain): void;
  /** A reset came, or the end of the trace. */
  lost?(chain: TracedChain): void;
}

/** When something was true of all indices before `index`, free-running, 16 bits. */
interface Milestone {
  index: number;
  time: number;
}

/** A decision about an interrupt. */
interface Told extends Milestone {
  interrupted: boolean;
}

/**
 * Follows the chains of one queue through the events of a trace. It bears with events that are missing, and with those
 * of two threads that stand in the wrong order by some microseconds, since no two clocks are quite alike.
 */
export class ChainTracker {
  readonly #listener: ChainListener;
  /** Doorbells that may still tell of a chain that is to be taken. */
  #doorbells: Milestone[] = [];
  /** Chains whose doorbell was not seen yet. */
  #unannounced: TracedChain[] = [];
  /** By head: chains that are worked on. */
  readonly #taken = new Map<number, TracedChain>();
  /** Chains in the used ring, in its order: not published, and published without a decision so far. */
  #served: TracedChain[] = [];
  #published: TracedChain[] = [];
  /** The newest decision: it may come before what it is about. */
  #told: Told | null = null;

  constructor(listener: ChainListener) {
    this.#listener = listener;
  }

  /** An event of the queue, of kind number `kind`. */
  add(
    kind: number,
    time: number,
    index: number,
    head: number,
    length: number,
    value: number,
  ): void {
    if (kind === Kind.doorbell) this.#doorbell({ index, time });
    else if (kind === Kind.taken) this.#take(time, index, head, length, value);
    else if (kind === Kind.served) this.#serve(time, index, head, length);
    else if (kind === Kind.published) this.#publish(time, index);
    else if (kind === Kind.interrupt) this.#tell({ index, time, interrupted: true });
    else if (kind === Kind.suppressed) this.#tell({ index, time, interrupted: false });
    else if (kind === Kind.reset || kind === Kind['queue enabled']) this.forget();
  }

  /** What is on its way never arrives. */
  forget(): void {
    for (const chain of [...this.#taken.values(), ...this.#served, ...this.#published]) {
      this.#listener.lost?.(chain);
    }
    this.#doorbells = [];
    this.#unannounced = [];
    this.#taken.clear();
    this.#served = [];
    this.#published = [];
    this.#told = null;
  }

  #doorbell(doorbell: Milestone): void {
    const covered = this.#unannounced.filter((chain) => {
      return isBefore(chain.availableIndex, doorbell.index);
    });
    for (const chain of covered) {
      // A doorbell of before the trace is not this one.
      if (doorbell.time - chain.taken <= LARGEST_SKEW) this.#announce(chain, doorbell.time);
    }
    this.#unannounced = this.#unannounced.filter((chain) => !covered.includes(chain));
    if (this.#doorbells.at(-1)?.index !== doorbell.index) remember(this.#doorbells, doorbell);
  }

  #take(time: number, index: number, head: number, readable: number, writable: number): void {
    const chain: TracedChain = {
      head,
      availableIndex: index,
      usedIndex: 0,
      readableLength: readable,
      writableLength: writable,
      written: 0,
      doorbell: Number.NaN,
      taken: time,
      served: Number.NaN,
      published: Number.NaN,
      interrupt: Number.NaN,
    };
    if (this.#taken.size < MOST_REMEMBERED) this.#taken.set(head, chain);
    let passed = 0;
    while (
      passed < this.#doorbells.length &&
      !isBefore(chain.availableIndex, this.#doorbells[passed].index)
    ) {
      passed++;
    }
    this.#doorbells.splice(0, passed);
    const doorbell = this.#doorbells[0];
    if (doorbell === undefined) remember(this.#unannounced, chain);
    else this.#announce(chain, doorbell.time);
  }

  #announce(chain: TracedChain, time: number): void {
    chain.doorbell = time;
    this.#listener.announced?.(chain);
  }

  #serve(time: number, index: number, head: number, written: number): void {
    const chain = this.#taken.get(head);
    if (chain === undefined) return;
    this.#taken.delete(head);
    chain.usedIndex = index;
    chain.served = time;
    chain.written = written;
    this.#listener.served?.(chain);
    remember(this.#served, chain);
  }

  #publish(time: number, index: number): void {
    for (const chain of takeBefore(this.#served, index)) {
      chain.published = time;
      this.#listener.published?.(chain);
      remember(this.#published, chain);
    }
    if (this.#told !== null) this.#conclude(this.#told);
  }

  #tell(told: Told): void {
    this.#told = told;
    this.#conclude(told);
  }

  #conclude({ index, time, interrupted }: Told): void {
    for (const chain of takeBefore(this.#published, index)) {
      if (interrupted) chain.interrupt = time;
      this.#listener.ended?.(chain);
    }
  }
}

/** Whether free-running index `index` comes before `limit`; they are at most half their range apart. */
function isBefore(index: number, limit: number): boolean {
  const ahead = (limit - index) & 0xffff;
  return ahead > 0 && ahead <= 0x8000;
}

function remember<Item>(items: Item[], item: Item): void {
  if (items.length < MOST_REMEMBERED) items.push(item);
}

/** Takes those chains out of `chains`, which are in the order of the used ring, that come before `limit`. */
function takeBefore(chains: TracedChain[], limit: number): TracedChain[] {
  let count = 0;
  while (count < chains.length && isBefore(chains[count].usedIndex, limit)) count++;
  return count === 0 ? [] : chains.splice(0, count);
}
