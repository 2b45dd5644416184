import { statSync } from 'node:fs';

/** Whether two names lead to one file. */
export function isSameFile(one: string, other: string): boolean {
  const status = statSync(one, { throwIfNoEntry: false });
  const otherStatus = statSync(other, { throwIfNoEntry: false });
  if (status === undefined || otherStatus === undefined) return false;
  return status.dev === otherStatus.dev && status.ino === otherStatus.ino;
}
