import type { BaseImage, BlockBackend, Pending, ReadTarget, WriteSource } from './backend.ts';
import { ShiftedTarget } from './buffers.ts';
import { ChangedPages } from './changed-pages.ts';
import {
  checkContent,
  checkImage,
  type DiskState,
  eachRun,
  type MemoryContent,
  Runs,
} from './disk-state.ts';
import { type DiskImage, readImage } from './image.ts';
import { SECTOR_SIZE } from './layout.ts';
import { readBase } from './read-base.ts';
import { isZero, PAGE_SIZE, SparsePages } from './sparse-pages.ts';

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

/** All sectors of a page, one bit for each. */
const WHOLE_PAGE = 2 ** (PAGE_SIZE / SECTOR_SIZE) - 1;

/**
 * A disk in the worker's memory, or what is written to one whose image lies elsewhere. It costs
 * what was written: what is zero is not stored. Writes finish at once, and so does everything
 * else where there is no image elsewhere, or none is needed. It knows which pages were changed
 * since it was made.
 */
export class MemoryBackend implements BlockBackend {
  #size: number;
  /** What the disk holds where nothing was written, zeros beyond its end; or `#pages` holds that. */
  readonly #base: BaseImage | null;
  readonly #pages: SparsePages;
  #changed: ChangedPages;
  /** Changed pages of which some sectors are still the base's: which are not. */
  readonly #partial = new Map<number, number>();
  /** Tells the image from others; null while nobody has asked for it. */
  #imageName: string | null;

  private constructor(
    size: number,
    pages: SparsePages,
    base: BaseImage | null,
    imageName: string | null,
  ) {
    this.#size = size;
    this.#base = base;
    this.#pages = pages;
    // A snapshot holds what was changed: to go back to one, what was there before must be known.
    this.#pages.freeze();
    this.#changed = new ChangedPages(Math.ceil(size / PAGE_SIZE));
    this.#imageName = imageName;
  }

  /**
   * A disk with the bytes of an image, zeros after it. @throws DeviceError as `readImage` does
   * @param version tells the image from others; without it a checksum does
   */
  static async create(source: DiskImage, version?: string): Promise<MemoryBackend> {
    const { pages, size } = await readImage(source);
    return new MemoryBackend(size, pages, null, version ?? null);
  }

