import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256 of a file's content, in hexadecimal. Throws what reading it throws. */
export function hashOfFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * A short name (16 hexadecimal digits) that changes when any input does. Inputs are told apart by
 * position and length, so that moving text from one to the next changes the key as well.
 */
export function keyOf(...inputs: string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

/**
 * Describes a folder as text for `keyOf`: every path below it in a fixed order, with its kind,
 * whether it is executable, and the hash of its content. Times and owners do not count.
 */
export function describeFolder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => `${path} ${describeEntry(join(folder, path))}`)
    .join('\n');
}

function describeEntry(path: string): string {
  const status = lstatSync(path);
  if (status.isDirectory()) return 'folder';
  if (status.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return `${status.mode & 0o100 ? 'program' : 'file'} ${hashOfFile(path)}`;
}
