/** Which pages of a disk were changed: one bit for each. Pages are numbered from 0. */
export class ChangedPages {
  #words: Uint32Array;
  #pages: number;

  constructor(pages: number) {
    this.#pages = pages;
    this.#words = new Uint32Array(Math.ceil(pages / 32));
  }

  /** The disk has so many pages now, more than before. */
  grow(pages: number): void {
    const words = new Uint32Array(Math.ceil(pages / 32));
    words.set(this.#words);
    this.#words = words;
    this.#pages = pages;
  }

  /** Pages that were changed. */
  get count(): number {
    let count = 0;
    for (let page = this.nextChanged(0); page < this.#pages; ) {
      const end = this.nextUnchanged(page);
      count += end - page;
      page = this.nextChanged(end);
    }
    return count;
  }

  /** Marks the pages from `first` up to, not including, `end`. */
  mark(first: number, end: number): void {
    if (end <= first) return;
    const firstWord = first >>> 5;
    const lastWord = (end - 1) >>> 5;
    const head = -1 << (first & 31);
    const tail = -1 >>> (31 - ((end - 1) & 31));
    if (firstWord === lastWord) {
      this.#words[firstWord] |= head & tail;
      return;
    }
    this.#words[firstWord] |= head;
    this.#words.fill(0xffffffff, firstWord + 1, lastWord);
    this.#words[lastWord] |= tail;
  }

  has(page: number): boolean {
    return ((this.#words[page >>> 5] >>> (page & 31)) & 1) === 1;
  }

  /** The first page from `from` on, before `end`, that was changed, or `end` when there is none. */
  nextChanged(from: number, end = this.#pages): number {
    return this.#next(from, end, 0);
  }

  /** The first page from `from` on that was not changed, or `pages` when there is none. */
  nextUnchanged(from: number): number {
    return this.#next(from, this.#pages, 0xffffffff);
  }

  /** The first page from `from` on whose bit differs from those of `pattern` (all alike). */
  #next(from: number, end: number, pattern: number): number {
    let page = from;
    while (page < end) {
      const differing = ((this.#words[page >>> 5] ^ pattern) >>> (page & 31)) >>> 0;
      if (differing !== 0) {
        const lowest = 31 - Math.clz32(differing & -differing);
        return Math.min(page + lowest, end);
      }
      page = (page | 31) + 1;
    }
    return end;
  }
}
