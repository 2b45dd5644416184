import { BLOCK_SIZE } from './block-cache.ts';
import type { ByteSource } from './byte-source.ts';
import type { SlotStore } from './slot-store.ts';

/** A source whose blocks are kept in a file as well, and taken from there the next time. */
export class StoredSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #store: SlotStore;

  constructor(source: ByteSource, store: SlotStore) {
    this.size = source.size;
    this.#source = source;
    this.#store = store;
  }

  get statistics() {
    return this.#source.statistics;
  }

  get fingerprint() {
    return this.#source.fingerprint;
  }

  get broken() {
    return this.#source.broken;
  }

  async read(offset: number, target: Uint8Array<ArrayBuffer>): Promise<void> {
    const fetching: Promise<void>[] = [];
    const end = target.length;
    let missing = 0; // where the blocks begin that are missing
    for (let at = 0; at < end; at += BLOCK_SIZE) {
      if (!this.#store.read((offset + at) / BLOCK_SIZE, blockAt(target, at))) continue;
      if (at > missing) fetching.push(this.#fetch(offset + missing, target.subarray(missing, at)));
      missing = at + BLOCK_SIZE;
    }
    if (missing < end) fetching.push(this.#fetch(offset + missing, target.subarray(missing)));
    // All of them: once this has settled, nothing may write to the target any more.
    const failure = (await Promise.allSettled(fetching)).find(isFailure);
    if (failure !== undefined) throw failure.reason;
  }

  close(): void {
    this.#source.close();
    this.#store.close();
  }

  async #fetch(offset: number, target: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#source.read(offset, target);
    for (let at = 0; at < target.length; at += BLOCK_SIZE) {
      this.#store.write((offset + at) / BLOCK_SIZE, blockAt(target, at));
    }
  }
}

function blockAt(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  return bytes.subarray(at, Math.min(at + BLOCK_SIZE, bytes.length));
}

function isFailure(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}
