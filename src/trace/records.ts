import { TRACE_KINDS, type TraceEvent } from './events.ts';

const FIRST_CAPACITY = 1024;

/**
 * Events in columns: millions of them take 29 bytes each and no objects. They are in the order of their times,
 * unless whoever appends them says otherwise.
 */
export class TraceRecords {
  length = 0;
  /** Of each column the first `length` entries count. What they mean: `TraceEvent`. */
  times = new Float64Array(FIRST_CAPACITY);
  /** Positions in TRACE_KINDS. */
  kinds = new Uint8Array(FIRST_CAPACITY);
  threads = new Uint8Array(FIRST_CAPACITY);
  devices = new Uint8Array(FIRST_CAPACITY);
  queues = new Uint16Array(FIRST_CAPACITY);
  indices = new Uint32Array(FIRST_CAPACITY);
  heads = new Uint32Array(FIRST_CAPACITY);
  lengths = new Uint32Array(FIRST_CAPACITY);
  values = new Uint32Array(FIRST_CAPACITY);

  append(
    time: number,
    kind: number,
    thread: number,
    device: number,
    queue: number,
    index: number,
    head: number,
    length: number,
    value: number,
  ): void {
    if (this.length === this.times.length) this.#grow();
    const at = this.length++;
    this.times[at] = time;
    this.kinds[at] = kind;
    this.threads[at] = thread;
    this.devices[at] = device;
    this.queues[at] = queue;
    this.indices[at] = index;
    this.heads[at] = head;
    this.lengths[at] = length;
    this.values[at] = value;
  }

  /** Appends event `at` of `other`. */
  appendFrom(other: TraceRecords, at: number): void {
    this.append(
      other.times[at],
      other.kinds[at],
      other.threads[at],
      other.devices[at],
      other.queues[at],
      other.indices[at],
      other.heads[at],
      other.lengths[at],
      other.values[at],
    );
  }

  /** Event `position` as an object. */
  at(position: number): TraceEvent {
    return {
      time: this.times[position],
      kind: TRACE_KINDS[this.kinds[position]],
      thread: this.threads[position],
      device: this.devices[position],
      queue: this.queues[position],
      index: this.indices[position],
      head: this.heads[position],
      length: this.lengths[position],
      value: this.values[position],
    };
  }

  /** The position of the first event at or after `time`. */
  find(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clear(): void {
    this.length = 0;
  }

  /** Takes `count` events out, from position `from` on. */
  remove(from: number, count: number): void {
    if (count === 0) return;
    for (const column of this.#columns) column.copyWithin(from, from + count, this.length);
    this.length -= count;
  }

  /**
   * Brings events that came late to their place. Those of the same time stay in their order.
   * @param from those before this position stay where they are: none that comes after is earlier
   */
  sort(from = 0): void {
    if (this.#isSorted(from)) return;
    const { times } = this;
    const order = Uint32Array.from({ length: this.length - from }, (_, offset) => from + offset);
    order.sort((one, other) => times[one] - times[other] || one - other);
    for (const column of this.#columns) {
      const before = column.slice(from, this.length);
      for (let offset = 0; offset < order.length; offset++) {
        column[from + offset] = before[order[offset] - from];
      }
    }
  }

  #isSorted(from: number): boolean {
    for (let position = from + 1; position < this.length; position++) {
      if (this.times[position] < this.times[position - 1]) return false;
    }
    return true;
  }

  get #columns() {
    const { times, kinds, threads, devices, queues, indices, heads, lengths, values } = this;
    return [times, kinds, threads, devices, queues, indices, heads, lengths, values];
  }

  #grow(): void {
    const grown = <Column extends Float64Array | Uint8Array | Uint16Array | Uint32Array>(
      column: Column,
    ): Column => {
      const larger = new (column.constructor as new (length: number) => Column)(2 * column.length);
      larger.set(column);
      return larger;
    };
    this.times = grown(this.times);
    this.kinds = grown(this.kinds);
    this.threads = grown(this.threads);
    this.devices = grown(this.devices);
    this.queues = grown(this.queues);
    this.indices = grown(this.indices);
    this.heads = grown(this.heads);
    this.lengths = grown(this.lengths);
    this.values = grown(this.values);
  }
}
