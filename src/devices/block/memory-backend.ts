import type { BlockBackend, ReadTarget, WriteSource } from './backend.ts';
import { ChangedPages } from './changed-pages.ts';
import { type DiskImage, readImage } from './image.ts';
import { PAGE_SIZE, type SparsePages } from './sparse-pages.ts';

/** A range of the disk, in bytes. */
export interface DiskRange {
  offset: number;
  length: number;
}

/** Part of a listing of changes. */
export interface ChangeListing {
  /** In order of position, none touching the next. */
  ranges: DiskRange[];
  /** Where the listing goes on, or null at its end. */
  next: number | null;
}

/**
 * A disk in the worker's memory. It costs what was written: what is zero is not stored, in the
 * image as later on. Everything finishes at once. It knows which pages were changed since it was
 * made.
 */
export class MemoryBackend implements BlockBackend {
  readonly size: number;
  readonly #pages: SparsePages;
  readonly #changed: ChangedPages;

  private constructor(pages: SparsePages, size: number) {
    this.size = size;
    this.#pages = pages;
    this.#changed = new ChangedPages(Math.ceil(size / PAGE_SIZE));
  }

  /** A disk with the bytes of an image, zeros after it. @throws DeviceError as `readImage` does */
  static async create(source: DiskImage): Promise<MemoryBackend> {
    const { pages, size } = await readImage(source);
    return new MemoryBackend(pages, size);
  }

  /** Bytes of memory that the disk takes. */
  get allocated(): number {
    return this.#pages.allocated;
  }

  read(offset: number, length: number, target: ReadTarget): undefined {
    for (let done = 0; done < length; ) {
      const within = (offset + done) % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - within, length - done);
      const page = this.#pages.get((offset + done - within) / PAGE_SIZE);
      if (page === undefined) target.putZeroes(done, count);
      else target.put(done, page, within, count);
      done += count;
    }
  }

  write(offset: number, length: number, source: WriteSource): undefined {
    this.#mark(offset, length);
    for (let done = 0; done < length; ) {
      const within = (offset + done) % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - within, length - done);
      const page = this.#pages.make((offset + done - within) / PAGE_SIZE);
      source.take(done, page, within, count);
      done += count;
    }
  }

  /** Memory is as durable as it gets. */
  flush(): undefined {}

  discard(offset: number, length: number): undefined {
    this.writeZeroes(offset, length);
  }

  writeZeroes(offset: number, length: number): undefined {
    this.#mark(offset, length);
    this.#pages.clear(offset, length);
  }

  async close(): Promise<void> {
    this.#pages.clear(0, this.size);
  }

  /**
   * The ranges that were written, discarded or zeroed since the disk was made, in units of 4096
   * bytes (cut off at the end of the disk), in order.
   * @param from bytes; 0, or `next` of the listing before
   * @param limit ranges to list at most, at least 1
   */
  changes(from: number, limit: number): ChangeListing {
    const ranges: DiskRange[] = [];
    let page = this.#changed.nextChanged(Math.floor(from / PAGE_SIZE));
    while (page * PAGE_SIZE < this.size && ranges.length < limit) {
      const end = this.#changed.nextUnchanged(page);
      const offset = page * PAGE_SIZE;
      ranges.push({ offset, length: Math.min(end * PAGE_SIZE, this.size) - offset });
      page = this.#changed.nextChanged(end);
    }
    return { ranges, next: page * PAGE_SIZE < this.size ? page * PAGE_SIZE : null };
  }

  #mark(offset: number, length: number): void {
    if (length === 0) return;
    this.#changed.mark(Math.floor(offset / PAGE_SIZE), Math.ceil((offset + length) / PAGE_SIZE));
  }
}
