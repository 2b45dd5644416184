import { type ChainSpan, chainsOf } from './chains.ts';
import { CPU_THREAD, NO_QUEUE } from './events.ts';
import { jsonPieces } from './json-pieces.ts';
import type { Trace } from './trace.ts';

/** All threads belong to one process: the machine. */
const PROCESS = 1;

/**
 * A trace in Chrome's trace event format (its JSON object form), as Perfetto and chrome://tracing open it. Each thread
 * has its events as instants, with their numbers; each chain has a line of its own, an asynchronous event with
 * one inside for each stage of its way. Yields to the page's other work in between.
 */
export async function exportChromeTrace(trace: Trace): Promise<Blob> {
  const head = {
    displayTimeUnit: 'ns',
    otherData: {
      dropped: trace.dropped,
      missed: trace.missed,
      begun: new Date(trace.epoch).toISOString(),
    },
  };
  return jsonPieces(head, 'traceEvents', eventsOf(trace));
}

function* eventsOf(trace: Trace): Generator<object> {
  yield* metadata(trace);
  const { records } = trace;
  for (let at = 0; at < records.length; at++) yield instant(trace, at);
  let id = 0;
  for (const chain of chainsOf(records)) yield* asynchronous(trace, chain, ++id);
}

function* metadata({ subjects }: Trace): Generator<object> {
  const describe = (name: string, tid: number, args: object) => {
    return { name, ph: 'M', pid: PROCESS, tid, args };
  };
  yield describe('process_name', CPU_THREAD, { name: 'Ringbox' });
  for (const { thread, name } of subjects.threads) {
    yield describe('thread_name', thread, { name });
    yield describe('thread_sort_index', thread, { sort_index: thread });
  }
}

function instant(trace: Trace, at: number): object {
  const { time, kind, thread, device, queue, ...numbers } = trace.records.at(at);
  const { index, head, length, value } = numbers;
  return {
    name: kind,
    cat: 'event',
    ph: 'i',
    s: 't',
    ts: microseconds(time),
    pid: PROCESS,
    tid: thread,
    args: { device: nameOf(trace, device), ...queueOf(queue), index, head, length, value },
  };
}

/** Begin and end of a chain's way and of each stage that is known, one inside the other. */
function* asynchronous(trace: Trace, chain: ChainSpan, id: number): Generator<object> {
  const { device, queue, doorbell, taken, served, published, interrupt } = chain;
  const common = { cat: 'chain', id, pid: PROCESS, tid: device + 1 };
  const stages = [
    { name: 'notified', from: doorbell, to: taken },
    { name: 'taken', from: taken, to: served },
    { name: 'served', from: served, to: published },
    { name: 'published', from: published, to: interrupt },
  ].filter(({ from, to }) => !Number.isNaN(from) && !Number.isNaN(to));
  // Clocks differ a little: nothing ends before it has begun, or begins before what it is inside of.
  let now = Number.isNaN(doorbell) ? taken : doorbell;
  const name = `${nameOf(trace, device)}, ${queueNameOf(trace, device, queue)}`;
  const { head, readableLength, writableLength, written } = chain;
  const args = { head, readableLength, writableLength, written };
  yield { ...common, ph: 'b', name, ts: microseconds(now), args };
  for (const stage of stages) {
    yield { ...common, ph: 'b', name: stage.name, ts: microseconds(now) };
    now = Math.max(now, stage.to);
    yield { ...common, ph: 'e', name: stage.name, ts: microseconds(now) };
  }
  yield { ...common, ph: 'e', name, ts: microseconds(now) };
}

function nameOf({ subjects }: Trace, device: number): string {
  return subjects.devices.find((each) => each.device === device)?.name ?? `device ${device}`;
}

function queueNameOf({ subjects }: Trace, device: number, queue: number): string {
  const found = subjects.devices.find((each) => each.device === device);
  return found?.queues[queue] ?? `queue ${queue}`;
}

function queueOf(queue: number): { queue?: number } {
  return queue === NO_QUEUE ? {} : { queue };
}

/** Whole nanoseconds: what is beyond them is not known. */
function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6) / 1e3;
}
