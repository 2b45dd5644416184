import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file of the built page. */
export interface BuiltFile {
  /** Below the page, with `/` between folders. */
  path: string;
  content: Buffer;
}

/** All files of a folder that was built, in the order of their paths. */
export function readBuiltFolder(folder: string): BuiltFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: relative(folder, file).replaceAll(sep, '/'),
      content: readFileSync(file),
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
