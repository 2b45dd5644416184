import type { SaveOptions } from '../../device.ts';
import { DeviceError } from '../../errors.ts';
import type { BaseImage, BlockBackend, Pending, ReadTarget, WriteSource } from '../backend.ts';
import { ArraySource, ArrayTarget, ShiftedTarget } from '../buffers.ts';
import { checkContent, checkImage, type DiskState, type KeptContent } from '../disk-state.ts';
import type { ChangeListing } from '../memory-backend.ts';
import { readBase } from '../read-base.ts';
import { checksum, combine } from './checksum.ts';
import { PAGE_SIZE } from './format.ts';
import { isPage, NOT_HERE, ZEROS } from './page-map.ts';
import { includedContent, Replacement } from './replacement.ts';
import { BUFFER_BLOCKS, type Store } from './store.ts';

/** An operation that has not taken effect yet, on the blocks from `first` to `last`. */
interface Going {
  first: number;
  last: number;
  /** Resolves when it has, or has failed. */
  over: Promise<void>;
}

/**
 * A disk that keeps what is written to it in a store, over a base that is only read. Without a
 * base, or beyond its end, there are zeros.
 */
export class StoreBackend implements BlockBackend {
  readonly #store: Store;
  readonly #base: BaseImage | null;
  /** What later operations on the same blocks have to wait for: mostly nothing. */
  readonly #going: Going[] = [];
  /** What the store may become next, by a `restore`. */
  #replacement: Replacement | null = null;

  constructor(store: Store, base: BaseImage | null) {
    this.#store = store;
    this.#base = base;
  }

  get size(): number {
    return this.#store.size;
  }

