/**
 * v86 makes a helper worker from a blob for each emulator, to wait between two slices, unless
 * there is no `Worker` when its module is evaluated. Ringbox waits in its own way
 * (`scheduler.ts`), and a strict Content-Security-Policy forbids blob workers. So `Worker` is out
 * of sight for exactly that evaluation: ES modules are evaluated in the order of their imports.
 * See `v86.ts`, which imports this file, v86, and `restore-worker.ts`, in this order.
 */
export const hiddenWorker = globalThis.Worker;

Reflect.deleteProperty(globalThis, 'Worker');
