import { ChainTracker, type TracedChain } from './chain-tracker.ts';
import { Kind, NO_QUEUE } from './events.ts';
import type { TraceRecords } from './records.ts';

/** The way of one chain through a trace. */
export interface ChainSpan extends TracedChain {
  /** The device's place. */
  device: number;
  queue: number;
}

/** Every chain of which the trace tells, in the order in which they were taken. */
export function chainsOf(records: TraceRecords): ChainSpan[] {
  const spans: ChainSpan[] = [];
  const trackers = new Map<number, { device: number; tracker: ChainTracker }>();
  const trackerOf = (device: number, queue: number): ChainTracker => {
    const key = device * 2 ** 16 + queue;
    const known = trackers.get(key);
    if (known !== undefined) return known.tracker;
    const keep = (chain: TracedChain) => spans.push({ ...chain, device, queue });
    const tracker = new ChainTracker({ ended: keep, lost: keep });
    trackers.set(key, { device, tracker });
    return tracker;
  };
  const { times, kinds, devices, queues, indices, heads, lengths, values } = records;
  for (let at = 0; at < records.length; at++) {
    if (queues[at] !== NO_QUEUE) {
      const tracker = trackerOf(devices[at], queues[at]);
      tracker.add(kinds[at], times[at], indices[at], heads[at], lengths[at], values[at]);
    } else if (kinds[at] === Kind.reset) {
      for (const { device, tracker } of trackers.values()) {
        if (device === devices[at]) tracker.forget();
      }
    }
  }
  for (const { tracker } of trackers.values()) tracker.forget();
  return spans.sort((one, other) => one.taken - other.taken);
}
