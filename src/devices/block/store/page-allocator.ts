import { FIRST_PAGE } from './page-map.ts';

/** Which pages of the file are in use. Pages are numbered from 0; the superblocks always are. */
export class PageAllocator {
  /** A byte for each page of the file: 1 when it is in use. */
  #used: Uint8Array;
  #length: number;
  #free: number;
  /** Where the search goes on, so that what is written together lies together. */
  #cursor = FIRST_PAGE;

  /** @param length pages of the file */
  constructor(length: number) {
    this.#length = length;
    this.#used = new Uint8Array(Math.max(length, 1024)).fill(1, 0, Math.min(FIRST_PAGE, length));
    this.#free = Math.max(0, length - FIRST_PAGE);
  }

  /** Pages of the file. */
  get length(): number {
    return this.#length;
  }

  /** Pages that are not in use. */
  get free(): number {
    return this.#free;
  }

  /** The file has grown, or its unused end was cut off. */
  resize(length: number): void {
    if (length > this.#used.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#used.length));
      larger.set(this.#used);
      this.#used = larger;
    }
    for (let page = length; page < this.#length; page++) {
      if (this.#used[page] === 1) throw new RangeError(`page ${page} is in use`);
    }
    this.#free += length - this.#length;
    this.#length = length;
    if (this.#cursor >= length) this.#cursor = FIRST_PAGE;
  }

  /** Marks a page that is known to be in use. @throws RangeError when it is no such page */
  occupy(page: number): void {
    if (!(page >= FIRST_PAGE && page < this.#length)) throw new RangeError(`no page ${page}`);
    if (this.#used[page] === 1) throw new RangeError(`page ${page} is in use twice`);
    this.#used[page] = 1;
    this.#free--;
  }

  /** Takes a page that is not in use. There must be one. */
  take(): number {
    const found = this.#used.indexOf(0, this.#cursor);
    const page = found >= 0 && found < this.#length ? found : this.#used.indexOf(0, FIRST_PAGE);
    if (page < 0 || page >= this.#length) throw new RangeError('no page is free');
    this.#used[page] = 1;
    this.#free--;
    this.#cursor = page + 1;
    return page;
  }

  release(page: number): void {
    if (this.#used[page] !== 1 || page < FIRST_PAGE) throw new RangeError(`page ${page} is free`);
    this.#used[page] = 0;
    this.#free++;
  }

  /** Pages of the file without the unused ones at its end. */
  get lengthInUse(): number {
    return this.#used.lastIndexOf(1, this.#length - 1) + 1;
  }
}
