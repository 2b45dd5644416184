import { expect, test } from 'vitest';
import { eventsOf, records } from './trace-events.ts';

test('events that came late find their place, with all of their columns', () => {
  const all = records(
    { time: 1, index: 10 },
    { time: 3, index: 30 },
    { time: 2, index: 20, kind: 'taken', thread: 4, device: 9, queue: 5, head: 6, value: 8 },
    { time: 3, index: 31 },
  );
  const late = all.at(2);
  all.sort();
  expect(eventsOf(all).map(({ index }) => index)).toEqual([10, 20, 30, 31]);
  expect(all.at(1)).toEqual(late);
});

test('what comes before those that came late can be left alone', () => {
  const all = records({ time: 1 }, { time: 5 }, { time: 9 }, { time: 6, index: 7 }, { time: 8 });
  all.sort(2);
  expect(eventsOf(all).map(({ time }) => time)).toEqual([1, 5, 6, 8, 9]);
  expect(all.at(2).index).toBe(7);
});

test('the first event at or after a time is found', () => {
  const all = records({ time: 1 }, { time: 3 }, { time: 3 }, { time: 7 });
  expect([0, 1, 2, 3, 4, 7, 8].map((time) => all.find(time))).toEqual([0, 0, 1, 1, 3, 3, 4]);
});

test('there may be any number of them, and some may go', () => {
  const all = records(...Array.from({ length: 5000 }, (_, index) => ({ time: index, index })));
  expect(all).toHaveLength(5000);
  all.remove(1, 4998);
  expect(eventsOf(all).map(({ index }) => index)).toEqual([0, 4999]);
});
