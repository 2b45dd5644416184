import {
  type BlockOptions,
  type DiskBackend,
  openBackend,
  readBytes,
} from '../devices/block/create.ts';
import { openStore } from '../devices/block/kept-disk.ts';
import { isKept, missing, openKeptFile } from '../devices/block/kept-file.ts';
import type { ChangeListing } from '../devices/block/memory-backend.ts';
import { StoreBackend } from '../devices/block/store/store-backend.ts';
import type { Work } from '../devices/block/work.ts';
import type { Bytes } from './bytes.ts';

/** All of a disk that may be anything but zero, or what was changed on its image. */
export type Content = 'data' | 'changes';

/** What tells the ranges of a disk, and reads it: here, or by the page that has it. */
export interface DiskReader {
  /** As `MemoryBackend.changes`. */
  ranges(content: Content, from: number, limit: number): ChangeListing | Promise<ChangeListing>;
  read(offset: number, length: number): Promise<Bytes>;
}

/** A disk to be read while nobody changes it. */
export interface DiskSource {
  /** Bytes. */
  size: number;
  /** What a store calls the disk's image; '' for zeros; null for a disk of which no store is kept. */
  base: string | null;
  reader: DiskReader;
}

/** A kept disk, with its image if it was made on one. */
export type KeptOptions = BlockOptions & { keep: string };

/** A disk that was opened. */
export interface OpenedSource extends DiskSource {
  close(): Promise<void>;
}

/**
 * Opens a kept disk with its image.
 * @throws DeviceError 'disk-missing', 'disk-in-use', 'base-changed', and what else keeps it from opening
 */
export async function openWhole(options: KeptOptions): Promise<OpenedSource> {
  // Opening it as a machine does would make it.
  if (!(await isKept(options.keep))) throw missing(options.keep);
  const { backend } = await openBackend(options);
  return sourceOf(backend);
}

/** Opens a kept disk without its image: only for what was changed. @throws DeviceError */
export async function openChanges(name: string): Promise<OpenedSource> {
  const file = await openKeptFile(name, false);
  try {
    return sourceOf(new StoreBackend(openStore(file, name), null));
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A disk that is open here. */
export function sourceOf(backend: DiskBackend): OpenedSource {
  const reader: DiskReader = {
    ranges: (content, from, limit) => backend[content](from, limit),
    read: (offset, length) => readBytes(backend, offset, length),
  };
  const { size, baseName } = backend;
  return { size, base: baseName, reader, close: () => backend.close() };
}

/** Bytes at a place of the disk. */
export interface Piece {
  offset: number;
  bytes: Bytes;
}

/** Bytes that are read at once. */
export const LONGEST_PIECE = 1 << 20;
const RANGES_AT_A_TIME = 1024;

/**
 * The content of a disk, in order of position, in pieces of at most LONGEST_PIECE. Each begins at a
 * multiple of 4096, and ends at one, or with the disk. While one is used, the next is read.
 */
export async function* piecesOf(
  { reader, size }: DiskSource,
  content: Content,
  work: Work,
): AsyncGenerator<Piece> {
  work.total = 0;
  for await (const { length } of rangesOf(reader, content)) work.total += length;
  let next: Promise<Piece> | undefined;
  for await (const range of rangesOf(reader, content)) {
    const end = Math.min(range.offset + range.length, size);
    for (let offset = range.offset; offset < end; offset += LONGEST_PIECE) {
      const current = next;
      next = read(reader, offset, Math.min(LONGEST_PIECE, end - offset));
      next.catch(() => {}); // nobody may be left to ask for it
      if (current !== undefined) yield* counted(await current, work);
    }
  }
  if (next !== undefined) yield* counted(await next, work);
}

async function* counted(piece: Piece, work: Work): AsyncGenerator<Piece> {
  yield piece;
  await work.advance(piece.bytes.length);
}

async function read(reader: DiskReader, offset: number, length: number): Promise<Piece> {
  return { offset, bytes: await reader.read(offset, length) };
}

async function* rangesOf(reader: DiskReader, content: Content) {
  let from: number | null = 0;
  while (from !== null) {
    const listing: ChangeListing = await reader.ranges(content, from, RANGES_AT_A_TIME);
    yield* listing.ranges;
    from = listing.next;
  }
}
