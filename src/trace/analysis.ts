import { ChainTracker } from './chain-tracker.ts';
import { Kind, NO_QUEUE } from './events.ts';
import { LatencyHistogram } from './histogram.ts';
import { Latencies, type LatencyStage } from './latencies.ts';
import type { TraceRecords } from './records.ts';

/** Counts of events; as rates, per second. */
export interface TraceCounters {
  doorbells: number;
  /** Chains that were taken. */
  chains: number;
  /** Bytes of the device-readable parts of chains that were taken. */
  bytesRead: number;
  /** Bytes that devices wrote, as their used elements say. */
  bytesWritten: number;
  /** Syncs that were made. */
  syncs: number;
  /** Times that a used index was published. */
  publishes: number;
  interrupts: number;
  /** Notifications that the driver did not want. */
  suppressed: number;
  isrReads: number;
}

/** Rates are of so many milliseconds before the newest event, in steps of so many. */
const RATE_WINDOW = 1000;
const RATE_STEP = 100;
const RATE_STEPS = RATE_WINDOW / RATE_STEP;

const ALL_KEYS = [
  'doorbells',
  'chains',
  'bytesRead',
  'bytesWritten',
  'syncs',
  'publishes',
  'interrupts',
  'suppressed',
  'isrReads',
] as const satisfies (keyof TraceCounters)[];

/** Counts and times the events of a trace: of a machine that runs, of a recording, of a file. */
export class TraceAnalysis {
  /** By device and queue; NO_QUEUE for what concerns a whole device. */
  readonly #subjects = new Map<number, Subject>();
  #newest = Number.NEGATIVE_INFINITY;

  /** Adds events, which come after those that were added before. */
  add(records: TraceRecords): void {
    for (let at = 0; at < records.length; at++) this.#addEvent(records, at);
  }

  clear(): void {
    this.#subjects.clear();
    this.#newest = Number.NEGATIVE_INFINITY;
  }

  /** Everything that was counted; of one device (its place), or of one queue of it. */
  counters(device?: number, queue?: number): TraceCounters {
    const sum = noCounts();
    for (const { counts } of this.#select(device, queue)) addCounts(sum, counts);
    return sum;
  }

  /** The same per second, over the second before the newest event. */
  rates(device?: number, queue?: number): TraceCounters {
    const sum = noCounts();
    const newest = Math.floor(this.#newest / RATE_STEP);
    for (const { steps } of this.#select(device, queue)) {
      for (const step of steps) {
        if (newest - step.number < RATE_STEPS) addCounts(sum, step.counts);
      }
    }
    const perSecond = 1000 / RATE_WINDOW;
    for (const key of ALL_KEYS) sum[key] *= perSecond;
    return sum;
  }

  /** How long a stage of the chains' way took. */
  latency(stage: LatencyStage, device?: number, queue?: number): LatencyHistogram {
    const sum = new LatencyHistogram();
    for (const { latencies } of this.#select(device, queue)) {
      const histogram = latencies.histograms.get(stage);
      if (histogram !== undefined) sum.merge(histogram);
    }
    return sum;
  }

  #addEvent(records: TraceRecords, at: number): void {
    const time = records.times[at];
    const kind = records.kinds[at];
    const device = records.devices[at];
    const queue = records.queues[at];
    this.#newest = Math.max(this.#newest, time);
    const subject = this.#subject(device, queue);
    const length = records.lengths[at];
    count(subject.counts, kind, length);
    count(subject.step(Math.floor(time / RATE_STEP)), kind, length);
    if (queue !== NO_QUEUE) {
      const { indices, heads, values } = records;
      subject.chains.add(kind, time, indices[at], heads[at], length, values[at]);
    } else if (kind === Kind.reset) {
      this.#forgetDevice(device);
    }
  }

  #subject(device: number, queue: number): Subject {
    const key = keyOf(device, queue);
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = new Subject();
      this.#subjects.set(key, subject);
    }
    return subject;
  }

  #forgetDevice(device: number): void {
    for (const { chains } of this.#select(device)) chains.forget();
  }

  #select(device?: number, queue?: number): Subject[] {
    if (device === undefined) return [...this.#subjects.values()];
    if (queue !== undefined) return [this.#subject(device, queue)];
    const keys = [...this.#subjects.keys()].filter((key) => deviceOf(key) === device);
    return keys.map((key) => this.#subjects.get(key) as Subject);
  }
}

function keyOf(device: number, queue: number): number {
  return device * 2 ** 16 + queue;
}

function deviceOf(key: number): number {
  return Math.floor(key / 2 ** 16);
}

/** Counts of a piece of time. */
interface Step {
  /** Which piece: time over RATE_STEP. */
  number: number;
  counts: TraceCounters;
}

/** One queue, or what concerns a device as a whole. */
class Subject {
  readonly counts = noCounts();
  readonly latencies = new Latencies();
  readonly chains = new ChainTracker(this.latencies);
  /** The last pieces of time in which anything happened, in any order. */
  readonly steps: Step[] = [];
  #latest: Step = { number: Number.NEGATIVE_INFINITY, counts: noCounts() };

  /** The counts of piece `number`; an event that comes late counts as one of the latest. */
  step(number: number): TraceCounters {
    if (number <= this.#latest.number) return this.#latest.counts;
    this.#latest = { number, counts: noCounts() };
    if (this.steps.length === RATE_STEPS) this.steps.shift();
    this.steps.push(this.#latest);
    return this.#latest.counts;
  }
}

function noCounts(): TraceCounters {
  return {
    doorbells: 0,
    chains: 0,
    bytesRead: 0,
    bytesWritten: 0,
    syncs: 0,
    publishes: 0,
    interrupts: 0,
    suppressed: 0,
    isrReads: 0,
  };
}

function addCounts(sum: TraceCounters, counts: TraceCounters): void {
  for (const key of ALL_KEYS) sum[key] += counts[key];
}

function count(counts: TraceCounters, kind: number, length: number): void {
  if (kind === Kind.doorbell) counts.doorbells++;
  else if (kind === Kind.taken) {
    counts.chains++;
    counts.bytesRead += length;
  } else if (kind === Kind.served) counts.bytesWritten += length;
  else if (kind === Kind['sync point']) counts.syncs++;
  else if (kind === Kind.published) counts.publishes++;
  else if (kind === Kind.interrupt) counts.interrupts++;
  else if (kind === Kind.suppressed) counts.suppressed++;
  else if (kind === Kind['ISR read']) counts.isrReads++;
}
