/** A thread that writes into a trace ring as fast as it can until it is told to stop. */
import { workerData } from 'node:worker_threads';
import { TraceRing } from '../../src/trace/ring.ts';

const { ring, stop } = workerData as { ring: SharedArrayBuffer; stop: SharedArrayBuffer };
const words = new Int32Array(stop);
const writer = new TraceRing(ring);
for (let number = 0; Atomics.load(words, 0) === 0; number++) {
  writer.write(1, 2, number & 0xffff, number, number, number, number);
}
