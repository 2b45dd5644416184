import { describe, expect, it } from 'vitest';
import {
  type Inspector,
  NO_QUEUE,
  TRACE_KINDS,
  type TraceKind,
  TraceRecords,
  type TraceSubjects,
} from '../../../../src/machine/index.ts';
import { DrawingPace } from '../../../../src/page/inspector/frames.ts';
import { findChain } from '../../../../src/page/inspector/time/chain-life.ts';
import { ratioWords } from '../../../../src/page/inspector/time/counters-view.ts';
import {
  eventDetails,
  eventWords,
  subjectName,
} from '../../../../src/page/inspector/time/event-words.ts';
import { EventFilter } from '../../../../src/page/inspector/time/filter.ts';
import { barsOf, timePart } from '../../../../src/page/inspector/time/histogram-bars.ts';
import { History } from '../../../../src/page/inspector/time/history.ts';
import { GROUPS, KIND_STYLES } from '../../../../src/page/inspector/time/kinds.ts';
import { Lanes } from '../../../../src/page/inspector/time/lanes.ts';
import { PieceAnalysis } from '../../../../src/page/inspector/time/piece-analysis.ts';
import { rangeBetween } from '../../../../src/page/inspector/time/range.ts';
import { TimeScale } from '../../../../src/page/inspector/time/scale.ts';
import { TraceSource } from '../../../../src/page/inspector/time/trace-source.ts';

const SUBJECTS: TraceSubjects = {
  threads: [
    { thread: 0, name: 'CPU' },
    { thread: 1, name: 'The console' },
    { thread: 2, name: 'Disk vda' },
  ],
  devices: [
    { device: 0, name: 'The console', kind: 'console', queues: ['receiveq(port0)'] },
    { device: 1, name: 'Disk vda', kind: 'block', queues: ['requestq1', 'requestq2'] },
  ],
};

interface Numbers {
  device?: number;
  queue?: number;
  index?: number;
  head?: number;
}

function add(records: TraceRecords, time: number, kind: TraceKind, numbers: Numbers = {}): void {
  const { device = 1, queue = 0, index = 0, head = 0 } = numbers;
  const isWorker = ['taken', 'served', 'sync asked', 'published'].includes(kind);
  const thread = isWorker ? device + 1 : 0;
  records.append(time, TRACE_KINDS.indexOf(kind), thread, device, queue, index, head, 0, 0);
}

/** One request of the disk, from doorbell to interrupt, and something of the console in between. */
function oneRequest(): TraceRecords {
  const records = new TraceRecords();
  add(records, 10, 'doorbell', { index: 1 });
  add(records, 11, 'taken', { index: 0, head: 4 });
  add(records, 12, 'doorbell', { device: 0, index: 9 });
  add(records, 13, 'served', { index: 0, head: 4 });
  add(records, 13, 'sync asked', { queue: NO_QUEUE, index: 7 });
  add(records, 14, 'sync point', { queue: NO_QUEUE, index: 7 });
  add(records, 15, 'published', { index: 1 });
  add(records, 16, 'interrupt', { index: 1 });
  add(records, 17, 'ISR read', { queue: NO_QUEUE });
  return records;
}

describe('the scale of time', () => {
  it('goes from times to pixels and back', () => {
    const scale = new TimeScale();
    scale.width = 400;
    scale.show(100, 300);
    expect(scale.position(150)).toBe(100);
    expect(scale.time(100)).toBe(150);
    scale.follow(1000);
    expect([scale.from, scale.to]).toEqual([800, 1000]);
  });

  it('is zoomed around a time that stays where it is, within bounds', () => {
    const scale = new TimeScale();
    scale.width = 400;
    scale.show(0, 200);
    scale.zoom(0.5, 150);
    expect([scale.from, scale.to, scale.position(150)]).toEqual([75, 175, 300]);
    for (let step = 0; step < 100; step++) scale.zoom(0.5, 150);
    expect(scale.span).toBeCloseTo(0.02);
    expect(scale.position(150)).toBeCloseTo(300);
  });

  it('has round times, in the unit that they ask for', () => {
    const scale = new TimeScale();
    scale.width = 400;
    const labels = (from: number, to: number) => {
      scale.show(from, to);
      return scale.ticks(100, 1000).map(({ label }) => label);
    };
    expect(labels(1000, 1200)).toEqual(['0 ms', '50 ms', '100 ms', '150 ms', '200 ms']);
    expect(labels(1000, 1000.2)).toEqual(['0 µs', '50 µs', '100 µs', '150 µs', '200 µs']);
    expect(labels(1000, 21_000)).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s']);
    expect(labels(1005, 1005.39), 'far from the beginning').toEqual([
      '5.0 ms',
      '5.1 ms',
      '5.2 ms',
      '5.3 ms',
    ]);
  });
});

