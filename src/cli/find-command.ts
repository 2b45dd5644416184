import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** System tools live in sbin folders, which an ordinary user's PATH leaves out on Debian. */
export function searchPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...folders, '/usr/sbin', '/sbin', '/usr/bin', '/bin'])];
}

/** The absolute path of a program, or undefined if this machine does not have it. */
export function findCommand(name: string): string | undefined {
  return searchPath()
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
