import type { GuestMemory } from '../ring/guest-memory.ts';

/** Some of the pages of RAM that are not zero, in a snapshot. */
export interface RamPiece {
  /** Runs of pages of 4096 bytes: the first of each, and how many. In order. */
  runs: Uint32Array<ArrayBuffer>;
  /** Their bytes, one page behind the other. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** Tells whether bytes of RAM are all zero, faster than reading them from here. */
export type IsZero = (address: number, length: number) => boolean;

export const PAGE_SIZE = 4096;
/** Pages of one piece at most: 4 MiB. */
const PIECE_PAGES = 1024;
/** Bytes that are looked at, or cleared, at once where nothing is. */
const STRETCH = 64 * 1024;

/** Copies every page that is not zero. */
export function saveRam(memory: GuestMemory, isZero: IsZero): RamPiece[] {
  const pieces: RamPiece[] = [];
  let runs: number[] = [];
  let pages = 0;
  const close = () => {
    if (pages > 0) pieces.push(copyRuns(memory, runs, pages));
    runs = [];
    pages = 0;
  };
  for (let address = 0; address < memory.size; address += PAGE_SIZE) {
    if (address % STRETCH === 0 && isZero(address, stretchAt(memory, address))) {
      address += STRETCH - PAGE_SIZE;
      continue;
    }
    if (isZero(address, PAGE_SIZE)) continue;
    if (pages === PIECE_PAGES) close();
    const page = address / PAGE_SIZE;
    const last = runs.length - 2;
    if (last >= 0 && runs[last] + runs[last + 1] === page) runs[last + 1]++;
    else runs.push(page, 1);
    pages++;
  }
  close();
  return pieces;
}

/**
 * Makes the RAM what it was.
 * @param isNew it is as the browser gave it: all zero
 * @throws RangeError for pages that are not in RAM
 */
export function restoreRam(
  memory: GuestMemory,
  isZero: IsZero,
  pieces: readonly RamPiece[],
  isNew: boolean,
): void {
  let end = 0;
  for (const { runs, bytes } of pieces) {
    let taken = 0;
    for (let run = 0; run < runs.length; run += 2) {
      const address = runs[run] * PAGE_SIZE;
      const length = runs[run + 1] * PAGE_SIZE;
      if (!isNew) clear(memory, isZero, end, address);
      memory.copyIn(address, bytes, taken, length);
      taken += length;
      end = address + length;
    }
  }
  if (!isNew) clear(memory, isZero, end, memory.size);
}

function copyRuns(memory: GuestMemory, runs: number[], pages: number): RamPiece {
  const bytes = new Uint8Array(pages * PAGE_SIZE);
  let copied = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const length = runs[run + 1] * PAGE_SIZE;
    memory.copyOut(runs[run] * PAGE_SIZE, bytes, copied, length);
    copied += length;
  }
  return { runs: Uint32Array.from(runs), bytes };
}

/** To write to memory that is zero already would make the browser find some for it. */
function clear(memory: GuestMemory, isZero: IsZero, from: number, to: number): void {
  for (let address = from; address < to; ) {
    const next = Math.min(to, address + STRETCH - (address % STRETCH));
    if (!isZero(address, next - address)) memory.fill(address, 0, next - address);
    address = next;
  }
}

function stretchAt(memory: GuestMemory, address: number): number {
  return Math.min(STRETCH, memory.size - address);
}