describe('the lanes', () => {
  it('are the threads below each other, with a row for each kind of event', () => {
    const lanes = new Lanes(SUBJECTS, {}, 20);
    expect(lanes.lanes.map(({ name }) => name)).toEqual(['CPU', 'The console', 'Disk vda']);
    for (const { thread, rows } of lanes.lanes) {
      for (const { row, y } of rows) expect(lanes.find(y)).toEqual({ thread, row });
    }
    expect(lanes.find(5)).toBeNull();
    const y = (thread: number, kind: TraceKind) => lanes.y(thread, TRACE_KINDS.indexOf(kind));
    expect(y(2, 'taken')).toBe(y(2, 'served'));
    expect(y(0, 'doorbell')).not.toBe(y(0, 'interrupt'));
    expect(y(3, 'taken')).toBeNaN();
  });

  it('leave out the workers of devices that are not looked at', () => {
    const { lanes } = new Lanes(SUBJECTS, { device: 1 }, 20);
    expect(lanes.map(({ name }) => name)).toEqual(['CPU', 'Disk vda']);
  });

  it('tell the kinds of a row apart by shape, whatever their colour', () => {
    const shapes = TRACE_KINDS.map((kind) => {
      const { row, path, filled } = KIND_STYLES[kind];
      return `${row} ${path} ${filled}`;
    });
    expect(new Set(shapes).size).toBe(TRACE_KINDS.length);
    const groups = new Set(TRACE_KINDS.map((kind) => KIND_STYLES[kind].group));
    expect(new Set(GROUPS.map(({ group }) => group))).toEqual(groups);
  });
});

describe('the filter of events', () => {
  const shown = (filter: EventFilter) => filter.positions(oneRequest(), 0, 100, 100);

  it('goes by device, queue, kind and time', () => {
    const filter = new EventFilter();
    expect(shown(filter)).toHaveLength(9);
    filter.subject = { device: 0 };
    expect(shown(filter)).toEqual([2]);
    filter.subject = { device: 1, queue: 1 };
    expect(shown(filter), 'what is of all queues').toEqual([4, 5, 8]);
    filter.subject = {};
    filter.toggle('doorbell');
    expect(shown(filter)).toEqual([1, 3, 4, 5, 6, 7, 8]);
    filter.toggle('doorbell');
    expect(filter.positions(oneRequest(), 11, 14, 100)).toEqual([1, 2, 3, 4]);
    expect(filter.positions(oneRequest(), 0, 100, 2), 'the last ones').toEqual([7, 8]);
    const around = (position: number) => filter.positions(oneRequest(), 0, 100, 4, position);
    expect([around(0), around(4), around(7)]).toEqual([
      [0, 1, 2, 3],
      [2, 3, 4, 5],
      [5, 6, 7, 8],
    ]);
  });

  it('leads from one event to the next that is shown', () => {
    const filter = new EventFilter();
    filter.toggle('taken');
    const records = oneRequest();
    expect(filter.next(records, 1, 1)).toBe(2);
    expect(filter.next(records, 1, -1)).toBe(0);
    expect(filter.next(records, -1, -1)).toBeNull();
    expect(filter.next(records, 9, 1)).toBeNull();
  });
});