  get #blocks(): number {
    return Math.ceil(this.size / PAGE_SIZE);
  }

  /** Bytes of the disk that differ from the base, or may; and of the store's file. */
  get usage(): { changed: number; stored: number; allocated: number } {
    return { changed: this.#store.stored, stored: this.#store.fileSize, allocated: 0 };
  }

  /**
   * The ranges that differ from the base, or may, in units of 4096 bytes (cut off at the end of the
   * disk), in order.
   * @param from bytes; 0, or `next` of the listing before
   * @param limit ranges to list at most, at least 1
   */
  changes(from: number, limit: number): ChangeListing {
    const ranges: ChangeListing['ranges'] = [];
    let block = this.#store.nextHere(Math.floor(from / PAGE_SIZE), this.#blocks);
    while (block < this.#blocks && ranges.length < limit) {
      let end = block + 1;
      while (end < this.#blocks && this.#store.where(end) !== NOT_HERE) end++;
      const offset = block * PAGE_SIZE;
      ranges.push({ offset, length: Math.min(end * PAGE_SIZE, this.size) - offset });
      block = this.#store.nextHere(end, this.#blocks);
    }
    return { ranges, next: block < this.#blocks ? block * PAGE_SIZE : null };
  }

  /** What the store calls its base; '' for zeros. */
  get baseName(): string {
    return this.#store.base;
  }

  /** The ranges that may have anything but zeros. For its parameters see `changes`. */
  data(from: number, limit: number): ChangeListing {
    const ranges: ChangeListing['ranges'] = [];
    let block = this.#nextData(Math.floor(from / PAGE_SIZE));
    while (block < this.#blocks && ranges.length < limit) {
      const end = this.#endOfData(block);
      const offset = block * PAGE_SIZE;
      ranges.push({ offset, length: Math.min(end * PAGE_SIZE, this.size) - offset });
      block = this.#nextData(end);
    }
    return { ranges, next: block < this.#blocks ? block * PAGE_SIZE : null };
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    const before = this.#before(offset, length);
    if (before === undefined) return this.#read(offset, length, target);
    return this.#enter(
      offset,
      length,
      before.then(() => this.#read(offset, length, target)),
    );
  }

  write(offset: number, length: number, source: WriteSource): Pending {
    this.#dropReplacement();
    const before = this.#before(offset, length);
    if (before === undefined) return this.#write(offset, length, source);
    // Whoever gave the source may take it back: its bytes come now.
    const bytes = new Uint8Array(length);
    source.take(0, bytes, 0, length);
    const write = () => this.#write(offset, length, new ArraySource(bytes));
    return this.#enter(offset, length, before.then(write));
  }

  flush(): Pending {
    this.#store.flush();
    return undefined;
  }

  /** Whole blocks are forgotten: without a base they read as zeros, with one as it has them. */
  discard(offset: number, length: number): Pending {
    return this.#clear(offset, length, NOT_HERE);
  }

  writeZeroes(offset: number, length: number): Pending {
    return this.#clear(offset, length, this.#base === null ? NOT_HERE : ZEROS);
  }

  /** What was written before is durable after it as well. */
  grow(size: number): void {
    this.#dropReplacement();
    this.#store.grow(size);
  }

  /** What is kept is durable then. It stays where it is; the snapshot has it too, or tells whether it is still the same. */
  save({ keptDisks }: SaveOptions): DiskState {
    this.#store.flush();
    const { size, baseName: image } = this;
    const content = keptDisks === 'included' ? includedContent(this.#store) : this.#content();
    return { size, image, content };
  }

  async accepts({ size, image, content }: DiskState): Promise<void> {
    checkImage({ image: this.baseName }, 'browser', { size, image, content });
    // What was begun earlier would else be written to the disk as it is afterwards.
    await Promise.all(this.#going.map(({ over }) => over));
    this.#dropReplacement();
    if (content.kind === 'included') {
      checkContent(size, content);
      this.#replacement = new Replacement(this.#store, size, content);
      return;
    }
    const own = this.#content();
    const { checksum, kept } = content as KeptContent;
    if (size === this.size && kept === own.kept && checksum === own.checksum) return;
    throw new DeviceError('snapshot-disk', 'It was written to since the snapshot was made');
  }

  /** It becomes what it has accepted; without that it is as it was. */
  restore(): void {
    const replacement = this.#replacement;
    this.#replacement = null;
    replacement?.take();
  }

  async close(): Promise<void> {
    await Promise.all(this.#going.map(({ over }) => over));
    try {
      this.#store.close();
    } finally {
      await this.#base?.close();
    }
  }

  /** The machine goes on as it was. */
  #dropReplacement(): void {
    this.#replacement?.drop();
    this.#replacement = null;
  }

  #content(): KeptContent {
    let sum = 0;
    let block = this.#store.nextHere(0, this.#blocks);
    while (block < this.#blocks) {
      const isData = isPage(this.#store.where(block));
      const most = Math.min(BUFFER_BLOCKS, this.#blocks - block);
      const count = isData ? this.#store.read(block, most) : 1;
      for (let index = 0; index < count; index++) {
        sum = combine(combine(sum, block + index), isData ? this.#checksum(index) : 0);
      }
      block = this.#store.nextHere(block + count, this.#blocks);
    }
    return { kind: 'kept', checksum: sum, kept: this.#store.stored };
  }

  /** Of block `index` of the buffer. */
  #checksum(index: number): number {
    const { buffer, byteOffset } = this.#store.blocks[index];
    return checksum(new Uint32Array(buffer, byteOffset, PAGE_SIZE / 4), 0, PAGE_SIZE / 4);
  }

  #read(offset: number, length: number, target: ReadTarget): Pending {
    let pieces: Promise<void>[] | undefined;
    try {
      for (let done = 0; done < length; ) {
        const at = offset + done;
        const left = length - done;
        const block = Math.floor(at / PAGE_SIZE);
        const where = this.#store.where(block);
        if (where === NOT_HERE) {
          const count = Math.min(left, this.#endOfGap(block, offset + length) - at);
          pieces = withPiece(
            pieces,
            readBase(this.#base, at, count, new ShiftedTarget(target, done)),
          );
          done += count;
        } else if (where === ZEROS) {
          const count = Math.min(left, PAGE_SIZE - (at % PAGE_SIZE));
          target.putZeroes(done, count);
          done += count;
        } else {
          done += this.#readStored(at, left, done, target);
        }
      }
    } catch (error) {
      // Others still fill the target: it must not be used for anything else before they are done.
      if (pieces === undefined) throw error;
      pieces.push(Promise.reject(error));
    }
    return allOf(pieces);
  }

  #write(offset: number, length: number, source: WriteSource): Pending {
    let pieces: Promise<void>[] | undefined;
    for (let done = 0; done < length; ) {
      const at = offset + done;
      const left = length - done;
      const within = at % PAGE_SIZE;
      if (within !== 0 || left < PAGE_SIZE) {
        const count = Math.min(PAGE_SIZE - within, left);
        const bytes = new Uint8Array(count);
        source.take(done, bytes, 0, count);
        pieces = withPiece(pieces, this.#writePart(at, bytes));
        done += count;
      } else {
        const count = Math.min(BUFFER_BLOCKS, Math.floor(left / PAGE_SIZE));
        for (let index = 0; index < count; index++) {
          source.take(done + index * PAGE_SIZE, this.#store.blocks[index], 0, PAGE_SIZE);
        }
        this.#store.write(at / PAGE_SIZE, count);
        done += count * PAGE_SIZE;
      }
    }
    return allOf(pieces);
  }

  #clear(offset: number, length: number, to: typeof ZEROS | typeof NOT_HERE): Pending {
    this.#dropReplacement();
    const clear = () => this.#clearNow(offset, length, to);
    const before = this.#before(offset, length);
    return before === undefined ? clear() : this.#enter(offset, length, before.then(clear));
  }

  #clearNow(offset: number, length: number, to: typeof ZEROS | typeof NOT_HERE): Pending {
    const end = offset + length;
    const first = Math.ceil(offset / PAGE_SIZE);
    // The last block of the disk is whole at the disk's end.
    const last = end === this.size ? this.#blocks : Math.floor(end / PAGE_SIZE);
    if (first < last) this.#store.clear(first, last - first, to);
    const head = Math.min(end, first * PAGE_SIZE) - offset;
    const tail = end - Math.max(offset + head, last * PAGE_SIZE);
    let pieces: Promise<void>[] | undefined;
    if (head > 0) pieces = withPiece(pieces, this.#writePart(offset, new Uint8Array(head)));
    if (tail > 0) pieces = withPiece(pieces, this.#writePart(end - tail, new Uint8Array(tail)));
    return allOf(pieces);
  }

  /** Blocks that the base may have bytes of. */
  get #baseBlocks(): number {
    return Math.min(this.#blocks, Math.ceil((this.#base?.size ?? 0) / PAGE_SIZE));
  }

  /** The first block from `block` on that is not zero for sure; `#blocks` when there is none. */
  #nextData(block: number): number {
    let next = block;
    while (next < this.#blocks) {
      const where = this.#store.where(next);
      if (isPage(where) || (where === NOT_HERE && next < this.#baseBlocks)) return next;
      next = where === ZEROS ? next + 1 : this.#store.nextHere(next, this.#blocks);
    }
    return this.#blocks;
  }

  /** Where the blocks end, from `block` on, that may have data as it has. */
  #endOfData(block: number): number {
    let end = block;
    while (end < this.#blocks) {
      const where = this.#store.where(end);
      if (isPage(where)) end++;
      else if (where === NOT_HERE && end < this.#baseBlocks) {
        end = this.#store.nextHere(end, this.#baseBlocks);
      } else break;
    }
    return end;
  }

  /** Where the blocks that are not here end, from `block` on and at most at byte `end`. */
  #endOfGap(block: number, end: number): number {
    return this.#store.nextHere(block, Math.ceil(end / PAGE_SIZE)) * PAGE_SIZE;
  }

  /** @returns bytes read: from one block, or from several that lie one behind the other */
  #readStored(offset: number, wanted: number, position: number, target: ReadTarget): number {
    const within = offset % PAGE_SIZE;
    const blocks = Math.min(BUFFER_BLOCKS, Math.ceil((within + wanted) / PAGE_SIZE));
    const read = this.#store.read((offset - within) / PAGE_SIZE, blocks);
    let done = 0;
    for (let index = 0; index < read; index++) {
      const from = index === 0 ? within : 0;
      const count = Math.min(PAGE_SIZE - from, wanted - done);
      target.put(position + done, this.#store.blocks[index], from, count);
      done += count;
    }
    return done;
  }

  /** Writes bytes that lie in one block, whose rest stays as it is. */
  #writePart(offset: number, bytes: Uint8Array): Pending {
    const within = offset % PAGE_SIZE;
    const start = offset - within;
    const page = new Uint8Array(PAGE_SIZE);
    const store = () => {
      page.set(bytes, within);
      this.#store.blocks[0].set(page);
      this.#store.write(start / PAGE_SIZE, 1);
    };
    const length = Math.min(PAGE_SIZE, this.size - start);
    const rest = this.#read(start, length, new ArrayTarget(page));
    if (rest !== undefined) return this.#enter(offset, bytes.length, rest.then(store));
    store();
    return undefined;
  }

  /** Resolves when what was begun on these blocks is over; undefined when nothing is going on. */
  #before(offset: number, length: number): Promise<unknown> | undefined {
    if (this.#going.length === 0) return undefined;
    const { first, last } = blocksOf(offset, length);
    const overlapping = this.#going.filter((other) => other.first <= last && other.last >= first);
    return overlapping.length === 0 ? undefined : Promise.all(overlapping.map(({ over }) => over));
  }

  /** Lets later operations on these blocks wait for this one. */
  #enter(offset: number, length: number, operation: Promise<void>): Promise<void> {
    const leave = () => {
      this.#going.splice(this.#going.indexOf(going), 1);
    };
    const going = { ...blocksOf(offset, length), over: operation.then(leave, leave) };
    this.#going.push(going);
    return operation;
  }
}

function blocksOf(offset: number, length: number): { first: number; last: number } {
  const last = Math.floor((offset + Math.max(length, 1) - 1) / PAGE_SIZE);
  return { first: Math.floor(offset / PAGE_SIZE), last };
}

/** The parts of an operation that take their time: mostly none, so that none needs a list. */
function withPiece(pieces: Promise<void>[] | undefined, piece: Pending) {
  if (piece === undefined) return pieces;
  // Should a later piece throw, nobody waits for this one.
  piece.catch(() => {});
  return pieces === undefined ? [piece] : [...pieces, piece];
}

/** Settles when all of them have. */
function allOf(pieces: Promise<void>[] | undefined): Pending {
  return pieces && settled(pieces);
}

async function settled(pieces: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(pieces)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}
