import type { BaseImage, Pending, ReadTarget } from '../backend.ts';
import { PAGE_SIZE } from '../sparse-pages.ts';
import { BLOCK_SIZE, BlockCache } from './block-cache.ts';
import type { ByteSource, TransferStatistics } from './byte-source.ts';
import { Flight, WaitingRead } from './flight.ts';
import { ReadAhead } from './read-ahead.ts';

/** Bytes of memory that the blocks of one image take at most, unless told: 32 MiB. */
export const STANDARD_CACHE_SIZE = 32 * 2 ** 20;
/** Transfers that are under way at once ... */
const MOST_FLIGHTS = 8;
/** ... of which some are left for reads that somebody waits for. */
const MOST_FLIGHTS_AHEAD = 6;
/** Blocks of one transfer: 256 KiB. */
const LONGEST_FLIGHT = 4;
/** Blocks that are read ahead at most: 1 MiB. */
const LONGEST_WINDOW = 16;

export interface CachedImageOptions {
  /** Bytes of the disk, a multiple of 512, at least those of the source; what is more is zero. */
  size: number;
  /** Bytes of memory for blocks; transfers under way take up to 2 MiB more. */
  cacheSize?: number | undefined;
}

/** What an image has cost so far. */
export interface ImageStatistics extends TransferStatistics {
  /** Bytes of the image that are kept in memory. */
  cached: number;
}

/**
 * An image whose bytes lie in a source. Blocks of 64 KiB are kept in memory while they are used,
 * and are fetched once, however many reads wait for them. A read is answered at once when all its
 * blocks are there. A failure is not kept: the next read of the block tries again.
 *
 * While the worker sleeps it takes in nothing of what was read ahead: that waits in the network's
 * buffers until the next request.
 */
export class CachedImage implements BaseImage {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #cache: BlockCache;
  readonly #readAhead: ReadAhead;
  /** Blocks of the source. */
  readonly #blocks: number;
  /** By block: the transfer that brings it. */
  readonly #flights = new Map<number, Flight>();
  /** Transfers for which there was no room yet. */
  readonly #queue: Flight[] = [];
  /** What transfers fill, to be used again: as many as were ever under way at once. */
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  #underWay = 0;

  constructor(source: ByteSource, { size, cacheSize = STANDARD_CACHE_SIZE }: CachedImageOptions) {
    this.size = size;
    this.#source = source;
    this.#cache = new BlockCache(cacheSize);
    this.#blocks = Math.ceil(source.size / BLOCK_SIZE);
    // What is read ahead must not push out what is in use.
    this.#readAhead = new ReadAhead(Math.min(LONGEST_WINDOW, Math.ceil(this.#cache.capacity / 4)));
  }

  /** Tells the image from others: see `ByteSource`. */
  get fingerprint(): string {
    return this.#source.fingerprint;
  }

  statistics(): ImageStatistics {
    return { ...this.#source.statistics, cached: this.#cache.allocated };
  }

  /** Block 0 is known already. */
  seed(bytes: Uint8Array): void {
    this.#cache.insert(0, bytes);
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    const { broken } = this.#source;
    if (broken !== null) throw broken;
    if (length === 0) return undefined;
    const first = Math.floor(offset / BLOCK_SIZE);
    const end = Math.ceil((offset + length) / BLOCK_SIZE);
    let waiting: WaitingRead | undefined;
    for (let block = first; block < end; block++) {
      if (this.#putKnown(block, offset, length, target)) continue;
      waiting ??= new WaitingRead(offset, length, target);
      waiting.waitFor(this.#flights.get(block) ?? this.#begin(block, end));
    }
    if (this.#readAhead.observe(first, end)) this.#fetchAhead();
    return waiting?.promise;
  }

  async close(): Promise<void> {
    this.#source.close();
    this.#cache.clear();
  }

  /** Puts the part of the read that lies in `block`, if it is known. @returns whether it was */
  #putKnown(block: number, offset: number, length: number, target: ReadTarget): boolean {
    const start = block * BLOCK_SIZE;
    const from = Math.max(offset, start);
    const to = Math.min(offset + length, start + BLOCK_SIZE);
    const pages = this.#cache.get(block);
    if (pages !== undefined) putPages(pages, from - start, to - from, target, from - offset);
    else if (block >= this.#blocks) target.putZeroes(from - offset, to - from);
    else return false;
    return true;
  }

  /** Begins to fetch `block` and what is missing behind it, up to `end`, or queues that. */
  #begin(block: number, end: number): Flight {
    const flight = this.#plan(block, end);
    if (this.#underWay < MOST_FLIGHTS) void this.#fly(flight);
    else this.#queue.push(flight);
    return flight;
  }

  #fetchAhead(): void {
    const end = Math.min(this.#readAhead.end, this.#blocks);
    let block = this.#readAhead.first;
    while (block < end && this.#underWay < MOST_FLIGHTS_AHEAD) {
      if (this.#isMissing(block)) {
        const flight = this.#plan(block, end);
        void this.#fly(flight);
        block += flight.count;
      } else {
        block++;
      }
    }
    this.#readAhead.fetched(block);
  }

  /** A transfer of `block`, which is missing, and of its missing neighbours before `end`. */
  #plan(block: number, end: number): Flight {
    const limit = Math.min(end, block + LONGEST_FLIGHT, this.#blocks);
    let after = block + 1;
    while (after < limit && this.#isMissing(after)) after++;
    const flight = new Flight(block, after - block);
    for (let planned = block; planned < after; planned++) this.#flights.set(planned, flight);
    return flight;
  }

  #isMissing(block: number): boolean {
    return !this.#cache.has(block) && !this.#flights.has(block);
  }

  async #fly(flight: Flight): Promise<void> {
    this.#underWay++;
    const start = flight.first * BLOCK_SIZE;
    const length = Math.min(flight.count * BLOCK_SIZE, this.#source.size - start);
    const buffer = this.#buffers.pop() ?? new Uint8Array(LONGEST_FLIGHT * BLOCK_SIZE);
    const bytes = buffer.subarray(0, length);
    try {
      await this.#source.read(start, bytes);
      this.#keep(flight, bytes);
      flight.arrive(bytes);
    } catch (error) {
      this.#forget(flight);
      flight.fail(error);
    }
    this.#buffers.push(buffer);
    this.#underWay--;
    const next = this.#queue.shift();
    if (next !== undefined) void this.#fly(next);
  }

  #keep(flight: Flight, bytes: Uint8Array): void {
    this.#forget(flight);
    for (let index = 0; index < flight.count; index++) {
      const block = bytes.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE);
      this.#cache.insert(flight.first + index, block);
    }
  }

  #forget({ first, count }: Flight): void {
    for (let block = first; block < first + count; block++) this.#flights.delete(block);
  }
}

/** Puts [offset, offset + length) of a block whose pages these are at `position`. */
function putPages(
  pages: readonly Uint8Array[],
  offset: number,
  length: number,
  target: ReadTarget,
  position: number,
): void {
  for (let done = 0; done < length; ) {
    const within = (offset + done) % PAGE_SIZE;
    const count = Math.min(PAGE_SIZE - within, length - done);
    target.put(position + done, pages[(offset + done - within) / PAGE_SIZE], within, count);
    done += count;
  }
}
