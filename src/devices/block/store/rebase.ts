import { DeviceError } from '../../errors.ts';
import type { BaseImage } from '../backend.ts';
import { type Watch, Work } from '../work.ts';
import { BaseWindow, WINDOW_BLOCKS } from './base-window.ts';
import { BulkWriter } from './bulk-writer.ts';
import { PAGE_SIZE } from './format.ts';
import { NOT_HERE, ZEROS } from './page-map.ts';
import type { Store } from './store.ts';
import { blocksOf, storedRuns } from './stored-runs.ts';
import { SuperfluousBlocks } from './superfluous-blocks.ts';

const PAGE_WORDS = PAGE_SIZE / Int32Array.BYTES_PER_ELEMENT;

/** An image below a disk, with the name that the store has it by. */
export interface NamedBase {
  image: BaseImage;
  /** See `baseName`; not empty, which stands for zeros. */
  name: string;
}

/**
 * Puts a store on another base, while the disk stays byte for byte what it is: what the bases do
 * not have in common is copied into the store, and what the store has in common with the new base
 * is dropped. Nobody else may use the store meanwhile. Both bases are read from their beginning to
 * their end, once.
 *
 * At any moment, and whatever fails, the disk is what it was over the base that `store.base` names.
 * While that is the old one, nothing that was copied is left after a failure or a cancellation,
 * unless the file takes nothing any more; a power cut may leave it too. It does no harm.
 * @param from what the store was made over; null for zeros
 * @param onto null for zeros: the disk needs no base any more
 * @throws DeviceError 'disk-size' when the new base is longer than the disk, 'disk-full' when there
 *   is no room; what a base throws; the signal's reason. Then the disk is over the old base
 */
export async function rebaseStore(
  store: Store,
  from: BaseImage | null,
  onto: NamedBase | null,
  watch: Watch = {},
): Promise<void> {
  if (onto !== null && onto.image.size > store.size) {
    const message = `the new base has ${onto.image.size} bytes, and the disk only ${store.size}`;
    throw new DeviceError('disk-size', message);
  }
  if (onto?.name === '') throw new RangeError('a base needs a name');
  const rebase = new Rebase(store, from, onto?.image ?? null);
  const work = new Work(watch, rebase.length);
  try {
    await rebase.copy(work);
    // What was copied becomes durable with the name or before it.
    store.setBase(onto?.name ?? '');
  } catch (error) {
    rebase.takeBack();
    throw error;
  }
  // Not before: over the old base the disk would be another without these blocks.
  rebase.dropCommon();
  work.finish();
}

class Rebase {
  readonly #store: Store;
  readonly #writer: BulkWriter;
  readonly #from: BaseWindow;
  readonly #onto: BaseWindow;
  /** Blocks before the end of both bases: behind it both have zeros. */
  readonly #blocks: number;
  /** Blocks that only the old base had. */
  readonly #copied = new SuperfluousBlocks();
  /** Blocks of the store that the new base has too. */
  readonly #common = new SuperfluousBlocks();

  constructor(store: Store, from: BaseImage | null, onto: BaseImage | null) {
    this.#store = store;
    this.#writer = new BulkWriter(store);
    this.#from = new BaseWindow(from, store.size);
    this.#onto = new BaseWindow(onto, store.size);
    this.#blocks = blocksOf(Math.max(this.#from.size, this.#onto.size));
  }

  /** Bytes to go through. */
  get length(): number {
    return this.#blocks * PAGE_SIZE;
  }

  /** Copies what the disk would lose with the old base. */
  async copy(work: Work): Promise<void> {
    for (let block = 0; block < this.#blocks; block += WINDOW_BLOCKS) {
      const count = Math.min(WINDOW_BLOCKS, this.#blocks - block);
      await Promise.all([this.#from.read(block, count), this.#onto.read(block, count)]);
      this.#findCommon(block, block + count);
      this.#copy(block, block + count);
      await work.advance(count * PAGE_SIZE);
    }
    this.#findCommon(this.#blocks, blocksOf(this.#store.size));
  }

  /**
   * The store is as it was before, if that can be had. Should the new name be durable although
   * `setBase` has failed, so is the map that goes with it: the two come in one superblock.
   */
  takeBack(): void {
    this.#drop(this.#copied);
  }

  /** Drops what the new base has too, if the store is over that. */
  dropCommon(): void {
    this.#drop(this.#common);
  }

  #drop(superfluous: SuperfluousBlocks): void {
    try {
      superfluous.drop(this.#writer);
      this.#store.flush();
    } catch {
      // Then the store has more than it needs, and that is all: no failure to be told.
    }
  }

  /** Notes blocks of the store that the new base has too; the window has them, or the base ends before. */
  #findCommon(first: number, end: number): void {
    const store = this.#store;
    const ended = blocksOf(this.#onto.size);
    for (const { block, count, zeros } of storedRuns(store, first, end)) {
      // Zeros that are data, where the new base has none, are not worth being looked for.
      if (!zeros && block >= ended) continue;
      if (!zeros) store.read(block, count);
      for (let index = 0; index < count; index++) {
        const common = zeros
          ? block + index >= ended || this.#onto.isZero(block + index)
          : this.#onto.holds(block + index, wordsOf(store.blocks[index]));
        if (common) this.#common.add(block + index);
      }
    }
  }

  /** Copies, of blocks that the windows have, those that are not here, and differ. */
  #copy(first: number, end: number): void {
    for (let block = first; block < end; block++) {
      if (!this.#isLost(block)) continue;
      const zeros = this.#from.isZero(block);
      let after = block + 1;
      while (after < end && this.#isLost(after) && this.#from.isZero(after) === zeros) after++;
      const count = after - block;
      // Noted first: of what fails, a part may be done.
      this.#copied.add(block, count);
      if (zeros) this.#writer.clear(block, count, ZEROS);
      else this.#writer.write(block, this.#from.bytes(block, count));
      block = after - 1;
    }
  }

  /** Whether the disk has other bytes over the new base. */
  #isLost(block: number): boolean {
    return this.#store.where(block) === NOT_HERE && !this.#from.isLike(this.#onto, block);
  }
}

function wordsOf(page: Uint8Array<ArrayBuffer>): Int32Array {
  return new Int32Array(page.buffer, page.byteOffset, PAGE_WORDS);
}
