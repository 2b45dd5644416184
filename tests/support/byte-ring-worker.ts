/** The writing side of the two-thread test of ByteRing. */
import { workerData } from 'node:worker_threads';
import { ByteRing } from '../../src/link/byte-ring.ts';
import { Noise } from './noise.ts';

const { buffer, total, seed } = workerData as {
  buffer: SharedArrayBuffer;
  total: number;
  seed: number;
};

const ring = new ByteRing(buffer);
const content = new Noise(seed);
const sizes = new Noise(seed + 1);
let written = 0;
let turn = 0;

// A promise of Atomics.waitAsync alone does not keep a worker of Node alive.
const alive = setInterval(() => {}, 1000);

while (written < total) {
  await ring.untilWritable(5000);
  const limit = Math.min(total - written, 1 + (sizes.next() % 5000));
  turn++;
  if (turn % 2 === 0) {
    written += ring.writeWith(limit, (target, offset, length) => {
      for (let byte = 0; byte < length; byte++) target[offset + byte] = content.next();
    });
    continue;
  }
  // Only what fits is drawn from the noise, so that nothing has to be put back.
  const fits = Math.min(limit, ring.writable);
  const bytes = Uint8Array.from({ length: fits }, () => content.next());
  if (ring.write(bytes) !== fits) throw new Error('the room of a ring shrank');
  written += fits;
}

clearInterval(alive);
