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
    if (belongs(event, span, moments, near)) return { span, moments };
  }
  return null;
}

function belongs(
  event: TraceEvent,
  span: ChainSpan,
  moments: readonly Moment[],
  near: TraceRecords,
): boolean {
  const { kind, time, head, queue, index } = event;
  if (kind === 'sync asked') return index === syncNumber(near, span);
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
    ['sync point', CPU_THREAD, findSync(near, span)],
    ['published', worker, published],
    ['interrupt', CPU_THREAD, interrupt],
    ['ISR read', CPU_THREAD, findFirst(near, 'ISR read', span.device, interrupt)],
  ];
  return moments
    .filter(([, , time]) => !Number.isNaN(time))
    .map(([kind, thread, time]) => ({ kind, code: TRACE_KINDS.indexOf(kind), thread, time }));
}

/** The number of the sync that covers a served chain: the first that its worker asks for afterwards. Null for none. */
function syncNumber(
  records: TraceRecords,
  { device, queue, head, served }: ChainSpan,
): number | null {
  const { kinds, devices, queues, heads, indices, length } = records;
  let isServed = false;
  for (let at = records.find(served); at < length; at++) {
    if (devices[at] !== device) continue;
    const kind = TRACE_KINDS[kinds[at]];
    if (kind === 'served' && queues[at] === queue && heads[at] === head) isServed = true;
    if (isServed && kind === 'sync asked') return indices[at];
  }
  return null;
}

/**
 * The time of the sync point that a served chain waited for; NaN for none. It goes by its number: the clocks of two threads
 * differ by some microseconds, which is as long as the way from there to the publication.
 */
function findSync(records: TraceRecords, span: ChainSpan): number {
  const { times, kinds, devices, indices, length } = records;
  const number = syncNumber(records, span);
  const code = TRACE_KINDS.indexOf('sync point');
  for (let at = 0; number !== null && at < length; at++) {
    if (kinds[at] === code && devices[at] === span.device && indices[at] === number) {
      return times[at];
    }
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
