import { BLOCK_SIZE } from '../../../../../src/devices/block/sources/block-cache.ts';
import { pattern } from '../disk.ts';

/** Bytes of which no block is like another (up to 256 of them). */
export function imageBytes(length: number, seed?: number): Uint8Array<ArrayBuffer> {
  const bytes = pattern(length, seed);
  for (let index = 0; index < length; index++) bytes[index] += 29 * Math.floor(index / BLOCK_SIZE);
  return bytes;
}
