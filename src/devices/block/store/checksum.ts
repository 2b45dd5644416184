const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const STRIPE = 4;

/**
 * xxHash32 (seed 0) of the words [from, to), little-endian, for a number of words that is a
 * multiple of 4. It tells a page that was written from one that was not or only partly; it is no
 * protection against anybody who wants to deceive.
 */
export function checksum(words: Uint32Array, from: number, to: number): number {
  let a = (PRIME_1 + PRIME_2) | 0;
  let b = PRIME_2 | 0;
  let c = 0;
  let d = -PRIME_1 | 0;
  for (let index = from; index < to; index += STRIPE) {
    a = round(a, words[index]);
    b = round(b, words[index + 1]);
    c = round(c, words[index + 2]);
    d = round(d, words[index + 3]);
  }
  const merged = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  return finish((merged + 4 * (to - from)) | 0);
}

/** The checksum of a row of pages, from those of the pages before and of the next one. */
export function combine(before: number, next: number): number {
  return finish((Math.imul(rotate(before, 17), PRIME_4) + Math.imul(next, PRIME_3)) | 0);
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  mixed = Math.imul(mixed ^ (mixed >>> 13), PRIME_3);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
