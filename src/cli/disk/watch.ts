import { setImmediate } from 'node:timers/promises';
import { MAXIMUM_DISK_SIZE } from '../../devices/block/disk-size.ts';
import { readProblem } from './problems.ts';
import type { Progress } from './progress.ts';
import type { Segment } from './segments.ts';
import { checkDiskSize } from './size.ts';
import type { DiskSource } from './source.ts';

/** Signals and timers wait no longer than that for their turn. */
const TURN_MILLISECONDS = 20;

/** A disk that is read. */
export interface WatchedDisk {
  /** What messages call it. */
  name: string;
  source: DiskSource;
  /** Ends the reading, with its reason. */
  signal: AbortSignal;
}

/**
 * The segments of a disk, with progress told and the event loop served meanwhile.
 * @throws RunError when it cannot be read, or is as long as no disk can be
 */
export async function* watched(
  { name, source, signal }: WatchedDisk,
  progress: Progress,
): AsyncGenerator<Segment> {
  let size = 0;
  let turn = performance.now();
  try {
    for await (const segment of source.segments()) {
      size += segment.length;
      if (size > MAXIMUM_DISK_SIZE) break;
      yield segment;
      if (performance.now() - turn < TURN_MILLISECONDS) continue;
      await setImmediate();
      turn = performance.now();
      signal.throwIfAborted();
      progress.update(source.progress);
    }
  } catch (error) {
    throw readProblem(name, error);
  }
  checkDiskSize(name, size);
}
