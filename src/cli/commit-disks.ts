import type { DiskFile } from './disk-file.ts';
import { exitCodes } from './exit-codes.ts';
import { messageOf, RunError } from './run-error.ts';

/**
 * Writes the changes into the files of all disks. One that cannot take them costs no other its own:
 * the machine is over, and they exist nowhere else.
 * @throws RunError that tells of each file that failed
 */
export async function commitAll(disks: Pick<DiskFile, 'commit'>[]): Promise<void> {
  const failures: unknown[] = [];
  for (const disk of disks) await disk.commit().catch((error) => failures.push(error));
  if (failures.length === 0) return;
  throw new RunError(exitCodes.failure, failures.map(messageOf).join('; '), failures[0]);
}
