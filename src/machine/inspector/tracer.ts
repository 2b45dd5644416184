import { DeviceTrace } from '../../trace/device-trace.ts';
import { CPU_THREAD } from '../../trace/events.ts';
import { TraceReader } from '../../trace/reader.ts';
import { TraceRing } from '../../trace/ring.ts';
import type { TraceSubjects } from '../../trace/trace.ts';
import type { BayWatcher, DeviceBay, Plugged } from '../device-bay.ts';
import { describerOf } from './device-snapshot.ts';

/** A worker that is busy hears of the trace when it is done; nobody waits longer for that, in milliseconds. */
const LONGEST_OPENING = 1000;

/** The part of the bay that is needed. */
type TracedBay = Pick<DeviceBay, 'occupied' | 'at'>;

/**
 * The trace of a machine: opened for the first reader, closed with the last. Each thread writes into a ring of its
 * own; the devices that come while it is open join.
 */
export class Tracer implements BayWatcher {
  readonly #bay: TracedBay;
  readonly #readers = new Set<TraceReader>();
  /** By thread; empty while the trace is closed. */
  readonly #rings = new Map<number, TraceRing>();
  /** Every device that there was since somebody looked. */
  readonly #subjects: TraceSubjects = {
    threads: [{ thread: CPU_THREAD, name: 'CPU' }],
    devices: [],
  };
  #opening: Promise<unknown> = Promise.resolve();

  constructor(bay: TracedBay) {
    this.#bay = bay;
    for (const place of bay.occupied) this.#introduce(place, bay.at(place));
  }

  /** Whom the trace tells of; in a place that was taken again, the latest. */
  get subjects(): TraceSubjects {
    return this.#subjects;
  }

  /** A reader of what happens from now on. Resolves when every thread tells. */
  async open(): Promise<TraceReader> {
    const reader = new TraceReader((closed) => this.#close(closed));
    if (this.#rings.size === 0) this.#begin();
    this.#readers.add(reader);
    for (const [thread, ring] of this.#rings) reader.follow(thread, ring);
    await this.#opening;
    return reader;
  }

  plugged(place: number, plugged: Plugged): void {
    this.#introduce(place, plugged);
    if (this.#rings.size > 0) void this.#join(place, plugged);
  }

  unplugged(place: number): void {
    const thread = threadOf(place);
    const ring = this.#rings.get(thread);
    if (ring === undefined) return;
    this.#rings.delete(thread);
    for (const reader of this.#readers) reader.unfollow(ring);
  }

  #begin(): void {
    this.#rings.set(CPU_THREAD, TraceRing.create());
    const joining = this.#bay.occupied.map((place) => this.#join(place, this.#bay.at(place)));
    const tooLong = new Promise((resolve) => setTimeout(resolve, LONGEST_OPENING));
    this.#opening = Promise.race([Promise.all(joining), tooLong]);
  }

  async #join(place: number, { device, host }: Plugged): Promise<void> {
    const ring = TraceRing.create();
    this.#rings.set(threadOf(place), ring);
    for (const reader of this.#readers) reader.follow(threadOf(place), ring);
    device.link.trace = new DeviceTrace(this.#rings.get(CPU_THREAD) as TraceRing, place);
    // A worker that has died tells nothing.
    await host.trace(ring.buffer).catch(() => {});
  }

  #close(reader: TraceReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#rings.size === 0) return;
    this.#rings.clear();
    for (const place of this.#bay.occupied) {
      const { device, host } = this.#bay.at(place);
      device.link.trace = null;
      host.trace(null).catch(() => {});
    }
  }

  #introduce(place: number, plugged: Plugged): void {
    const { name, kind } = plugged.plan;
    const describer = describerOf(plugged);
    const { queues } = plugged.device.registers;
    const names = queues.map((_, queue) => describer.queueName(queue, queues.length));
    const { threads, devices } = this.#subjects;
    const thread = threadOf(place);
    put(threads, { thread, name }, (other) => other.thread === thread);
    put(devices, { device: place, name, kind, queues: names }, (other) => other.device === place);
  }
}

/** The thread of the worker of the device in place `place`. */
function threadOf(place: number): number {
  return place + 1;
}

/** Puts `item` where its like is, or behind all others. */
function put<Item>(items: Item[], item: Item, isLike: (other: Item) => boolean): void {
  const at = items.findIndex(isLike);
  items.splice(at === -1 ? items.length : at, 1, item);
}
