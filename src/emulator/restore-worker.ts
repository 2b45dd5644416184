import { hiddenWorker } from './hide-worker.ts';

if (hiddenWorker !== undefined) {
  Object.defineProperty(globalThis, 'Worker', {
    value: hiddenWorker,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
