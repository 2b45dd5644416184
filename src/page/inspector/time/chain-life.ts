import {
  type ChainSpan,
  CPU_THREAD,
  chainsOf,
  TRACE_KINDS,
  type TraceEvent,
  type TraceKind,
  TraceRecords,
} from '../../../machine/index.ts';

/** Events on each side of the one that is looked at, among which its chain is looked for. */
const REACH = 6000;

/** A moment of a chain's way, on the thread where it happened. */
export interface Moment {
  kind: TraceKind;
  /** Its position in TRACE_KINDS. */
  code: number;
  thread: number;
  time: number;
}

/** A chain, and the moments of its way that are known, in order. */
export interface ChainLife {
  span: ChainSpan;
  moments: readonly Moment[];
}

/** The chain that an event belongs to; the first of several, null for none. */
export function findChain(records: TraceRecords, position: number): ChainLife | null {
  const event = records.at(position);
  const near = new TraceRecords();
  const last = Math.min(records.length, position + REACH);
  for (let at = Math.max(0, position - REACH); at < last; at++) near.appendFrom(records, at);
  for (const span of chainsOf(near)) {
    if (span.device !== event.device) continue;
    const moments = momentsOf(span, near);
    if (belongs(event, span, moments)) return { span, moments };
  }
  return null;
}

function belongs(event: TraceEvent, span: ChainSpan, moments: readonly Moment[]): boolean {
  const { kind, time, head, queue } = event;
  if (kind === 'sync asked') return span.served <= time && time <= span.published;
  if ((kind === 'taken' || kind === 'served') && head !== span.head) return false;
  const ofDevice = kind === 'sync point' || kind === 'ISR read';
  if (!ofDevice && queue !== span.queue) return false;
  return moments.some((moment) => moment.kind === kind && moment.time === time);
}

function momentsOf(span: ChainSpan, near: TraceRecords): Moment[] {
  const worker = span.device + 1;
  const { doorbell, taken, served, published, interrupt } = span;
  const moments: [kind: TraceKind, thread: number, time: number][] = [
    ['doorbell', CPU_THREAD, doorbell],
    ['taken', worker, taken],
    ['served', worker, served],
    // What was asked for while others were served covers it as well: the last before it is published.
    ['sync point', CPU_THREAD, findLast(near, 'sync point', span.device, served, published)],
    ['published', worker, published],
    ['interrupt', CPU_THREAD, interrupt],
    ['ISR read', CPU_THREAD, findFirst(near, 'ISR read', span.device, interrupt)],
  ];
  return moments
    .filter(([, , time]) => !Number.isNaN(time))
    .map(([kind, thread, time]) => ({ kind, code: TRACE_KINDS.indexOf(kind), thread, time }));
}

/** The time of the last such event from `from` to `to`; NaN for none. */
function findLast(
  records: TraceRecords,
  kind: TraceKind,
  device: number,
  from: number,
  to: number,
): number {
  const { times, kinds, devices } = records;
  const code = TRACE_KINDS.indexOf(kind);
  for (let at = records.find(to) - 1; at >= 0 && times[at] >= from; at--) {
    if (kinds[at] === code && devices[at] === device) return times[at];
  }
  return Number.NaN;
}

/** The time of the first such event from `from` on; NaN for none. */
function findFirst(records: TraceRecords, kind: TraceKind, device: number, from: number): number {
  if (Number.isNaN(from)) return Number.NaN;
  const { times, kinds, devices } = records;
  const code = TRACE_KINDS.indexOf(kind);
  for (let at = records.find(from); at < records.length; at++) {
    if (kinds[at] === code && devices[at] === device) return times[at];
  }
  return Number.NaN;
}
