import { DeviceError } from '../../errors.ts';
import { checksum } from './checksum.ts';
import {
  encodeBaseName,
  PAGE_SIZE,
  RECORDS_PER_PAGE,
  randomWord,
  SUPERBLOCKS,
  type Superblock,
} from './format.ts';
import { PageAllocator } from './page-allocator.ts';
import { isPage, NOT_HERE, PageMap, ZEROS } from './page-map.ts';
import { RecordLog } from './record-log.ts';
import { writePage } from './record-writer.ts';
import { type Recovered, recover } from './recovery.ts';
import type { StoreFile } from './store-file.ts';
import { writeMap, writeSuperblock } from './writing.ts';

/** Blocks that `buffer` holds: 128 KiB. */
export const BUFFER_BLOCKS = 32;
/** How a store weighs room against time; tests take small numbers, to meet every case often. */
export interface Economy {
  /** Pages by which the file grows, and of which four times as many may lie idle at its end. */
  growth: number;
  /** Log pages after which the map is written anew, if it is not much longer itself. */
  logLimit: number;
  /** Pages that are kept for records when the rest is full, so that a full disk can still flush. */
  reserve: number;
}

const STANDARD_ECONOMY: Economy = { growth: 256, logLimit: 256, reserve: 16 };

/**
 * Some blocks of a disk, in a file, surviving a power cut at any moment: after `open` each block is
 * as it was at the last `flush` that returned, or as one that was going on would have made it.
 * What was written and not flushed may be lost.
 *
 * A block is never written to where the last durable state has it, and a flush costs one flush of
 * the file, however little was written: see README.md. All methods are synchronous.
 */
export class Store {
  /** Blocks on their way to and from the file. */
  readonly buffer = new Uint8Array(BUFFER_BLOCKS * PAGE_SIZE);
  /** The same, block by block. */
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  readonly #words = new Uint32Array(this.buffer.buffer);
  readonly #file: StoreFile;
  readonly #at = { at: 0 };
  #map: PageMap;
  readonly #allocator: PageAllocator;
  readonly #log: RecordLog;
  readonly #economy: Economy;
  /** Blocks that have changed since the last flush, with the checksum of their data or 0. */
  readonly #changed = new Map<number, number>();
  /** Pages that the last durable state has, and the next one will not. */
  #superseded: number[] = [];
  #superblock: Superblock;
  #mapPages: number[];
  /** Pages of the log that was found at the opening. */
  #logPages: number[];
  /** A newer superblock than `#superblock` may be durable or not. */
  #inDoubt = false;
  /** Pages that superblocks refer to which may count. */
  #leftInDoubt: number[] = [];
  /** The last flush of the file failed: what was written before it may never become durable. */
  #flushFailed = false;
  /** Where the blocks of the buffer are to be written. */
  readonly #pages = new Uint32Array(BUFFER_BLOCKS);

  private constructor(
    file: StoreFile,
    { superblock, map, allocator, mapPages, logPages }: Recovered,
    economy = STANDARD_ECONOMY,
  ) {
    this.#economy = economy;
    this.blocks = Array.from({ length: BUFFER_BLOCKS }, (_, block) => {
      return new Uint8Array(this.buffer.buffer, block * PAGE_SIZE, PAGE_SIZE);
    });
    this.#file = file;
    this.#map = map;
    this.#allocator = allocator;
    this.#superblock = superblock;
    this.#mapPages = mapPages;
    this.#logPages = logPages;
    this.#log = new RecordLog(file, () => this.#takeRecordPage());
  }

  /**
   * Makes a store in a file, whatever is in it. @param size bytes of the disk, a multiple of 512
   * @throws DeviceError 'disk-full' when there is no room for it
   */
  static create(file: StoreFile, size: number, base: string, economy?: Economy): Store {
    file.truncate(0);
    const none = { sequence: -1, mapPage: 0, mapGeneration: 0, logPage: 0, logGeneration: 0 };
    const empty = { map: new PageMap(), allocator: new PageAllocator(SUPERBLOCKS) };
    const recovered = { superblock: { ...none, size, base }, ...empty, mapPages: [], logPages: [] };
    const store = new Store(file, recovered, economy);
    // Twice: a store that is finished has two sound superblocks. See `isUnborn`.
    store.#begin();
    store.#begin();
    return store;
  }

  /**
   * Opens the store that is in a file, and mends what a power cut has left.
   * @throws DeviceError 'disk-foreign', 'disk-version' or 'disk-damaged' before anything is written
   */
  static open(file: StoreFile, economy?: Economy): Store {
    const store = new Store(file, recover(file), economy);
    try {
      // What was read counts from here on: nothing of it may vanish at another power cut.
      file.flush();
    } catch (error) {
      throw full(error);
    }
    store.#begin();
    return store;
  }

