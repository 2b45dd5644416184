import type { ChainDescriptor, ChainSnapshot } from '../../../machine/index.ts';

/** Bytes of one buffer. */
export interface Piece {
  /** Position of its descriptor in the chain. */
  position: number;
  /** Bytes from the beginning of the buffer. */
  offset: number;
  length: number;
}

/** The descriptors of a chain that are buffers of one part, with their positions in the chain. */
export function buffersOf(
  { descriptors }: ChainSnapshot,
  part: 'readable' | 'writable',
): [number, ChainDescriptor][] {
  return [...descriptors.entries()].filter(([, { refersToTable, writable }]) => {
    return !refersToTable && writable === (part === 'writable');
  });
}

/** Where bytes of a part of a chain lie: in one buffer, or in several. */
export function locate(
  chain: ChainSnapshot,
  part: 'readable' | 'writable',
  offset: number,
  length: number,
): Piece[] {
  const pieces: Piece[] = [];
  let begin = 0;
  for (const [position, buffer] of buffersOf(chain, part)) {
    const from = Math.max(offset, begin);
    const to = Math.min(offset + length, begin + buffer.length);
    if (from < to) pieces.push({ position, offset: from - begin, length: to - from });
    begin += buffer.length;
  }
  return pieces;
}

/** The buffer that is most worth a look: the largest, the first of several. -1 for none. */
export function mainBuffer({ descriptors }: ChainSnapshot): number {
  let main = -1;
  for (const [position, { refersToTable, length }] of descriptors.entries()) {
    if (!refersToTable && (main === -1 || length > descriptors[main].length)) main = position;
  }
  return main;
}
