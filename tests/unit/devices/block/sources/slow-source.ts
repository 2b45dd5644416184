import {
  type ByteSource,
  newStatistics,
} from '../../../../../src/devices/block/sources/byte-source.ts';

/** One transfer that a test decides about. */
export interface Transfer {
  offset: number;
  length: number;
  arrive(): void;
  fail(error: Error): void;
}

/** A source that delivers nothing until the test says so. */
export class SlowSource implements ByteSource {
  readonly fingerprint = 'slow';
  readonly statistics = newStatistics();
  broken: Error | null = null;
  closed = false;
  /** Every transfer, in order. */
  readonly transfers: Transfer[] = [];
  /** Those that have not ended, in order. */
  readonly underWay = new Set<Transfer>();
  readonly #image: Uint8Array;

  constructor(image: Uint8Array) {
    this.#image = image;
  }

  get size(): number {
    return this.#image.length;
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    const { length } = target;
    if (length <= 0 || offset < 0 || offset + length > this.size) {
      throw new RangeError(`[${offset}, +${length}) of an image of ${this.size} bytes`);
    }
    return new Promise((resolve, reject) => {
      const transfer: Transfer = {
        offset,
        length,
        arrive: () => {
          this.underWay.delete(transfer);
          target.set(this.#image.subarray(offset, offset + length));
          resolve();
        },
        fail: (error) => {
          this.underWay.delete(transfer);
          reject(error);
        },
      };
      this.transfers.push(transfer);
      this.underWay.add(transfer);
    });
  }

  close(): void {
    this.closed = true;
    for (const transfer of [...this.underWay]) transfer.fail(new Error('closed'));
  }
}
