import fc from 'fast-check';
import type { BaseImage, Pending, ReadTarget } from '../../../../../src/devices/block/backend.ts';
import { ArrayTarget } from '../../../../../src/devices/block/buffers.ts';
import { PAGE_SIZE } from '../../../../../src/devices/block/store/format.ts';
import { NOT_HERE, ZEROS } from '../../../../../src/devices/block/store/page-map.ts';
import type { Store } from '../../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../../src/devices/block/store/store-backend.ts';

const SECTOR = 512;
export const BLOCKS = 40;
/** The last block of the disk is not whole. */
export const SIZE = (BLOCKS - 1) * PAGE_SIZE + 3 * SECTOR;
/** Pages are used again soon, and checkpoints come often. */
export const CROWDED = { growth: 4, logLimit: 3, reserve: 2 };

/** An image in memory, which answers at once or later. */
export class MemoryBase implements BaseImage {
  readonly bytes: Uint8Array;
  readonly #slow: boolean;
  closed = false;

  constructor(bytes: Uint8Array, slow = false) {
    this.bytes = bytes;
    this.#slow = slow;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    if (offset % SECTOR !== 0 || length % SECTOR !== 0 || offset + length > this.size) {
      throw new RangeError(`[${offset}, +${length}) of ${this.size} bytes`);
    }
    const put = () => target.put(0, this.bytes, offset, length);
    if (this.#slow) return Promise.resolve().then(put);
    put();
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** All bytes of the disk that a store is over its base. */
export async function contentOf(store: Store, base: BaseImage | null): Promise<Buffer> {
  const bytes = Buffer.alloc(store.size);
  await new StoreBackend(store, base).read(0, store.size, new ArrayTarget(bytes));
  return bytes;
}

/** What is stored of each block. */
export function placesOf(store: Store): ('data' | 'zeros' | 'not here')[] {
  return Array.from({ length: BLOCKS }, (_, block) => {
    const where = store.where(block);
    return where === NOT_HERE ? 'not here' : where === ZEROS ? 'zeros' : 'data';
  });
}

/** Contents of blocks: few, so that blocks of different disks are often the same. 0 is zeros. */
const tag = fc.nat(3);

/** An image: how long it is, and what its blocks are filled with. */
export interface ImagePlan {
  sectors: number;
  tags: number[];
}

/** Images of any size up to `most` bytes, in which blocks differ and are alike. */
export function images(most = SIZE): fc.Arbitrary<ImagePlan> {
  const length = Math.ceil(most / PAGE_SIZE);
  return fc.record({
    sectors: fc.integer({ min: 1, max: most / SECTOR }),
    tags: fc.array(tag, { minLength: length, maxLength: length }),
  });
}

export function bytesOf({ sectors, tags }: ImagePlan): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sectors * SECTOR);
  for (let at = 0; at < bytes.length; at += PAGE_SIZE) {
    bytes.fill(tags[at / PAGE_SIZE], at, at + PAGE_SIZE);
  }
  return bytes;
}

/** What is done to a store. */
export interface Change {
  block: number;
  count: number;
  /** What the blocks are filled with; or what they are without data. */
  to: number | 'zeros' | 'not here';
}

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    block: fc.nat(BLOCKS - 1),
    count: fc.integer({ min: 1, max: 12 }),
    to: fc.oneof(tag, fc.constantFrom('zeros' as const, 'not here' as const)),
  }),
  { maxLength: 8 },
);

export function change(store: Store, { block, count, to }: Change): void {
  const within = Math.min(count, BLOCKS - block);
  if (to === 'zeros') store.clear(block, within, ZEROS);
  else if (to === 'not here') store.clear(block, within, NOT_HERE);
  else {
    store.buffer.fill(to, 0, within * PAGE_SIZE);
    // What is behind the end of the disk is zeros.
    if (block + within === BLOCKS) store.buffer.fill(0, SIZE - block * PAGE_SIZE);
    store.write(block, within);
  }
}

/** Lets a failure pass whose message is like this. */
export function expectFailure(message: RegExp): (error: unknown) => void {
  return (error) => {
    if (!message.test((error as Error).message)) throw error;
  };
}
