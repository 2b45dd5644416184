import { Kind, NO_QUEUE, type TraceEvent } from '../../../src/trace/events.ts';
import { TraceRecords } from '../../../src/trace/records.ts';

/** Events of which only what matters is told; the rest is 0, and of the disk in place 1. */
export function records(...events: Partial<TraceEvent>[]): TraceRecords {
  const all = new TraceRecords();
  for (const event of events) {
    const { time = 0, kind = 'attention', thread = 0, device = 1, queue = NO_QUEUE } = event;
    const { index = 0, head = 0, length = 0, value = 0 } = event;
    all.append(time, Kind[kind], thread, device, queue, index, head, length, value);
  }
  return all;
}

export function eventsOf(all: TraceRecords): TraceEvent[] {
  return Array.from({ length: all.length }, (_, position) => all.at(position));
}
