/** Workers that were started before anybody knew which device they are to be. */
const spares: Worker[] = [];

/**
 * Starts `count` workers that will be devices. Starting one takes tens of milliseconds, in which a
 * page has other things to wait for.
 */
export function startSpareWorkers(count: number): void {
  for (let index = 0; index < count; index++) {
    const worker = startWorker();
    // One that cannot be started is told of when a device is wanted, by the next that is tried.
    worker.onerror = () => spares.splice(spares.indexOf(worker), 1);
    spares.push(worker);
  }
}

/** A worker that is no device yet: see `workers/device.ts`. Its `onerror` is the caller's. */
export function takeWorker(): Worker {
  const worker = spares.shift() ?? startWorker();
  worker.onerror = null;
  return worker;
}

function startWorker(): Worker {
  return new Worker(new URL('../../workers/device.ts', import.meta.url), {
    type: 'module',
    name: 'ringbox device',
  });
}