describe('the way of a chain', () => {
  it('is found from any of its events', () => {
    const records = oneRequest();
    for (const position of [0, 1, 3, 4, 5, 6, 7, 8]) {
      expect(findChain(records, position)?.span, `event ${position}`).toMatchObject({
        device: 1,
        head: 4,
        doorbell: 10,
        interrupt: 16,
      });
    }
    expect(findChain(records, 2), 'an event of another device').toBeNull();
  });

  it('leads from thread to thread, as far as it is known', () => {
    const records = oneRequest();
    const ways = (position: number) =>
      findChain(records, position)?.moments.map(({ kind, thread, time }) => [kind, thread, time]);
    const way = [
      ['doorbell', 0, 10],
      ['taken', 2, 11],
      ['served', 2, 13],
      ['sync point', 0, 14],
      ['published', 2, 15],
      ['interrupt', 0, 16],
      ['ISR read', 0, 17],
    ];
    expect(ways(1)).toEqual(way);
    records.length = 4;
    expect(ways(1)).toEqual(way.slice(0, 3));
  });

  it('has the sync point that it waited for, whatever the clocks of the threads say', () => {
    const records = new TraceRecords();
    const sync = (index: number) => ({ queue: NO_QUEUE, index });
    add(records, 9, 'sync point', sync(6));
    add(records, 10, 'doorbell', { index: 1 });
    add(records, 11, 'taken', { head: 4 });
    add(records, 13, 'sync asked', sync(6));
    add(records, 13, 'served', { head: 4 });
    add(records, 13, 'sync asked', sync(7));
    add(records, 15, 'published', { index: 1 });
    add(records, 15, 'sync point', sync(7));
    add(records, 15.2, 'sync point', sync(8));
    const moment = findChain(records, 2)?.moments.find(({ kind }) => kind === 'sync point');
    expect(moment?.time).toBe(15);
    expect(findChain(records, 5)?.span.head, 'the asking for it').toBe(4);
    expect(findChain(records, 3), 'the asking for another').toBeNull();
  });
});

describe('the words about events', () => {
  it('name whom they are about', () => {
    expect(subjectName(SUBJECTS, 1, 1)).toBe('requestq2 of Disk vda');
    expect(subjectName(SUBJECTS, 1)).toBe('Disk vda');
    expect(subjectName(SUBJECTS, 7, 3)).toBe('queue 3 of device 7');
  });

  it('tell what has happened', () => {
    const event = oneRequest().at(6);
    expect(eventDetails(event)).toBe('used idx 0 becomes 1');
    expect(eventWords(SUBJECTS, event)).toBe(
      'published, requestq1 of Disk vda, on Disk vda: used idx 0 becomes 1.',
    );
    expect(eventDetails({ ...event, kind: 'served', head: 4, length: 1 })).toBe(
      'chain 4: 1 byte written',
    );
    expect(eventDetails({ ...event, kind: 'interrupt', queue: 0xffff })).toContain('configuration');
  });

  it('tell what batches save', () => {
    const counters = { chains: 10, doorbells: 4, interrupts: 0 } as Parameters<
      typeof ratioWords
    >[0];
    expect(ratioWords(counters)).toBe('2.50 chains for each doorbell. No interrupts.');
    expect(ratioWords({ ...counters, chains: 0 })).toBe('No chain was taken.');
  });
});

describe('the history of a live trace', () => {
  it('stays in the order of time, and has an end', () => {
    const history = new History();
    const records = new TraceRecords();
    for (let time = 0; time < 1000; time++) add(records, time, 'doorbell');
    for (let round = 0; round < 210; round++) {
      history.add(records);
      // The first ones come late.
      for (let at = 0; at < records.length; at++) records.times[at] += 990;
    }
    const { times, length } = history.records;
    expect(length).toBeLessThanOrEqual(200_000);
    const sorted = times.slice(0, length).every((time, at) => at === 0 || time >= times[at - 1]);
    expect(sorted).toBe(true);
  });
});

