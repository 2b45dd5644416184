import { checksum } from './checksum.ts';

/**
 * The file of a store, version 1. It consists of pages of 4096 bytes, all numbers little-endian:
 *
 * - pages 0 and 1: superblocks, written in turns; the valid one with the higher sequence counts;
 * - record pages: the map, as a checkpoint left it, and the log of what has changed since. Both are
 *   chains: each page says where the next one is, and a log ends where no valid page follows;
 * - data pages: blocks of the disk.
 *
 * A page that the last durable state refers to is never written to. See store/README.md.
 */

/** Bytes of a page, and of a block of the disk. */
export const PAGE_SIZE = 4096;
const PAGE_WORDS = PAGE_SIZE / 4;
export const FORMAT_VERSION = 1;
/** Superblocks: pages 0 and 1. */
export const SUPERBLOCKS = 2;
/** Bytes that the name of a base may have in UTF-8. */
export const LONGEST_BASE_NAME = 1024;

/** "RINGDISK" */
const MAGIC = [0x474e4952, 0x4b534944];
const MAP_MAGIC = 0x50414d52;
const LOG_MAGIC = 0x474f4c52;

/** What a superblock says. */
export interface Superblock {
  /** Grows with each superblock; the parity is that of its page. */
  sequence: number;
  /** Bytes of the disk. */
  size: number;
  /** First page of the map, 0 for an empty map. */
  mapPage: number;
  /** Random; the pages of the map, and of the log, carry it. */
  mapGeneration: number;
  /** Where the log begins, if it has. */
  logPage: number;
  logGeneration: number;
  /** What the disk holds where nothing was written: the name of a base image, '' for zeros. */
  base: string;
}

/** Word offsets in a superblock. */
const Super = {
  magic: 0,
  version: 2,
  pageSize: 3,
  sequenceLow: 4,
  sequenceHigh: 5,
  sizeLow: 6,
  sizeHigh: 7,
  mapPage: 8,
  mapGeneration: 9,
  logPage: 10,
  logGeneration: 11,
  baseLength: 12,
  base: 16,
  checksum: PAGE_WORDS - 4,
} as const;

/** A page as bytes and as words. */
export class Page {
  readonly bytes = new Uint8Array(PAGE_SIZE);
  readonly words = new Uint32Array(this.bytes.buffer);
}

export function encodeSuperblock(superblock: Superblock, page: Page): void {
  const { words, bytes } = page;
  words.fill(0);
  words.set(MAGIC, Super.magic);
  words[Super.version] = FORMAT_VERSION;
  words[Super.pageSize] = PAGE_SIZE;
  setLong(words, Super.sequenceLow, superblock.sequence);
  setLong(words, Super.sizeLow, superblock.size);
  words[Super.mapPage] = superblock.mapPage;
  words[Super.mapGeneration] = superblock.mapGeneration;
  words[Super.logPage] = superblock.logPage;
  words[Super.logGeneration] = superblock.logGeneration;
  const base = encodeBaseName(superblock.base);
  words[Super.baseLength] = base.length;
  bytes.set(base, 4 * Super.base);
  words[Super.checksum] = checksum(words, 0, Super.checksum);
}

/** The name of a base as a superblock has it. @throws RangeError when there is no room for it */
export function encodeBaseName(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > LONGEST_BASE_NAME) throw new RangeError('the name of the base is too long');
  return bytes;
}

/** What the first words of a superblock, sound or not, say about the file. */
export function superblockKind(page: Page): 'empty' | 'foreign' | 'other-version' | 'ours' {
  const { words } = page;
  if (words[Super.magic] === 0 && words[Super.magic + 1] === 0) return 'empty';
  if (MAGIC.some((word, index) => words[Super.magic + index] !== word)) return 'foreign';
  return words[Super.version] === FORMAT_VERSION ? 'ours' : 'other-version';
}

/** The version that a superblock names. */
export function versionOf(page: Page): number {
  return page.words[Super.version];
}

