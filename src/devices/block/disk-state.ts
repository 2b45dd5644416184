import type { SaveOptions } from '../device.ts';
import { DeviceError } from '../errors.ts';
import { SECTOR_SIZE } from './layout.ts';
import { PAGE_SIZE } from './sparse-pages.ts';

/** A disk in a snapshot of its machine. */
export interface DiskState {
  /** Bytes of the disk. */
  size: number;
  /** Tells what the disk holds where nothing was written from other images; '' for zeros. */
  image: string;
  content: MemoryContent | IncludedContent | KeptContent;
}

/** What was changed on a disk: all of it, by pages of 4096 bytes. */
export interface ChangedContent {
  /** Runs of pages that are not the image's any more: the first page of each, and how many. */
  changed: Float64Array;
  /** Runs of those that are not all zero. */
  stored: Float64Array;
  /** The bytes of these, one page behind the other. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** A disk whose changes are in memory. */
export interface MemoryContent extends ChangedContent {
  kind: 'memory';
  /** Changed pages of which only some sectors are: the page, and a bit for each such sector. */
  partial: Float64Array;
}

/** A disk that is kept, with all that is. */
export interface IncludedContent extends ChangedContent {
  kind: 'included';
}

/** A disk that is kept has its changes elsewhere: this tells whether they are the same. */
export interface KeptContent {
  kind: 'kept';
  /** A checksum over all blocks that are kept, and where they belong. */
  checksum: number;
  /** Bytes of the disk that are kept. */
  kept: number;
}

/** What a disk can be made into another state of. */
export interface SavedDisk {
  /** The disk at this moment; what was written to a kept one is durable. @throws DeviceError 'disk-full' */
  save(options: SaveOptions): DiskState;
  /**
   * Waits for what was begun before, and makes ready for a `restore` that may follow. The disk holds what it did.
   * @throws DeviceError 'snapshot-disk' when it cannot become what `state` tells; 'disk-full'
   */
  accepts(state: DiskState): Promise<void>;
  /**
   * Becomes what `state` tells, which the disk has accepted last. No operation is going on.
   * @throws DeviceError 'disk-full' when a kept disk cannot: then it holds what it did
   */
  restore(state: DiskState): void;
}

/** @throws DeviceError 'snapshot-disk' unless `own` and `saved` lie on the same image in the same way */
export function checkImage(
  own: Pick<DiskState, 'image'>,
  place: 'memory' | 'browser',
  saved: DiskState,
): void {
  const savedPlace = saved.content.kind === 'memory' ? 'memory' : 'browser';
  if (savedPlace !== place) {
    const words = (where: string) => (where === 'browser' ? 'kept in the browser' : 'in memory');
    throw new DeviceError(
      'snapshot-disk',
      `Its changes are ${words(place)}, and those in the snapshot were ${words(savedPlace)}`,
    );
  }
  if (saved.image === own.image) return;
  const [is, was] = [own.image, saved.image].map((image) => (image === '' ? 'none' : image));
  throw new DeviceError('snapshot-disk', `Its image is ${is}, and that in the snapshot was ${was}`);
}

/** Goes through runs of pages. */
export function eachRun(runs: Float64Array, visit: (first: number, count: number) => void): void {
  for (let index = 0; index < runs.length; index += 2) visit(runs[index], runs[index + 1]);
}

/** Runs of pages that are added in their order. */
export class Runs {
  pages = 0;
  readonly #numbers: number[] = [];

  add(first: number, count: number): void {
    const end = this.#numbers.length;
    this.pages += count;
    if (end > 0 && this.#numbers[end - 2] + this.#numbers[end - 1] === first) {
      this.#numbers[end - 1] += count;
    } else {
      this.#numbers.push(first, count);
    }
  }

  get list(): Float64Array {
    return Float64Array.from(this.#numbers);
  }
}

/** @throws DeviceError 'snapshot-disk' for what no disk of `size` bytes holds */
export function checkContent(size: number, { changed, stored, bytes }: ChangedContent): void {
  const isSize = Number.isSafeInteger(size) && size > 0 && size % SECTOR_SIZE === 0;
  const end = isSize ? Math.ceil(size / PAGE_SIZE) : 0;
  const pages = pagesIn(stored, end);
  const isSound = pages !== null && pagesIn(changed, end) !== null;
  if (isSize && isSound && bytes.length === pages * PAGE_SIZE) return;
  throw new DeviceError('snapshot-disk', 'What the snapshot says of it makes no sense');
}

/** Pages in runs that lie before page `end`, in their order; null for what are no such runs. */
function pagesIn(runs: Float64Array, end: number): number | null {
  let pages = 0;
  let next = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const [first, count] = runs.subarray(index, index + 2);
    const isRun = Number.isInteger(first) && Number.isInteger(count) && first >= next && count > 0;
    if (!isRun || first + count > end) return null;
    next = first + count;
    pages += count;
  }
  return pages;
}
