import * as Comlink from 'comlink';
import type { AttachedDisk } from '../disk-work/service.ts';
import type { Disk } from './disk.ts';
import type { DiskWorkOptions } from './disk-work.ts';
import { inDiskWorker, withTemporary } from './disk-worker.ts';

/** What a worker is told of a disk that a machine has. */
export async function describeAttached(disk: Disk): Promise<AttachedDisk> {
  return { size: disk.size, base: await disk.base() };
}

/**
 * Copies a kept disk of a machine that stands still. @throws MachineError
 */
export async function copyAttached(
  disk: Disk,
  to: string,
  options: DiskWorkOptions,
): Promise<void> {
  const described = await describeAttached(disk);
  await withTemporary((temporary) =>
    inDiskWorker(options, (service, onProgress) => {
      const reader = Comlink.proxy(disk.reader());
      return service.copyAttached(described, reader, to, temporary, onProgress);
    }),
  );
}