describe('the numbers of a piece of time', () => {
  it('are counted some at a time, and anew for another piece', () => {
    const records = new TraceRecords();
    for (let time = 0; time < 50_000; time++) add(records, time, 'doorbell');
    const piece = new PieceAnalysis();
    expect(piece.count(), 'nothing').toBe(true);
    piece.look(records, 0, 49_000);
    let rounds = 1;
    while (!piece.count()) rounds++;
    expect(rounds).toBe(3);
    expect(piece.analysis.counters().doorbells).toBe(49_000);
    piece.look(records, 0, 49_000);
    expect(piece.count(), 'the same piece').toBe(true);
    piece.look(records, 10, 20);
    expect(piece.count()).toBe(true);
    expect([piece.analysis.counters().doorbells, piece.duration]).toEqual([10, 10]);
  });
});

describe('a piece of time that is selected', () => {
  it('holds the events at both ends, in whatever order they were reached', () => {
    const range = rangeBetween(15, 11);
    expect(range).toEqual(rangeBetween(11, 15));
    const filter = new EventFilter();
    expect(filter.positions(oneRequest(), range.from, range.to, 100)).toEqual([1, 2, 3, 4, 5, 6]);
    const piece = new PieceAnalysis();
    piece.look(oneRequest(), range.from, range.to);
    expect(piece.count()).toBe(true);
    const { chains, publishes, interrupts } = piece.analysis.counters(1);
    expect([chains, publishes, interrupts]).toEqual([1, 1, 0]);
  });
});

describe('a recording', () => {
  it('is known to be nowhere else until it is saved', async () => {
    const trace = { records: oneRequest(), subjects: SUBJECTS, dropped: 0, missed: 0, epoch: 0 };
    const recording = { length: 9, full: false, stop: () => trace };
    const source = new TraceSource();
    source.connect({ record: async () => recording } as unknown as Inspector);
    expect(await source.record()).toBe(true);
    const recorded = source.stopRecording()!;
    source.look(recorded);
    expect(source.unsaved).toBe(true);
    expect(source.words).toMatch(/^Recording of .*: 9 events in 7\.00 ms\. Not saved\.$/);
    source.letGo();
    expect(source.unsaved).toBe(false);
    source.look(recorded);
    source.look({ trace, title: 'boot.json' });
    expect(source.unsaved, 'it came from a file').toBe(false);
  });
});

describe('the pace of drawing', () => {
  /** So many drawings in a second of frames that are `interval` milliseconds apart. */
  const drawings = (pace: DrawingPace, interval: number, cost: number, from: number) => {
    let drawn = 0;
    for (let time = from; time < from + 5000; time += interval) {
      if (!pace.isDue(time)) continue;
      pace.spent(cost);
      // What comes before has settled by then.
      if (time >= from + 4000) drawn++;
    }
    return drawn;
  };

  it('is fast while frames come in time and drawing costs little', () => {
    expect(drawings(new DrawingPace(), 1000 / 60, 1, 0)).toBeGreaterThan(28);
  });

  it('takes no more than its part of the time', () => {
    const pace = new DrawingPace();
    expect(drawings(pace, 1000 / 60, 6, 0) * 6).toBeLessThan(100);
    expect(drawings(pace, 1000 / 60, 1, 5000), 'cheap again').toBeGreaterThan(28);
  });

  it('gives way while frames come late, and comes back', () => {
    const pace = new DrawingPace();
    expect(drawings(pace, 25, 1, 0)).toBeLessThan(8);
    expect(drawings(pace, 1000 / 60, 1, 5000)).toBeGreaterThan(28);
  });
});

describe('a histogram of latencies', () => {
  it('lies on a logarithmic scale, and shows the rare beside the frequent', () => {
    expect(timePart(100) - timePart(10)).toBeCloseTo(timePart(1000) - timePart(100));
    expect([timePart(0.0001), timePart(1e12)]).toEqual([0, 1]);
    const bars = barsOf([
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 4, count: 0 },
      { from: 4, to: 8, count: 100 },
    ]);
    expect(bars.map(({ height }) => height)).toEqual([0.1, 1]);
    expect(barsOf([])).toEqual([]);
  });
});