/** @returns undefined for a page that is no whole superblock of this version */
export function decodeSuperblock(page: Page): Superblock | undefined {
  const { words, bytes } = page;
  if (superblockKind(page) !== 'ours' || words[Super.pageSize] !== PAGE_SIZE) return undefined;
  if (words[Super.checksum] !== checksum(words, 0, Super.checksum)) return undefined;
  const base = bytes.subarray(4 * Super.base, 4 * Super.base + words[Super.baseLength]);
  return {
    sequence: long(words, Super.sequenceLow),
    size: long(words, Super.sizeLow),
    mapPage: words[Super.mapPage],
    mapGeneration: words[Super.mapGeneration],
    logPage: words[Super.logPage],
    logGeneration: words[Super.logGeneration],
    base: new TextDecoder().decode(base),
  };
}

/** Word offsets in a record page. */
const Records = {
  magic: 0,
  generation: 1,
  position: 2,
  epoch: 3,
  next: 4,
  count: 5,
  checksum: 6,
  attempt: 7,
  records: 8,
} as const;
const RECORD_WORDS = 4;
/** Records that a page holds. */
export const RECORDS_PER_PAGE = (PAGE_WORDS - Records.records) / RECORD_WORDS;

export type RecordKind = 'map' | 'log';

/**
 * A page of records of the map or of the log. Each says of `count` blocks from `block` on that they
 * are in the pages from `page` on, or are zeros, or not here (see page-map.ts). In the log, data is
 * named with its checksum.
 */
export class RecordPage extends Page {
  begin(
    kind: RecordKind,
    generation: number,
    position: number,
    epoch: number,
    attempt: number,
  ): void {
    this.words.fill(0);
    this.words[Records.attempt] = attempt;
    this.words[Records.magic] = kind === 'map' ? MAP_MAGIC : LOG_MAGIC;
    this.words[Records.generation] = generation;
    this.words[Records.position] = position;
    this.words[Records.epoch] = epoch;
  }

  get full(): boolean {
    return this.count === RECORDS_PER_PAGE;
  }

  add(block: number, count: number, page: number, check: number): void {
    const at = Records.records + RECORD_WORDS * this.words[Records.count]++;
    this.words[at] = block;
    this.words[at + 1] = count;
    this.words[at + 2] = page;
    this.words[at + 3] = check;
  }

  /** @param next page of the next record page; 0 for none */
  end(next: number): void {
    this.words[Records.next] = next;
    this.words[Records.checksum] = this.#checksum();
  }

  /** Whether this is a whole page, number `position` of its chain. */
  isSound(kind: RecordKind, generation: number, position: number): boolean {
    const { words } = this;
    return (
      words[Records.magic] === (kind === 'map' ? MAP_MAGIC : LOG_MAGIC) &&
      words[Records.generation] === generation &&
      words[Records.position] === position &&
      words[Records.count] <= RECORDS_PER_PAGE &&
      words[Records.checksum] === this.#checksum()
    );
  }

  get epoch(): number {
    return this.words[Records.epoch];
  }

  /** Random for each try to write an epoch: pages of a try that failed do not go with another's. */
  get attempt(): number {
    return this.words[Records.attempt];
  }

  get next(): number {
    return this.words[Records.next];
  }

  get count(): number {
    return this.words[Records.count];
  }

  block(record: number): number {
    return this.words[Records.records + RECORD_WORDS * record];
  }

  blocks(record: number): number {
    return this.words[Records.records + RECORD_WORDS * record + 1];
  }

  page(record: number): number {
    return this.words[Records.records + RECORD_WORDS * record + 2];
  }

  check(record: number): number {
    return this.words[Records.records + RECORD_WORDS * record + 3];
  }

  #checksum(): number {
    const { words } = this;
    const saved = words[Records.checksum];
    words[Records.checksum] = 0;
    const sum = checksum(words, 0, PAGE_WORDS);
    words[Records.checksum] = saved;
    return sum;
  }
}

function setLong(words: Uint32Array, at: number, value: number): void {
  words[at] = value % 2 ** 32;
  words[at + 1] = Math.floor(value / 2 ** 32);
}

function long(words: Uint32Array, at: number): number {
  return words[at] + words[at + 1] * 2 ** 32;
}

/** A number that tells pages of one life of a store from those of others. */
export function randomWord(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
