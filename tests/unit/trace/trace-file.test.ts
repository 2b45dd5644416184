import { describe, expect, test } from 'vitest';
import { exportChromeTrace } from '../../../src/trace/chrome-trace.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { exportTrace, importTrace } from '../../../src/trace/trace-file.ts';
import { Noise } from '../../support/noise.ts';
import { checkChromeTrace } from './chrome-format.ts';
import { eventsOf, records } from './trace-events.ts';

const SUBJECTS = {
  threads: [
    { thread: 0, name: 'CPU' },
    { thread: 2, name: 'Disk vda' },
  ],
  devices: [{ device: 1, name: 'Disk vda', kind: 'block', queues: ['requestq'] }],
};

const requests = records(
  { time: 1000.005, kind: 'doorbell', index: 1, queue: 0 },
  { time: 1000.01, kind: 'taken', thread: 2, queue: 0, head: 3, length: 16, value: 513 },
  { time: 1000.02, kind: 'served', thread: 2, queue: 0, head: 3, length: 513 },
  { time: 1000.03, kind: 'sync asked', thread: 2, index: 1, value: 2 },
  { time: 1000.035, kind: 'sync point', index: 1, length: 513 },
  { time: 1000.045, kind: 'published', thread: 2, queue: 0, index: 1 },
  // The clock of the CPU thread is a little behind.
  { time: 1000.043, kind: 'interrupt', queue: 0, index: 1 },
  { time: 1000.1, kind: 'ISR read', value: 1 },
  { time: 1001, kind: 'doorbell', index: 3, queue: 0 },
  { time: 1001.5, kind: 'taken', thread: 2, queue: 0, index: 1, head: 5 },
);

function trace(rest: Partial<Trace> = {}): Trace {
  return { subjects: SUBJECTS, records: requests, dropped: 3, missed: 4, epoch: 1.7e12, ...rest };
}

async function parsed(blob: Blob) {
  return JSON.parse(await blob.text());
}

describe('a trace in a file', () => {
  test('comes back as it was', async () => {
    const { records: found, ...rest } = await importTrace(await exportTrace(trace()));
    const { records: _, ...others } = trace();
    expect(rest).toEqual(others);
    expect(eventsOf(found)).toEqual(
      eventsOf(requests).toSorted((one, other) => one.time - other.time),
    );
  });

  test('may be long', async () => {
    const noise = new Noise(1);
    const all = records();
    for (let at = 0; at < 30_000; at++) {
      const words = Array.from({ length: 4 }, () => noise.next()) as [
        number,
        number,
        number,
        number,
      ];
      all.append(at + 0.125, at % 10, at % 256, at % 200, at % 65536, ...words);
    }
    const { records: found } = await importTrace(await exportTrace(trace({ records: all })));
    expect(found).toHaveLength(30_000);
    expect([found.at(12345), found.at(29_999)]).toEqual([all.at(12345), all.at(29_999)]);
  });

  test('without events is one as well', async () => {
    const empty = trace({ records: records() });
    expect((await importTrace(await exportTrace(empty))).records).toHaveLength(0);
    checkChromeTrace(await parsed(await exportChromeTrace(empty)));
  });

  test.each<[string, (file: Record<string, unknown>) => unknown, string, RegExp]>([
    ['a list', () => [1, 2], 'trace-format', /no trace of Ringbox/],
    ['a number', () => 17, 'trace-format', /no trace/],
    ['another format', (file) => ({ ...file, format: 'x' }), 'trace-format', /no trace of Ringbox/],
    ['one for Chrome', () => ({ traceEvents: [] }), 'trace-format', /Chrome/],
    ['a later version', (file) => ({ ...file, version: 2 }), 'trace-version', /version 2.* 1/],
    ['no epoch', (file) => ({ ...file, epoch: 'now' }), 'trace-damaged', /epoch/],
    [
      'no subjects',
      (file) => ({ ...file, subjects: null }),
      'trace-damaged',
      /threads and devices/,
    ],
    [
      'a device without queues',
      (file) => ({ ...file, subjects: { threads: [], devices: [null] } }),
      'trace-damaged',
      /threads and devices/,
    ],
    [
      'more threads than there can be',
      (file) => {
        const threads = Array.from({ length: 257 }, (_, thread) => ({ thread, name: 'CPU' }));
        return { ...file, subjects: { threads, devices: [] } };
      },
      'trace-damaged',
      /threads and devices/,
    ],
    [
      'a time beyond all bounds',
      (file) => ({ ...file, events: [[1e300, 0, 0, 0, 0, 0, 0, 0, 0]] }),
      'trace-damaged',
      /time of event 0 is 1e\+300/,
    ],
    ['an unknown kind', (file) => ({ ...file, kinds: ['sneeze'] }), 'trace-damaged', /sneeze/],
    ['other columns', (file) => ({ ...file, columns: 7 }), 'trace-damaged', /columns/],
    ['no events', (file) => ({ ...file, events: {} }), 'trace-damaged', /list of events/],
    ['a short event', (file) => ({ ...file, events: [[1]] }), 'trace-damaged', /event 0.* 9/],
    [
      'a fraction',
      (file) => ({
        ...file,
        events: [
          [0, 0, 0, 0, 0, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0.5, 0, 0, 0],
        ],
      }),
      'trace-damaged',
      /index of event 1 is 0.5/,
    ],
    [
      'a queue that cannot be',
      (file) => ({ ...file, events: [[0, 0, 0, 0, 65536, 0, 0, 0, 0]] }),
      'trace-damaged',
      /queue of event 0 is 65536/,
    ],
    [
      'a kind beyond its list',
      (file) => ({ ...file, kinds: ['doorbell'], events: [[0, 1, 0, 0, 0, 0, 0, 0, 0]] }),
      'trace-damaged',
      /kind of event 0 is 1/,
    ],
    [
      'no time',
      (file) => ({ ...file, events: [[null, 0, 0, 0, 0, 0, 0, 0, 0]] }),
      'trace-damaged',
      /time of event 0 is null/,
    ],
  ])('is refused with what is wrong: %s', async (_, change, code, message) => {
    const file = await parsed(await exportTrace(trace()));
    const text = JSON.stringify(change(file));
    const refused = importTrace(new Blob([text]));
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('is refused where it was cut off', async () => {
    const whole = await (await exportTrace(trace())).text();
    const refused = importTrace(new Blob([whole.slice(0, -20)]));
    await expect(refused).rejects.toMatchObject({
      code: 'trace-format',
      message: 'it is not JSON',
    });
  });
});

describe('a trace for Perfetto', () => {
  test('keeps to the format: threads, instants, and chains with their stages', async () => {
    const file = await parsed(await exportChromeTrace(trace()));
    const { threads, spans, instants } = checkChromeTrace(file);
    expect(threads).toEqual(
      new Map([
        [0, 'CPU'],
        [2, 'Disk vda'],
      ]),
    );
    expect(instants).toBe(requests.length);
    expect(spans).toEqual([
      ['Disk vda, requestq', 'notified', 'taken', 'served', 'published'],
      ['Disk vda, requestq', 'notified'],
    ]);
    expect(file.traceEvents.find(({ name }: { name: string }) => name === 'taken')).toMatchObject({
      ph: 'i',
      ts: 1000010,
      tid: 2,
      args: { device: 'Disk vda', queue: 0, head: 3, length: 16, value: 513 },
    });
  });
});
