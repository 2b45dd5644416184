import { DeviceError } from '../errors.ts';

/** A disk in a snapshot of its machine. */
export interface DiskState {
  /** Bytes of the disk. */
  size: number;
  /** Tells what the disk holds where nothing was written from other images; '' for zeros. */
  image: string;
  content: MemoryContent | KeptContent;
}

/** What was changed on a disk whose changes are in memory: all of it, by pages of 4096 bytes. */
export interface MemoryContent {
  kind: 'memory';
  /** Runs of pages that are not the image's any more: the first page of each, and how many. */
  changed: Float64Array;
  /** Those of them of which only some sectors are not: the page, and a bit for each such sector. */
  partial: Float64Array;
  /** Runs of the changed pages that are not all zero. */
  stored: Float64Array;
  /** The bytes of these, one page behind the other. */
  bytes: Uint8Array<ArrayBuffer>;
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
  save(): DiskState;
  /** @throws DeviceError 'snapshot-disk' when the disk cannot become what `state` tells */
  accepts(state: DiskState): void;
  /** Becomes what `state` tells, which the disk has accepted. No operation is going on. */
  restore(state: DiskState): void;
}

/** @throws DeviceError 'snapshot-disk' unless `own` and `saved` lie on the same image in the same way */
export function checkImage(own: Pick<DiskState, 'image'>, kind: string, saved: DiskState): void {
  if (saved.content.kind !== kind) {
    const words = (name: string) => (name === 'kept' ? 'kept in the browser' : 'in memory');
    throw new DeviceError(
      'snapshot-disk',
      `Its changes are ${words(kind)}, and those in the snapshot were ${words(saved.content.kind)}`,
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
