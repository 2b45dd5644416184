import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TraceReader } from '../../../src/trace/reader.ts';
import { TraceRing } from '../../../src/trace/ring.ts';
import { eventsOf } from './trace-events.ts';

let now = 0;
let rings: TraceRing[];

beforeEach(() => {
  now = 100;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  rings = [TraceRing.create(64), TraceRing.create(64)];
});

afterEach(() => vi.restoreAllMocks());

/** Thread `thread` writes an event at `time`. */
function write(thread: number, time: number): void {
  now = time;
  rings[thread].write(0, 0, 0, 0, 0, 0, 0);
}

function told(reader: TraceReader): string[] {
  return eventsOf(reader.read()).map(({ thread, time }) => `${thread} at ${time}`);
}

test('events of all threads come in the order of their times, from the beginning of the reader on', () => {
  write(0, 99);
  const reader = new TraceReader();
  for (const [thread, ring] of rings.entries()) reader.follow(thread, ring);
  write(1, 103);
  write(1, 105);
  write(0, 102);
  write(0, 104);
  now = 110;
  expect(told(reader)).toEqual(['0 at 102', '1 at 103', '0 at 104', '1 at 105']);
  expect(told(reader)).toEqual([]);
});

test('the last moments wait for what another thread has not written yet', () => {
  const reader = new TraceReader();
  for (const [thread, ring] of rings.entries()) reader.follow(thread, ring);
  write(0, 100);
  write(0, 109);
  now = 110;
  expect(told(reader)).toEqual(['0 at 100']);
  write(1, 108.5);
  now = 111.5;
  expect(told(reader)).toEqual(['1 at 108.5', '0 at 109']);
  write(1, 112);
  expect(eventsOf(reader.readAll())).toHaveLength(1);
});

test('a thread that has ended is read to its end', () => {
  const reader = new TraceReader();
  reader.follow(1, rings[1]);
  write(1, 100);
  reader.unfollow(rings[1]);
  write(1, 101);
  now = 110;
  expect(told(reader)).toEqual(['1 at 100']);
});

test('what was overwritten is counted', () => {
  const reader = new TraceReader();
  reader.follow(0, rings[0]);
  for (let time = 0; time < 100; time++) write(0, time);
  now = 200;
  expect(reader.read().length + reader.missed).toBe(100);
  expect(reader.missed).toBeGreaterThanOrEqual(100 - 64);
});
