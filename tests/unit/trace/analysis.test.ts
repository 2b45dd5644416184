import { describe, expect, test } from 'vitest';
import { TraceAnalysis } from '../../../src/trace/analysis.ts';
import { NO_QUEUE, type TraceEvent, type TraceKind } from '../../../src/trace/events.ts';
import { LATENCY_STAGES } from '../../../src/trace/latencies.ts';
import { records } from './trace-events.ts';

/** Events of queue 0: time in milliseconds, kind, index, head. */
type Row = [time: number, kind: TraceKind, index: number, head?: number];

function analyse(...rows: Row[]): TraceAnalysis {
  const analysis = new TraceAnalysis();
  const event = ([time, kind, index, head = 0]: Row) => ({ time, kind, index, head, queue: 0 });
  analysis.add(records(...rows.map(event)));
  return analysis;
}

/** For each stage: how many, and their median in microseconds. */
function latencies(analysis: TraceAnalysis): string[] {
  return LATENCY_STAGES.map((stage) => {
    const { count } = analysis.latency(stage, 1, 0);
    return `${count}: ${count === 0 ? '' : Math.round(analysis.latency(stage, 1, 0).quantile(0.5))}`;
  });
}

describe('latencies', () => {
  test('of one request are those of its five stages', () => {
    const analysis = analyse(
      [0, 'doorbell', 1],
      [0.01, 'taken', 0, 5],
      [0.11, 'served', 0, 5],
      [0.15, 'published', 1],
      [0.17, 'interrupt', 1],
    );
    expect(latencies(analysis)).toEqual(['1: 10', '1: 100', '1: 40', '1: 20', '1: 170']);
  });

  test('of a batch count for each chain, also where they come back in another order', () => {
    const analysis = analyse(
      [0, 'doorbell', 2],
      [1, 'doorbell', 3],
      [2, 'taken', 0, 7],
      [2, 'taken', 1, 8],
      [2, 'taken', 2, 9],
      [4, 'served', 0, 9],
      [6, 'served', 1, 7],
      [10, 'published', 2],
      [11, 'interrupt', 2],
    );
    const stages = LATENCY_STAGES.map((stage) => {
      const { minimum, maximum, count } = analysis.latency(stage);
      return { minimum, maximum, count };
    });
    expect(stages).toEqual([
      { minimum: 1000, maximum: 2000, count: 3 },
      { minimum: 2000, maximum: 4000, count: 2 },
      { minimum: 4000, maximum: 6000, count: 2 },
      { minimum: 1000, maximum: 1000, count: 2 },
      { minimum: 10000, maximum: 11000, count: 2 },
    ]);
  });

  test('end where the driver does not want to hear of the chain', () => {
    const analysis = analyse(
      [0, 'doorbell', 1],
      [1, 'taken', 0],
      [2, 'served', 0],
      [3, 'published', 1],
      [4, 'suppressed', 1],
      [9, 'interrupt', 1],
    );
    expect(latencies(analysis).map((text) => text[0])).toEqual(['1', '1', '1', '0', '0']);
  });

  test('bear with clocks that differ by microseconds', () => {
    const analysis = analyse(
      [1, 'taken', 0],
      [1.004, 'doorbell', 1],
      [1.1, 'served', 0],
      [1.2, 'interrupt', 1],
      [1.204, 'published', 1],
    );
    expect(latencies(analysis)).toEqual(['1: 0', '1: 100', '1: 104', '1: 0', '1: 196']);
  });

  test('do not take a later doorbell for one of before the trace', () => {
    const analysis = analyse(
      [1, 'taken', 40],
      [2, 'served', 40],
      [3, 'doorbell', 42],
      [4, 'published', 41],
      [5, 'interrupt', 41],
    );
    expect(latencies(analysis).map((text) => text[0])).toEqual(['0', '1', '1', '1', '0']);
  });

  test('go on where indices begin anew', () => {
    const analysis = analyse(
      [0, 'doorbell', 1],
      [1, 'taken', 65535],
      [1, 'taken', 0, 1],
      [2, 'served', 65535],
      [2, 'served', 0, 1],
      [3, 'published', 1],
      [4, 'interrupt', 1],
    );
    expect(latencies(analysis)).toEqual(['2: 1000', '2: 1000', '2: 1000', '2: 1000', '2: 4000']);
  });

  test('of what a reset ended are none', () => {
    const analysis = new TraceAnalysis();
    const queue = 0;
    analysis.add(
      records(
        { time: 0, kind: 'doorbell', index: 1, queue },
        { time: 1, kind: 'taken', index: 0, queue },
        { time: 2, kind: 'reset', queue: NO_QUEUE },
        { time: 3, kind: 'served', index: 0, queue },
      ),
    );
    expect(latencies(analysis).map((text) => text[0])).toEqual(['1', '0', '0', '0', '0']);
  });

  test('a quantile is within one percent', () => {
    const rows = Array.from({ length: 1000 }, (_, at): Row[] => [
      [at * 100, 'doorbell', at + 1],
      [at * 100 + (at + 1) / 1000, 'taken', at],
    ]);
    const histogram = analyse(...rows.flat()).latency('doorbell to taken');
    for (const [part, value] of [
      [0.5, 500],
      [0.99, 990],
      [0.999, 999],
    ]) {
      expect(Math.abs(histogram.quantile(part) / value - 1)).toBeLessThan(0.01);
    }
    expect(histogram.maximum).toBeCloseTo(1000);
    const bars = histogram.buckets();
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    bars.forEach((bar, at) => {
      if (at > 0) expect(bar.from).toBe(bars[at - 1].to);
    });
  });
});

test('counters are those of a queue, a device, or all; rates are of the last second', () => {
  const analysis = new TraceAnalysis();
  const event = (time: number, kind: TraceKind, rest: Partial<TraceEvent> = {}) => {
    return { time, kind, queue: 0, ...rest };
  };
  analysis.add(
    records(
      event(0, 'doorbell'),
      event(0, 'taken', { length: 16, value: 513 }),
      event(0, 'served', { length: 513 }),
      event(0, 'sync point', { queue: NO_QUEUE }),
      event(3000, 'doorbell', { queue: 1 }),
      event(3100, 'doorbell', { device: 2 }),
      event(3200, 'interrupt', { queue: 1 }),
    ),
  );
  expect(analysis.counters()).toMatchObject({ doorbells: 3, chains: 1, bytesRead: 16, syncs: 1 });
  expect(analysis.counters(1)).toMatchObject({ doorbells: 2, interrupts: 1, bytesWritten: 513 });
  expect(analysis.counters(1, 0)).toMatchObject({ doorbells: 1, interrupts: 0, syncs: 0 });
  expect(analysis.rates()).toMatchObject({ doorbells: 2, chains: 0, interrupts: 1 });
  analysis.clear();
  expect(analysis.counters()).toMatchObject({ doorbells: 0 });
});
