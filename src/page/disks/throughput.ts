/** Counters of a disk that only grow, since its machine was made. */
export interface ByteCounters {
  bytesRead: number;
  bytesWritten: number;
}

/** Bytes per second. */
export interface Throughput {
  read: number;
  written: number;
}

/** Makes rates of counters that are looked at again and again. */
export class ThroughputMeter {
  #last: { time: number; counters: ByteCounters } | null = null;

  /**
   * What has flowed since the look before; null at the first, which has nothing to compare with.
   * @param time in milliseconds
   */
  next({ bytesRead, bytesWritten }: ByteCounters, time: number): Throughput | null {
    const last = this.#last;
    this.#last = { time, counters: { bytesRead, bytesWritten } };
    if (last === null || time <= last.time) return null;
    const rate = (from: number, to: number) => ((to - from) * 1000) / (time - last.time);
    return {
      read: rate(last.counters.bytesRead, bytesRead),
      written: rate(last.counters.bytesWritten, bytesWritten),
    };
  }

  /** The next look is the first again: nobody looked for a while, and an average would mislead. */
  forget(): void {
    this.#last = null;
  }
}
