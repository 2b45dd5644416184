import * as Comlink from 'comlink';
import {
  type Lease,
  leaseTemporary,
  sweepTemporaries,
} from '../../devices/block/temporary-disks.ts';
import type { OnProgress } from '../../devices/block/work.ts';
import type { DiskWorkService } from '../../disk-work/service.ts';
import { explain } from '../device-host.ts';
import { MachineError } from '../errors.ts';
import type { DiskWorkOptions } from './disk-work.ts';

/** A piece of work has so many milliseconds to end by itself once it was cancelled. */
const LONGEST_END = 5000;

/**
 * Has a worker of its own do a piece of work on disks, and ends it.
 * @param perform calls one method of the service; `onProgress` can cross to it
 * @throws MachineError; the reason of `options.signal` once that is given
 */
export async function inDiskWorker<Result>(
  options: DiskWorkOptions,
  perform: (
    service: Comlink.Remote<DiskWorkService>,
    onProgress: OnProgress & Comlink.ProxyMarked,
  ) => Promise<Result>,
): Promise<Result> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const worker = new Worker(new URL('../../../workers/disk-work.ts', import.meta.url), {
    type: 'module',
    name: 'ringbox disk work',
  });
  const service = Comlink.wrap<DiskWorkService>(worker);
  const told = Comlink.proxy<OnProgress>((done, total) => onProgress?.({ done, total }));
  const ending = new Ending(worker, () => void service.cancel(), signal);
  try {
    return await Promise.race([perform(service, told), ending.promise]);
  } catch (error) {
    throw signal?.aborted ? signal.reason : explain(error);
  } finally {
    ending.forget();
    service[Comlink.releaseProxy]();
    worker.terminate();
  }
}

/** What ends a piece of work before it is done. */
class Ending {
  /** Rejects when nothing more is to be expected of the worker. */
  readonly promise: Promise<never>;
  readonly #signal: AbortSignal | undefined;
  readonly #abort: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(worker: Worker, cancel: () => void, signal: AbortSignal | undefined) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.promise = promise;
    this.promise.catch(() => {});
    this.#signal = signal;
    this.#abort = () => {
      cancel();
      this.#timer = setTimeout(() => reject(signal?.reason), LONGEST_END);
    };
    signal?.addEventListener('abort', this.#abort, { once: true });
    worker.onerror = (event) => {
      const why = event.message || 'its script could not be loaded';
      const remedy = 'Reload the page; if it happens again, please report it.';
      reject(new MachineError('device-died', `The worker for disks failed: ${why}.`, remedy));
    };
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}

/** Leases a temporary disk for a piece of work; afterwards there is none of it. */
export async function withTemporary<Result>(
  perform: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const lease = await newLease();
  try {
    return await perform(lease.name);
  } finally {
    await lease.end();
  }
}

/** Leases a temporary disk, after those are gone which pages have left that are no more. */
export async function newLease(): Promise<Lease> {
  await sweepTemporaries();
  return leaseTemporary();
}
