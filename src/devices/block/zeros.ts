/** Bytes [from, to) of a buffer: zeros or not. */
export interface Run {
  from: number;
  to: number;
  zero: boolean;
}

/**
 * Tells zeros from data, block by block, in as few runs as there are.
 * @param bytes aligned to 4 in their buffer
 * @param blockSize bytes, a multiple of 4; the last block may be cut off
 */
export function* runsOf(bytes: Uint8Array, blockSize: number): Generator<Run> {
  const { length } = bytes;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(length / 4));
  const isZeroBlock = (from: number) => {
    const to = Math.min(from + blockSize, length);
    for (let word = from / 4; word < to >>> 2; word++) if (words[word] !== 0) return false;
    for (let byte = to & ~3; byte < to; byte++) if (bytes[byte] !== 0) return false;
    return true;
  };
  for (let from = 0; from < length; ) {
    const zero = isZeroBlock(from);
    let to = from + blockSize;
    while (to < length && isZeroBlock(to) === zero) to += blockSize;
    to = Math.min(to, length);
    yield { from, to, zero };
    from = to;
  }
}
