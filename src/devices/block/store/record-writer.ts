import { combine } from './checksum.ts';
import { PAGE_SIZE, type RecordKind, RecordPage } from './format.ts';
import { isPage } from './page-map.ts';
import type { StoreFile } from './store-file.ts';

/** Where a chain of record pages begins, or goes on. */
export interface ChainStart {
  kind: RecordKind;
  generation: number;
  epoch: number;
  /** Random for each try to write the epoch. */
  attempt: number;
  /** Number of the first page in its chain, from 0. */
  position: number;
  /** Page of the file for it. */
  page: number;
}

/** Writes records into a chain of pages: blocks that lie one behind the other share a record. */
export class RecordWriter {
  readonly #file: StoreFile;
  readonly #take: () => number;
  readonly #record = new RecordPage();
  readonly #start: ChainStart;
  #position: number;
  #page: number;
  // The record that is being gathered.
  #block = 0;
  #count = 0;
  #first = 0;
  #check = 0;

  /** @param take gives a page of the file for each further page of the chain */
  constructor(file: StoreFile, start: ChainStart, take: () => number) {
    this.#file = file;
    this.#take = take;
    this.#start = start;
    this.#position = start.position;
    this.#page = start.page;
    this.#begin();
  }

  /** Number of the page that is being filled. */
  get position(): number {
    return this.#position;
  }

  /** Blocks come in rising order. @param check checksum of the data, where it is needed */
  add(block: number, page: number, check: number): void {
    const follows = this.#count > 0 && block === this.#block + this.#count;
    const expected = isPage(this.#first) ? this.#first + this.#count : this.#first;
    if (follows && page === expected) {
      this.#count++;
      this.#check = combine(this.#check, check);
      return;
    }
    this.#store();
    this.#block = block;
    this.#count = 1;
    this.#first = page;
    this.#check = check;
  }

  /** Writes what is left. @param next page at which the chain may go on; 0 for none */
  finish(next: number): void {
    this.#store();
    this.#end(next);
  }

  #store(): void {
    if (this.#count === 0) return;
    if (this.#record.full) {
      const next = this.#take();
      this.#end(next);
      this.#page = next;
      this.#position++;
      this.#begin();
    }
    this.#record.add(this.#block, this.#count, this.#first, this.#check);
    this.#count = 0;
  }

  #begin(): void {
    const { kind, generation, epoch, attempt } = this.#start;
    this.#record.begin(kind, generation, this.#position, epoch, attempt);
  }

  #end(next: number): void {
    this.#record.end(next);
    writePage(this.#file, this.#page, this.#record.bytes);
  }
}

/** @throws Error when not all of it could be written */
export function writePage(file: StoreFile, page: number, bytes: Uint8Array<ArrayBuffer>): void {
  const written = file.write(bytes, { at: page * PAGE_SIZE });
  if (written !== PAGE_SIZE) throw new Error(`only ${written} bytes of a page could be written`);
}
