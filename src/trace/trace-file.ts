import { nextTask } from '../link/next-task.ts';
import { NO_QUEUE, TRACE_KINDS } from './events.ts';
import { jsonPieces } from './json-pieces.ts';
import { TraceRecords } from './records.ts';
import type { Trace, TraceSubjects } from './trace.ts';

const FORMAT = 'ringbox trace';
const VERSION = 1;

/** Text of more bytes is not taken for a trace: a browser could not hold it. */
const LONGEST_FILE = 512 * 1024 * 1024;
/** Events that are checked at once: some milliseconds of work. */
const EVENTS_AT_ONCE = 20_000;

/** More threads or devices than an event can name are no machine's. */
const MOST_SUBJECTS = 256;

/** Columns of an event, in their order, and the largest number of each; the first is a time, at most thirty years. */
const COLUMNS = {
  time: 1e12,
  kind: TRACE_KINDS.length - 1,
  thread: 0xff,
  device: 0xff,
  queue: NO_QUEUE,
  index: 0xffffffff,
  head: 0xffffffff,
  length: 0xffffffff,
  value: 0xffffffff,
};
const COLUMN_NAMES = Object.keys(COLUMNS);
const LARGEST = Object.values(COLUMNS);

/** What is wrong with a file that should be a trace. */
export class TraceFileError extends Error {
  readonly code: 'trace-format' | 'trace-version' | 'trace-damaged';

  constructor(code: TraceFileError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What stands before the events. */
interface Head {
  format: string;
  version: number;
  epoch: number;
  dropped: number;
  missed: number;
  subjects: TraceSubjects;
  /** What the numbers of kinds mean in this file. */
  kinds: readonly string[];
  columns: readonly string[];
}

/** A trace as a file of ours: JSON, an event a line. Yields to the page's other work in between. */
export async function exportTrace(trace: Trace): Promise<Blob> {
  const { epoch, dropped, missed, subjects, records } = trace;
  const head: Head = {
    format: FORMAT,
    version: VERSION,
    epoch,
    dropped,
    missed,
    subjects,
    kinds: TRACE_KINDS,
    columns: COLUMN_NAMES,
  };
  return jsonPieces(head, 'events', rowsOf(records));
}

function* rowsOf(records: TraceRecords): Generator<number[]> {
  const { times, kinds, threads, devices, queues, indices, heads, lengths, values } = records;
  for (let at = 0; at < records.length; at++) {
    const time = Math.round(times[at] * 1e6) / 1e6;
    const subject = [time, kinds[at], threads[at], devices[at], queues[at]];
    yield [...subject, indices[at], heads[at], lengths[at], values[at]];
  }
}

/** Reads what `exportTrace` wrote. @throws TraceFileError what is wrong with the file, and where */
export async function importTrace(file: Blob): Promise<Trace> {
  const content = await parse(file);
  const head = checkHead(content);
  const codes = codesOf(head.kinds);
  const records = new TraceRecords();
  const { events } = content as { events?: unknown };
  if (!Array.isArray(events)) throw damaged('it has no list of events');
  for (let at = 0; at < events.length; at++) {
    if (at % EVENTS_AT_ONCE === EVENTS_AT_ONCE - 1) await nextTask();
    appendRow(records, events[at], codes, at);
  }
  records.sort();
  const { epoch, dropped, missed, subjects } = head;
  return { epoch, dropped, missed, subjects, records };
}

async function parse(file: Blob): Promise<object> {
  if (file.size > LONGEST_FILE) {
    throw new TraceFileError('trace-format', `it has ${file.size} bytes, more than any trace`);
  }
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch (cause) {
    throw new TraceFileError('trace-format', 'it is not JSON', cause);
  }
  if (typeof content !== 'object' || content === null) {
    throw new TraceFileError('trace-format', 'it is JSON, but no trace');
  }
  return content;
}

function checkHead(content: object): Head {
  const head = content as Partial<Head> & { traceEvents?: unknown };
  if (head.traceEvents !== undefined) {
    const message = 'it is a trace in Chrome’s format, which is for other programs';
    throw new TraceFileError('trace-format', message);
  }
  if (head.format !== FORMAT) {
    throw new TraceFileError('trace-format', 'it is JSON, but no trace of Ringbox');
  }
  if (head.version !== VERSION) {
    const message = `it has version ${head.version}, and only ${VERSION} is known`;
    throw new TraceFileError('trace-version', message);
  }
  for (const name of ['epoch', 'dropped', 'missed'] as const) {
    if (typeof head[name] !== 'number') throw damaged(`${name} is no number`);
  }
  if (!areSubjects(head.subjects)) throw damaged('the threads and devices are not described');
  if (!Array.isArray(head.kinds)) throw damaged('the kinds of events are not named');
  if (String(head.columns) !== COLUMN_NAMES.join()) throw damaged('it has other columns');
  return head as Head;
}

function areSubjects(subjects: unknown): subjects is TraceSubjects {
  const { threads, devices } = (subjects ?? {}) as Partial<TraceSubjects>;
  if (!Array.isArray(threads) || !Array.isArray(devices)) return false;
  if (Math.max(threads.length, devices.length) > MOST_SUBJECTS) return false;
  const isNamed = (number: unknown, ...texts: unknown[]) =>
    Number.isInteger(number) && texts.every((text) => typeof text === 'string');
  return (
    threads.every((thread) => isNamed(thread?.thread, thread?.name)) &&
    devices.every((device) => {
      if (!Array.isArray(device?.queues)) return false;
      return isNamed(device.device, device.name, device.kind, ...device.queues);
    })
  );
}

/** By number of a kind in the file: its number here. */
function codesOf(kinds: readonly string[]): number[] {
  return kinds.map((kind) => {
    const code = TRACE_KINDS.indexOf(kind as (typeof TRACE_KINDS)[number]);
    if (code === -1) throw damaged(`“${kind}” is no kind of event`);
    return code;
  });
}

function appendRow(records: TraceRecords, row: unknown, codes: number[], at: number): void {
  if (!Array.isArray(row) || row.length !== COLUMN_NAMES.length) {
    throw damaged(`event ${at} has not ${COLUMN_NAMES.length} numbers`);
  }
  for (let column = 0; column < row.length; column++) {
    const number: unknown = row[column];
    const isTime = column === 0;
    const sound = isTime ? typeof number === 'number' : Number.isInteger(number);
    const size = isTime ? Math.abs(number as number) : (number as number);
    if (!sound || !(size >= 0 && size <= LARGEST[column])) {
      throw damaged(`${COLUMN_NAMES[column]} of event ${at} is ${JSON.stringify(number)}`);
    }
  }
  const [time, kind, thread, device, queue, index, head, length, value] = row as number[];
  if (kind >= codes.length) throw damaged(`kind of event ${at} is ${kind}`);
  records.append(time, codes[kind], thread, device, queue, index, head, length, value);
}

function damaged(what: string): TraceFileError {
  return new TraceFileError('trace-damaged', what);
}