  /** A disk that shows `base` where nothing was written to it. @param fingerprint tells it from others */
  static over(base: BaseImage, fingerprint = ''): MemoryBackend {
    return new MemoryBackend(base.size, new SparsePages(), base, fingerprint);
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of memory that the disk takes, apart from its base. */
  get allocated(): number {
    return this.#pages.allocated;
  }

  /** Bytes that were changed, and that take memory; none is stored elsewhere. */
  get usage(): { changed: number; stored: number; allocated: number } {
    const { allocated } = this;
    return { changed: this.#changed.count * PAGE_SIZE, stored: 0, allocated };
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    if (this.#base !== null) return this.#readOver(this.#base, offset, length, target);
    this.#readPages(offset, length, target, 0);
    return undefined;
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

  grow(size: number): void {
    this.#changed.grow(Math.ceil(size / PAGE_SIZE));
    this.#size = size;
  }

  async close(): Promise<void> {
    this.#pages.clear(0, this.size);
    await this.#base?.close();
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

  save(): DiskState {
    return { size: this.size, image: this.#image, content: this.#saveContent() };
  }

  async accepts(state: DiskState): Promise<void> {
    checkImage({ image: this.#image }, 'memory', state);
    checkContent(state.size, state.content as MemoryContent);
  }

  restore({ size, content }: DiskState): void {
    const { changed, partial, stored, bytes } = content as MemoryContent;
    this.#size = size;
    this.#pages.thaw();
    this.#changed = new ChangedPages(Math.ceil(size / PAGE_SIZE));
    eachRun(changed, (first, count) => {
      this.#changed.mark(first, first + count);
      this.#pages.clear(first * PAGE_SIZE, count * PAGE_SIZE);
    });
    this.#partial.clear();
    eachRun(partial, (page, sectors) => this.#partial.set(page, sectors));
    let at = 0;
    eachRun(stored, (first, count) => {
      for (let page = first; page < first + count; page++, at += PAGE_SIZE) {
        this.#pages.make(page).set(bytes.subarray(at, at + PAGE_SIZE));
      }
    });
  }

  get #image(): string {
    this.#imageName ??= checksumName(this.#pages.frozenChecksum());
    return this.#imageName;
  }

  #saveContent(): MemoryContent {
    const changed = new Runs();
    const stored = new Runs();
    for (const { offset, length } of this.changes(0, Number.POSITIVE_INFINITY).ranges) {
      const first = offset / PAGE_SIZE;
      const end = Math.ceil((offset + length) / PAGE_SIZE);
      changed.add(first, end - first);
      for (let page = first; page < end; page++) if (this.#isStored(page)) stored.add(page, 1);
    }
    const bytes = new Uint8Array(stored.pages * PAGE_SIZE);
    let at = 0;
    eachRun(stored.list, (first, count) => {
      for (let page = first; page < first + count; page++, at += PAGE_SIZE) {
        bytes.set(this.#pages.get(page) as Uint8Array, at);
      }
    });
    const partial = new Float64Array([...this.#partial].flat());
    return { kind: 'memory', changed: changed.list, partial, stored: stored.list, bytes };
  }

  #isStored(page: number): boolean {
    const bytes = this.#pages.get(page);
    return (
      bytes !== undefined && !isZero(new Int32Array(bytes.buffer, bytes.byteOffset, PAGE_SIZE / 4))
    );
  }

  /** Nothing is kept. */
  get baseName(): null {
    return null;
  }

  /** The ranges that may have anything but zeros. For its parameters see `changes`. */
  data(from: number, limit: number): ChangeListing {
    if (this.#base !== null) {
      // What of an image elsewhere is zero, only reading it tells.
      return { ranges: [{ offset: from, length: this.size - from }], next: null };
    }
    const stored = this.#pages.storedRanges(from, limit + 1);
    const ranges = stored.slice(0, limit).map(({ offset, length }) => {
      return { offset, length: Math.min(length, this.size - offset) };
    });
    return { ranges, next: stored[limit]?.offset ?? null };
  }

  /** Puts what `#pages` holds of the disk's [offset, offset + length) at `position`. */
  #readPages(offset: number, length: number, target: ReadTarget, position: number): void {
    for (let done = 0; done < length; ) {
      const within = (offset + done) % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - within, length - done);
      const page = this.#pages.get((offset + done - within) / PAGE_SIZE);
      if (page === undefined) target.putZeroes(position + done, count);
      else target.put(position + done, page, within, count);
      done += count;
    }
  }

  #readOver(base: BaseImage, offset: number, length: number, target: ReadTarget): Pending {
    let pending: Promise<void>[] | undefined; // only made for a base that takes its time
    for (let done = 0; done < length; ) {
      const from = offset + done;
      const stored = this.#storedFrom(from, offset + length);
      if (stored > 0) {
        this.#readPages(from, stored, target, done);
        done += stored;
        continue;
      }
      const count = this.#absentFrom(from, offset + length);
      const place = done === 0 ? target : new ShiftedTarget(target, done);
      const reading = readBase(base, from, count, place);
      if (reading !== undefined) {
        pending ??= [];
        pending.push(reading);
      }
      done += count;
    }
    if (pending === undefined || pending.length === 1) return pending?.[0];
    return Promise.all(pending).then(() => {});
  }

  /** Bytes from `offset` on, up to `end`, in the same page, that are not the base's. */
  #storedFrom(offset: number, end: number): number {
    const page = Math.floor(offset / PAGE_SIZE);
    if (!this.#changed.has(page)) return 0;
    const limit = Math.min(end, (page + 1) * PAGE_SIZE);
    return this.#sectorsAlike(page, offset, limit, 1);
  }

  /** Bytes from `offset` on, up to `end`, that are all the base's. */
  #absentFrom(offset: number, end: number): number {
    const page = Math.floor(offset / PAGE_SIZE);
    if (this.#changed.has(page)) {
      return this.#sectorsAlike(page, offset, Math.min(end, (page + 1) * PAGE_SIZE), 0);
    }
    const next = this.#changed.nextChanged(page, Math.ceil(end / PAGE_SIZE));
    return Math.min(next * PAGE_SIZE, end) - offset;
  }

  /** Bytes from `offset` on, up to `end`, of a changed page whose sectors are `stored` (1) or not. */
  #sectorsAlike(page: number, offset: number, end: number, stored: 0 | 1): number {
    const sectors = this.#partial.get(page);
    if (sectors === undefined) return stored === 1 ? end - offset : 0;
    let at = offset;
    while (at < end && ((sectors >>> ((at % PAGE_SIZE) / SECTOR_SIZE)) & 1) === stored) {
      at += SECTOR_SIZE;
    }
    return at - offset;
  }

  #mark(offset: number, length: number): void {
    if (length === 0) return;
    const first = Math.floor(offset / PAGE_SIZE);
    const end = Math.ceil((offset + length) / PAGE_SIZE);
    if (this.#base !== null) this.#markSectors(offset, offset + length, first, end);
    this.#changed.mark(first, end);
  }

  /** The sectors of [offset, end) are no longer the base's; `#changed` does not know yet. */
  #markSectors(offset: number, end: number, firstPage: number, endPage: number): void {
    const firstWhole = Math.ceil(offset / PAGE_SIZE);
    const endWhole = Math.floor(end / PAGE_SIZE);
    if (firstWhole > firstPage) this.#markPart(firstPage, offset, end);
    if (endWhole < endPage && endWhole >= firstWhole) this.#markPart(endWhole, offset, end);
    if (this.#partial.size === 0) return;
    if (this.#partial.size > endWhole - firstWhole) {
      for (let page = firstWhole; page < endWhole; page++) this.#partial.delete(page);
      return;
    }
    for (const page of this.#partial.keys()) {
      if (page >= firstWhole && page < endWhole) this.#partial.delete(page);
    }
  }

  /** Those of [offset, end) that lie in `page`, but are not all of it. */
  #markPart(page: number, offset: number, end: number): void {
    const known = this.#partial.get(page);
    if (known === undefined && this.#changed.has(page)) return; // all of it is stored
    const start = page * PAGE_SIZE;
    const first = Math.max(0, offset - start) / SECTOR_SIZE;
    const last = Math.min(PAGE_SIZE, end - start) / SECTOR_SIZE;
    const sectors = (known ?? 0) | (2 ** last - 2 ** first);
    if (sectors === WHOLE_PAGE) this.#partial.delete(page);
    else this.#partial.set(page, sectors);
  }
}

function checksumName(checksum: number): string {
  return checksum === 0 ? '' : `one with the checksum ${checksum.toString(16).padStart(8, '0')}`;
}
