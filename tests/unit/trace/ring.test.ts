import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { TraceRecords } from '../../../src/trace/records.ts';
import { TraceRing } from '../../../src/trace/ring.ts';
import { bundle } from '../../support/bundle.ts';
import { eventsOf } from './trace-events.ts';

const CAPACITY = 64;
/** Records that a full ring can still give: see `MARGIN`. */
const HELD = CAPACITY - 16;

/** Writes records with `index` from `first` on. */
function write(ring: TraceRing, first: number, count: number): void {
  for (let index = first; index < first + count; index++) ring.write(2, 1, 0, index, 7, 8, 9);
}

test('what is written is read once, with all of its numbers and the time of the page', () => {
  const ring = TraceRing.create(CAPACITY);
  const records = new TraceRecords();
  const before = performance.now();
  new TraceRing(ring.buffer, 5000).write(3, 30, 0xfffe, 2 ** 32 - 1, 32767, 2 ** 32 - 2, 2 ** 31);
  expect(ring.read(0, 31, records)).toEqual({ next: 1, missed: 0 });
  const [event] = eventsOf(records);
  expect(event).toMatchObject({ kind: 'sync asked', device: 30, queue: 0xfffe, thread: 31 });
  const { index, head, length, value } = event;
  expect([index, head, length, value]).toEqual([2 ** 32 - 1, 32767, 2 ** 32 - 2, 2 ** 31]);
  expect(event.time - 5000).toBeGreaterThanOrEqual(before);
  expect(event.time - 5000).toBeLessThanOrEqual(performance.now());
  expect(ring.read(1, 31, records)).toEqual({ next: 1, missed: 0 });
  expect(records).toHaveLength(1);
});

test('a reader that comes too late misses the oldest, and is told how many', () => {
  const ring = TraceRing.create(CAPACITY);
  const records = new TraceRecords();
  write(ring, 0, 10);
  const first = ring.read(0, 0, records);
  write(ring, 10, 1000);
  expect(ring.read(first.next, 0, records)).toEqual({ next: 1010, missed: 1000 - HELD });
  const indices = eventsOf(records).map(({ index }) => index);
  expect(indices).toEqual([
    ...Array.from({ length: 10 }, (_, index) => index),
    ...Array.from({ length: HELD }, (_, index) => 1010 - HELD + index),
  ]);
});

test('a ring has a power of two of records', () => {
  expect(() => TraceRing.create(100)).toThrow(RangeError);
  expect(() => TraceRing.create(16)).toThrow(RangeError);
});

test('no record is torn while another thread overwrites it', async () => {
  const ring = TraceRing.create(1024);
  const stop = new SharedArrayBuffer(4);
  const code = await bundle(new URL('../../support/trace-ring-worker.ts', import.meta.url));
  const worker = new Worker(code, { workerData: { ring: ring.buffer, stop } });
  await new Promise((resolve) => worker.once('online', resolve));
  const records = new TraceRecords();
  let next = 0;
  let expected = 0;
  for (let read = 0; read < 500_000; read += records.length) {
    records.clear();
    const result = ring.read(next, 0, records);
    next = result.next;
    expected += result.missed;
    for (let at = 0; at < records.length; at++, expected++) {
      const event = records.at(at);
      const { index, head, length, value, queue } = event;
      if (index === expected && head === index && length === index && value === index) {
        if (queue === (index & 0xffff)) continue;
      }
      throw new Error(`torn, or out of order: ${JSON.stringify(event)} for ${expected}`);
    }
  }
  Atomics.store(new Int32Array(stop), 0, 1);
  await worker.terminate();
}, 60_000);
