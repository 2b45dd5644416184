import { DeviceError } from '../../errors.ts';
import { checksum, combine } from './checksum.ts';
import {
  decodeSuperblock,
  FORMAT_VERSION,
  PAGE_SIZE,
  Page,
  type RecordKind,
  RecordPage,
  SUPERBLOCKS,
  type Superblock,
  superblockKind,
  versionOf,
} from './format.ts';
import { PageAllocator } from './page-allocator.ts';
import { isPage, PageMap } from './page-map.ts';
import type { StoreFile } from './store-file.ts';

/** What a file says about its store. */
export interface Recovered {
  superblock: Superblock;
  map: PageMap;
  allocator: PageAllocator;
  /** Pages of the file that hold the map as the superblock names it, in order. */
  mapPages: number[];
  /** Pages of the file that hold the log, in order. */
  logPages: number[];
}

/** A file in which no store was ever finished: `Store.create` may have it. */
export function isUnborn(file: StoreFile): boolean {
  if (file.getSize() === 0) return true;
  const [first, second] = readSuperblocks(file);
  // The making of a store ends with two sound superblocks, one after the other.
  const begun = superblockKind(first) !== 'foreign' && decodeSuperblock(first) === undefined;
  return begun && versionOf(first) <= FORMAT_VERSION && second.bytes.every((byte) => byte === 0);
}

/**
 * Reads a store, without writing anything.
 * @throws DeviceError 'disk-foreign', 'disk-version' or 'disk-damaged'
 */
export function recover(file: StoreFile): Recovered {
  const superblock = newestSuperblock(file);
  const allocator = new PageAllocator(Math.floor(file.getSize() / PAGE_SIZE));
  // Where a log is to begin is flushed before the superblock that names it.
  if (superblock.logPage >= allocator.length) {
    throw damaged(`its log is in page ${superblock.logPage}, and the file ends before`);
  }
  const state = new Reader(file, superblock);
  const mapPages = state.readMap();
  const logPages = state.readLog();
  try {
    for (const page of [...mapPages, ...logPages]) allocator.occupy(page);
    state.forEachPage((page) => allocator.occupy(page));
  } catch (error) {
    throw damaged(`its map contradicts itself: ${(error as Error).message}`);
  }
  return { superblock, map: state.map, allocator, mapPages, logPages };
}

function newestSuperblock(file: StoreFile): Superblock {
  const pages = readSuperblocks(file);
  const kinds = pages.map(superblockKind);
  // Also when the other superblock is one of ours: it is older than what a newer version has written.
  const other = pages.find((page) => superblockKind(page) === 'other-version');
  if (other !== undefined) {
    const message = `it has version ${versionOf(other)}, and this is version ${FORMAT_VERSION}`;
    throw new DeviceError('disk-version', message);
  }
  const sound = pages.map(decodeSuperblock).filter((superblock) => superblock !== undefined);
  if (sound.length > 0) return sound.reduce((a, b) => (a.sequence > b.sequence ? a : b));
  if (kinds.includes('ours')) throw damaged('neither of its superblocks is whole');
  throw new DeviceError('disk-foreign', 'it does not begin as a store does');
}

function readSuperblocks(file: StoreFile): Page[] {
  return Array.from({ length: SUPERBLOCKS }, (_, index) => {
    const page = new Page();
    file.read(page.bytes, { at: index * PAGE_SIZE });
    return page;
  });
}

class Reader {
  readonly map = new PageMap();
  readonly #file: StoreFile;
  readonly #superblock: Superblock;
  readonly #blocks: number;
  readonly #record = new RecordPage();
  readonly #data = new Page();

  constructor(file: StoreFile, superblock: Superblock) {
    this.#file = file;
    this.#superblock = superblock;
    this.#blocks = Math.ceil(superblock.size / PAGE_SIZE);
  }

  /** @returns the pages of the file that hold the map */
  readMap(): number[] {
    const { mapPage, mapGeneration } = this.#superblock;
    const pages: number[] = [];
    for (let page = mapPage; page !== 0; page = this.#record.next) {
      if (!this.#readRecords(page, 'map', mapGeneration, pages.length)) {
        throw damaged(`page ${page} of its map is not whole`);
      }
      pages.push(page);
      this.#apply(() => true);
    }
    return pages;
  }

  /**
   * Applies the log. Its last epoch may be one whose flush has not returned: of that, what has
   * arrived whole. @returns the pages of the file that hold the log
   */
  readLog(): number[] {
    const { logPage, logGeneration } = this.#superblock;
    const pages: number[] = [];
    const epochs: number[] = [];
    let page = logPage;
    let attempt = 0;
    while (this.#readRecords(page, 'log', logGeneration, pages.length)) {
      const { epoch } = this.#record;
      // A page of the same epoch that another attempt has left does not belong to this one.
      if (epoch === epochs.at(-1) && this.#record.attempt !== attempt) break;
      attempt = this.#record.attempt;
      pages.push(page);
      epochs.push(epoch);
      page = this.#record.next;
    }
    const last = epochs.at(-1);
    pages.forEach((each, position) => {
      this.#readRecords(each, 'log', logGeneration, position);
      this.#apply(epochs[position] === last ? (record) => this.#hasArrived(record) : () => true);
    });
    return pages;
  }

  /** Calls `visit` for each page of the file that holds data. */
  forEachPage(visit: (page: number) => void): void {
    let block = this.map.nextHere(0, this.#blocks);
    while (block < this.#blocks) {
      const page = this.map.get(block);
      if (isPage(page)) visit(page);
      block = this.map.nextHere(block + 1, this.#blocks);
    }
  }

  /** @returns whether page `page` is page number `position` of the chain */
  #readRecords(page: number, kind: RecordKind, generation: number, position: number): boolean {
    if (!isPage(page)) return false;
    this.#record.words.fill(0);
    this.#file.read(this.#record.bytes, { at: page * PAGE_SIZE });
    return this.#record.isSound(kind, generation, position);
  }

  #apply(isWanted: (record: number) => boolean): void {
    const records = this.#record;
    for (let record = 0; record < records.count; record++) {
      const block = records.block(record);
      const count = records.blocks(record);
      if (block + count > this.#blocks) throw damaged(`it names block ${block + count - 1}`);
      if (!isWanted(record)) continue;
      const page = records.page(record);
      for (let index = 0; index < count; index++) {
        this.map.set(block + index, isPage(page) ? page + index : page);
      }
    }
  }

  /** Whether the data that a record of the log names is all there. */
  #hasArrived(record: number): boolean {
    const page = this.#record.page(record);
    if (!isPage(page)) return true;
    let check = 0;
    for (let index = 0; index < this.#record.blocks(record); index++) {
      const got = this.#file.read(this.#data.bytes, { at: (page + index) * PAGE_SIZE });
      if (got !== PAGE_SIZE) return false;
      const next = checksum(this.#data.words, 0, PAGE_SIZE / 4);
      check = index === 0 ? next : combine(check, next);
    }
    return check === this.#record.check(record);
  }
}

function damaged(why: string): DeviceError {
  return new DeviceError('disk-damaged', why);
}
