import * as Comlink from 'comlink';
import type { OnProgress } from '../../devices/block/work.ts';
import type { DiskReader } from '../../disk-work/disk-source.ts';
import type { AttachedDisk, DiskWorkService } from '../../disk-work/service.ts';
import type { Disk } from './disk.ts';
import type { DiskWorkOptions } from './disk-work.ts';
import { inDiskWorker, withTemporary } from './disk-worker.ts';

/** Calls one method of the service, on a disk that `reader` reads. */
export type AttachedWork = (
  service: Comlink.Remote<DiskWorkService>,
  disk: AttachedDisk,
  reader: DiskReader & Comlink.ProxyMarked,
  onProgress: OnProgress & Comlink.ProxyMarked,
) => Promise<void>;

/**
 * Has a worker of its own do a piece of work on a disk of a machine that stands still.
 * @throws MachineError; the reason of `options.signal` once that is given
 */
export async function workOnAttached(
  disk: Disk,
  options: DiskWorkOptions,
  perform: AttachedWork,
): Promise<void> {
  const described = { size: disk.size, base: await disk.base() };
  const reader = new WatchedReader(disk.reader());
  try {
    await inDiskWorker(options, (service, onProgress) => {
      return perform(service, described, Comlink.proxy(reader), onProgress);
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw reader.failure ?? error;
  }
}

/** Copies a kept disk of a machine that stands still. @throws MachineError */
export async function copyAttached(
  disk: Disk,
  to: string,
  options: DiskWorkOptions,
): Promise<void> {
  await withTemporary((temporary) =>
    workOnAttached(disk, options, (service, described, reader, onProgress) => {
      return service.copyAttached(described, reader, to, temporary, onProgress);
    }),
  );
}

/** Knows why reading has failed: on its way to the worker and back, an error loses all but its message. */
class WatchedReader implements DiskReader {
  failure: unknown;
  readonly #reader: DiskReader;

  constructor(reader: DiskReader) {
    this.#reader = reader;
  }

  async ranges(...parts: Parameters<DiskReader['ranges']>) {
    return this.#watch(this.#reader.ranges(...parts));
  }

  async read(...parts: Parameters<DiskReader['read']>) {
    return this.#watch(this.#reader.read(...parts));
  }

  async #watch<Result>(result: Result | Promise<Result>): Promise<Result> {
    try {
      return await result;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}
