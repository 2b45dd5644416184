import { digest, hexadecimal } from '../digest.ts';
import { LONGEST_BASE_NAME } from './format.ts';

/** Characters of a fingerprint that is too long which are kept for people to read. */
const KEPT_BEGINNING = 200;

/**
 * The name that a store has an image by: what tells the image from others, and from itself after a
 * change. Of a fingerprint for which a superblock has no room, the beginning and its checksum.
 */
export async function baseName(fingerprint: string): Promise<string> {
  const bytes = new TextEncoder().encode(fingerprint);
  if (bytes.length <= LONGEST_BASE_NAME) return fingerprint;
  const checksum = hexadecimal(await digest(fingerprint));
  return `${fingerprint.slice(0, KEPT_BEGINNING)}… (SHA-256 ${checksum})`;
}
