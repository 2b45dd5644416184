import { randomBytes } from 'node:crypto';

/** A name beside `path` for a file that is on its way to be that one, or helps to make it. */
export function partName(path: string): string {
  return `${path}.ringbox-part-${randomBytes(4).toString('hex')}`;
}
