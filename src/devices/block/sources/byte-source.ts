/** What a source has cost so far. Counters only grow. */
export interface TransferStatistics {
  /** Bytes that have come, those of failed and superfluous requests included. */
  transferred: number;
  /** Requests that were begun, repetitions included. */
  requests: number;
  /** Requests that were repetitions. */
  retries: number;
  /** Why a read failed last, for a person; null when none has failed. */
  failure: string | null;
}

/**
 * A place far away, or at least not in memory, where the bytes of an image lie. It knows no cache:
 * each call is a transfer. Many may be under way, and they may end in any order.
 */
export interface ByteSource {
  /** Bytes of the image: any number. */
  readonly size: number;
  readonly statistics: Readonly<TransferStatistics>;
  /** Tells the image from others, and from itself after a change; for people to read as well. */
  readonly fingerprint: string;
  /** Why nothing can be read from here any more: then every read is to fail. */
  readonly broken: Error | null;

  /**
   * Fills `target` with the bytes from `offset` on, all of which lie in the image. Leaves it alone
   * from the moment on when the promise has settled.
   * @throws DeviceError when they cannot be had
   */
  read(offset: number, target: Uint8Array<ArrayBuffer>): Promise<void>;

  /** Ends what is under way: it rejects. */
  close(): void;
}

export function newStatistics(): TransferStatistics {
  return { transferred: 0, requests: 0, retries: 0, failure: null };
}