  /** Bytes of the disk. */
  get size(): number {
    return this.#superblock.size;
  }

  /** The name of what the disk holds where nothing was written; '' for zeros. */
  get base(): string {
    return this.#superblock.base;
  }

  /** Bytes of the disk that are here, zeros among them. */
  get stored(): number {
    return this.#map.size * PAGE_SIZE;
  }

  /** Bytes of the file. */
  get fileSize(): number {
    return this.#allocator.length * PAGE_SIZE;
  }

  /** Where a block is: a page of the file, or ZEROS, or NOT_HERE. */
  where(block: number): number {
    return this.#map.get(block);
  }

  /** The first block from `from` on, and before `end`, that is here; `end` when there is none. */
  nextHere(from: number, end: number): number {
    return this.#map.nextHere(from, end);
  }

  /**
   * Reads blocks that are in the file one behind the other into `buffer`.
   * @param count at most BUFFER_BLOCKS
   * @returns how many of the blocks [block, block + count) are: at least 1 when the first is here
   */
  read(block: number, count: number): number {
    const page = this.#map.get(block);
    let length = 1;
    while (length < count && this.#map.get(block + length) === page + length) length++;
    const bytes = length === 1 ? this.blocks[0] : this.buffer.subarray(0, length * PAGE_SIZE);
    this.#at.at = page * PAGE_SIZE;
    const got = this.#file.read(bytes, this.#at);
    if (got === bytes.length) return length;
    throw new DeviceError('disk-damaged', `a read of page ${page} gave ${got} bytes`);
  }

  /**
   * Stores the first `count` blocks of `buffer`.
   * @throws DeviceError 'disk-full' when there is no room; then nothing has changed
   */
  write(block: number, count: number): void {
    this.#makeRoomForData(count);
    this.#writeElsewhere(count);
    for (let index = 0; index < count; index++) {
      const words = index * (PAGE_SIZE / 4);
      const check = checksum(this.#words, words, words + PAGE_SIZE / 4);
      this.#change(block + index, this.#pages[index], check);
    }
  }

  /**
   * Stores the first `count` blocks of `buffer` for a map that the store may get by `become`; until then they count
   * for nothing.
   * @returns their pages
   * @throws DeviceError 'disk-full' when there is no room; then nothing has changed
   */
  stage(count: number): Uint32Array {
    this.#makeRoom(count);
    this.#writeElsewhere(count);
    return this.#pages.slice(0, count);
  }

  /**
   * Makes durable what was staged, and sees to it that there is room for a map with so many blocks.
   * @throws DeviceError 'disk-full'
   */
  secure(blocks: number): void {
    try {
      this.#makeRoom(this.#recordPages(blocks));
      this.#flushFile();
    } catch (error) {
      throw full(error);
    }
  }

  /** What was staged is not wanted. */
  unstage(pages: Iterable<number>): void {
    for (const page of pages) this.#allocator.release(page);
  }

  /**
   * Becomes a disk of `size` bytes of which just what `map` says is here: durably, and all at once, so that after
   * a power cut it is the one disk or the other. Nothing was written since the last flush, and each page in `map` is
   * one that the same block has already, or one that was staged and secured: from here on those are the store's.
   * @throws DeviceError 'disk-full', or what the file throws: then the disk goes on as it was, and only a power cut
   *   soon after may make it the other one
   */
  become(map: PageMap, size: number): void {
    const before = this.#map;
    const superseded = this.#superseded;
    const staged = pagesOnlyIn(map, before, size);
    this.#superseded = [...superseded, ...pagesOnlyIn(before, map, this.size)];
    this.#map = map;
    try {
      this.#begin({ size });
    } catch (error) {
      this.#map = before;
      this.#superseded = superseded;
      // The other disk may be what the next opening finds.
      if (this.#inDoubt) this.#leftInDoubt = [...this.#leftInDoubt, ...staged];
      else this.unstage(staged);
      throw error;
    }
  }

  /** Makes blocks zeros, or not here, without data. */
  clear(block: number, count: number, to: typeof ZEROS | typeof NOT_HERE): void {
    const end = block + count;
    const first = to === ZEROS ? block : this.#map.nextHere(block, end);
    for (let index = first; index < end; index++) {
      this.#change(index, to, 0);
      if (to === NOT_HERE) index = this.#map.nextHere(index + 1, end) - 1;
    }
  }

  /**
   * Makes durable all that was written.
   * @throws DeviceError 'disk-full', or what the file throws: then nothing is known to be durable
   *   that was not before, and the next flush tries again
   */
  flush(): void {
    if (this.#changed.size === 0 && !this.#inDoubt) return;
    try {
      if (this.#flushFailed) this.#writeChangedAgain();
      this.#log.write(this.#changed, this.#map);
      this.#flushFile();
    } catch (error) {
      this.#log.takeBack((page) => this.#allocator.release(page));
      throw full(error);
    }
    this.#log.commit();
    // They are durable: from here on none of their pages may be used for anything else.
    this.#changed.clear();
    // The log that was written to may not be the one that the next opening finds.
    if (this.#inDoubt) this.#begin();
    this.#releaseSuperseded();
    if (this.#log.length >= Math.max(this.#economy.logLimit, 2 * this.#mapPages.length)) {
      this.#tryCheckpoint();
    }
  }

  /**
   * Makes durable that the base has another name, and with it all that was written before: where
   * the name has arrived, that has too. What is here stays, and so must what the disk holds.
   * @param base the name; '' for zeros
   * @throws DeviceError 'disk-full', or what the file throws: then either name may be found at the
   *   next opening, but after another `flush` it is the old one
   */
  setBase(base: string): void {
    encodeBaseName(base);
    this.#begin({ base });
  }

  /**
   * Makes the disk larger, durably, and flushes; nothing is here of what is new.
   * @param size bytes, a multiple of 512, more than before
   * @throws DeviceError 'disk-full'; then the disk goes on with the size before, and only a power cut
   *   soon after may make it the new one
   */
  grow(size: number): void {
    if (size <= this.size) throw new RangeError(`${size} bytes are no growth`);
    this.#begin({ size });
  }

  /** Flushes, and lets go of the file. */
  close(): void {
    try {
      this.flush();
    } finally {
      this.#file.close();
    }
  }

  /** A new log, on a map that holds all that is known. */
  #begin(changes: Partial<Superblock> = {}): void {
    try {
      this.#checkpoint(changes);
    } catch (error) {
      throw full(error);
    }
  }

  /** @throws what the file throws; whether what was written is durable is unknown then */
  #flushFile(): void {
    try {
      this.#file.flush();
      this.#flushFailed = false;
    } catch (error) {
      this.#flushFailed = true;
      throw error;
    }
  }

  /**
   * Writes the data of all changed blocks again where they are. An operating system may take what
   * it could not make durable for done with, so that the next flush would succeed without it.
   */
  #writeChangedAgain(): void {
    const bytes = this.blocks[0];
    for (const block of this.#changed.keys()) {
      const page = this.#map.get(block);
      if (!isPage(page)) continue;
      this.read(block, 1);
      writePage(this.#file, page, bytes);
    }
  }

  #releaseSuperseded(): void {
    for (const page of this.#superseded) this.#allocator.release(page);
    this.#superseded = [];
  }

  #tryCheckpoint(): void {
    try {
      this.#checkpoint();
    } catch {
      // Without room for another map the log goes on: nothing is lost but some time at the next
      // opening.
    }
  }

  /**
   * Writes the map anew, with all that was changed, and begins another log. Nothing that the last
   * superblock refers to is touched before the new one is durable. Afterwards nothing is left to be
   * flushed. @param changes what else the new superblock says
   */
  #checkpoint(changes: Partial<Superblock> = {}): void {
    if (this.#flushFailed) this.#writeChangedAgain();
    const before = [...this.#mapPages, ...this.#logPages, ...this.#log.pages, ...this.#leftInDoubt];
    const taken: number[] = [];
    const take = () => {
      const page = this.#takeRecordPage();
      taken.push(page);
      return page;
    };
    const sequence = this.#superblock.sequence + 1;
    const superblock = { ...this.#superblock, ...changes, sequence };
    superblock.mapGeneration = randomWord();
    superblock.logGeneration = randomWord();
    try {
      superblock.mapPage = writeMap(this.#file, this.#map, superblock, take);
      superblock.logPage = take();
      this.#flushFile();
    } catch (error) {
      for (const page of taken) this.#allocator.release(page);
      throw error;
    }
    // From here on until it is durable, this superblock may count or the one before. What either
    // refers to stays, also the pages of what was just changed; should this fail, another try goes
    // to the same place, and until one has succeeded no flush does.
    this.#inDoubt = true;
    this.#changed.clear();
    this.#leftInDoubt.push(...taken);
    writeSuperblock(this.#file, superblock);
    this.#file.flush();
    this.#inDoubt = false;
    this.#leftInDoubt = [];
    this.#superblock = superblock;
    this.#mapPages = taken.slice(0, -1);
    this.#logPages = [];
    this.#log.begin(superblock);
    for (const page of before) this.#allocator.release(page);
    this.#releaseSuperseded();
    this.#cutOff();
  }

  /** Gives unused pages at the end of the file back. */
  #cutOff(): void {
    const inUse = this.#allocator.lengthInUse;
    const { growth } = this.#economy;
    if (this.#allocator.length - inUse <= 4 * growth) return;
    const length = Math.ceil(inUse / growth) * growth;
    try {
      this.#file.truncate(length * PAGE_SIZE);
    } catch {
      // A file that stays long is no harm; but it may have become short all the same.
      if (this.#file.getSize() > length * PAGE_SIZE) return;
    }
    this.#allocator.resize(length);
  }

  /** Writes the first `count` blocks of `buffer` to `#pages`, for which there is room. @throws DeviceError 'disk-full' */
  #writeElsewhere(count: number): void {
    // Always other pages: of a write that fails in the middle nothing may be seen.
    for (let index = 0; index < count; index++) this.#pages[index] = this.#allocator.take();
    try {
      this.#writeRuns(count);
    } catch (error) {
      for (let index = 0; index < count; index++) this.#allocator.release(this.#pages[index]);
      throw full(error);
    }
  }

  #writeRuns(count: number): void {
    for (let first = 0; first < count; ) {
      let end = first + 1;
      while (end < count && this.#pages[end] === this.#pages[end - 1] + 1) end++;
      const bytes =
        end - first === 1
          ? this.blocks[first]
          : this.buffer.subarray(first * PAGE_SIZE, end * PAGE_SIZE);
      this.#at.at = this.#pages[first] * PAGE_SIZE;
      const written = this.#file.write(bytes, this.#at);
      if (written !== bytes.length) throw new Error(`only ${written} bytes could be written`);
      first = end;
    }
  }

  #change(block: number, to: number, check: number): void {
    const from = this.#map.get(block);
    if (isPage(from) && from !== to) {
      if (this.#changed.has(block)) this.#allocator.release(from);
      else this.#superseded.push(from);
    }
    this.#map.set(block, to);
    this.#changed.set(block, check);
  }

  /**
   * Pages that records may take: those of the next flush, with `more` changed blocks, and those of
   * the next map, without which a full disk could not be opened again.
   */
  #recordPages(more: number): number {
    const changes = Math.ceil((this.#changed.size + more) / RECORDS_PER_PAGE);
    return this.#economy.reserve + 2 * changes + this.#mapPages.length + this.#log.length;
  }

  /** @throws DeviceError 'disk-full' when there is no room, not even for a new map instead of the log */
  #makeRoomForData(count: number): void {
    try {
      this.#makeRoom(count + this.#recordPages(count));
    } catch (error) {
      if (this.#log.length === 0 && this.#superseded.length === 0) throw error;
      const kept = this.buffer.slice(0, count * PAGE_SIZE);
      this.#tryCheckpoint();
      this.buffer.set(kept);
      this.#makeRoom(count + this.#recordPages(count));
    }
  }

  #takeRecordPage(): number {
    this.#makeRoom(1);
    return this.#allocator.take();
  }

  /** Sees to it that so many pages are free. @throws DeviceError 'disk-full' */
  #makeRoom(pages: number): void {
    const missing = pages - this.#allocator.free;
    if (missing <= 0) return;
    const { length } = this.#allocator;
    for (const growth of [Math.max(missing, this.#economy.growth), missing]) {
      try {
        this.#file.truncate((length + growth) * PAGE_SIZE);
        this.#allocator.resize(length + growth);
        return;
      } catch (error) {
        if (growth === missing) throw full(error);
      }
    }
  }
}

/** The pages in which blocks of a disk of `size` bytes are by `map`, and are not by `other`. */
function pagesOnlyIn(map: PageMap, other: PageMap, size: number): number[] {
  const pages: number[] = [];
  const end = Math.ceil(size / PAGE_SIZE);
  for (let block = map.nextHere(0, end); block < end; block = map.nextHere(block + 1, end)) {
    const page = map.get(block);
    if (isPage(page) && page !== other.get(block)) pages.push(page);
  }
  return pages;
}

/** What a failure to write to a disk's file comes to. */
export function full(error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DeviceError('disk-full', `the disk's file takes no more: ${reason}`, error);
}
