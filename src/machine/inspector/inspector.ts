import type { RequestDescription } from '../../devices/describer.ts';
import { Feature } from '../../link/features.ts';
import type { PciBus } from '../../pci/bus.ts';
import type { GuestMemory } from '../../ring/guest-memory.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { TraceSubjects } from '../../trace/trace.ts';
import type { DeviceBay, Plugged } from '../device-bay.ts';
import { MachineError } from '../errors.ts';
import { type ChainSnapshot, ChainWalker } from './chain-snapshot.ts';
import { DeviceControl } from './device-control.ts';
import { type DeviceSnapshot, describerOf, snapshotDevice } from './device-snapshot.ts';
import { type QueueSnapshot, snapshotQueue, summarizeQueue } from './queue-snapshot.ts';
import { Recording, type RecordOptions } from './recording.ts';
import type { ScratchKind } from './scratch/kinds.ts';
import type { ScratchDevice } from './scratch/scratch-device.ts';
import { Tracer } from './tracer.ts';

/** Bytes of guest memory that are copied at once, at most. */
export const BYTES_LIMIT = 65536;

/** The parts of a machine that are looked at. */
export interface InspectorParts {
  memory: GuestMemory;
  bus: PciBus;
  bay: Pick<DeviceBay, 'occupied' | 'find' | 'at' | 'watcher'>;
  /** Has `action` called after each slice of the guest from now on; null for nothing. */
  afterSlices(action: (() => void) | null): void;
}

/**
 * Looks at the virtio devices of a machine: registers, rings, chains, buffers. A look changes nothing.
 *
 * On the page's own thread, in any task of the page: then the guest stands still between two slices. The devices'
 * workers may go on meanwhile; a machine that is paused stands still whole.
 *
 * Places are those of the devices, 0 to 30; there is null for a place or a queue that has nothing in it.
 */
export class Inspector {
  readonly #memory: GuestMemory;
  readonly #bus: PciBus;
  readonly #bay: InspectorParts['bay'];
  readonly #walker: ChainWalker;
  readonly #tracer: Tracer;
  readonly #afterSlices: InspectorParts['afterSlices'];
  readonly #recordings = new Set<Recording>();
  readonly #scratches = new Set<ScratchDevice>();
  #disposed = false;
  readonly #controls = new WeakMap<Plugged, DeviceControl>();

  constructor({ memory, bus, bay, afterSlices }: InspectorParts) {
    this.#memory = memory;
    this.#bus = bus;
    this.#bay = bay;
    this.#afterSlices = afterSlices;
    this.#walker = new ChainWalker(memory);
    this.#tracer = new Tracer(bay);
    bay.watcher = this.#tracer;
  }

  /** Bytes of guest RAM. */
  get memorySize(): number {
    return this.#memory.size;
  }

  /** The devices that are plugged in, in the order of their places. Cheap: no ring is copied. */
  devices(): DeviceSnapshot[] {
    return this.#bay.occupied.map((place) => {
      return snapshotDevice(place, this.#bay.at(place), this.#bus, this.#memory);
    });
  }

  /** One of them. */
  device(place: number): DeviceSnapshot | null {
    const plugged = this.#bay.find(place);
    return plugged && snapshotDevice(place, plugged, this.#bus, this.#memory);
  }

  /** One queue, with a copy of its three parts: 28 bytes for each of its entries. */
  queue(place: number, queue: number): QueueSnapshot | null {
    const plugged = this.#find(place, queue);
    return plugged && snapshotQueue(place, plugged, queue, this.#memory);
  }

  /** The chain that begins at descriptor `head`, indirect tables followed. Null also while the queue is not enabled. */
  chain(place: number, queue: number, head: number): ChainSnapshot | null {
    const plugged = this.#find(place, queue);
    if (plugged === null) return null;
    const { enabled, fault, descriptorTable, size } = summarizeQueue(plugged, queue, this.#memory);
    if (!enabled || fault !== null) return null;
    const { accepted } = plugged.device.registers.features;
    const indirectAllowed = accepted.has(Feature.indirectDescriptors);
    return this.#walker.walk(descriptorTable, size, head, indirectAllowed);
  }

  /** What its device makes of that chain, by what the buffers hold now. Null also for a chain with a fault. */
  request(place: number, queue: number, head: number): RequestDescription | null {
    const plugged = this.#find(place, queue);
    const snapshot = this.chain(place, queue, head);
    if (plugged === null || snapshot === null || snapshot.fault !== null) return null;
    return describerOf(plugged).describe(this.#walker.chain, queue);
  }

  /** A copy of guest memory from `address` on: at most BYTES_LIMIT bytes, and only what is RAM. */
  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    const inside = this.#memory.contains(address, 0) ? this.#memory.size - address : 0;
    const bytes = new Uint8Array(Math.max(0, Math.min(length, inside, BYTES_LIMIT)));
    this.#memory.copyOut(bytes.length > 0 ? address : 0, bytes, 0, bytes.length);
    return bytes;
  }

  /** The way to hold the device in place `place` and let it go step by step: the same for one device each time. */
  control(place: number): DeviceControl | null {
    const plugged = this.#bay.find(place);
    if (plugged === null) return null;
    const control = this.#controls.get(plugged) ?? new DeviceControl(place, plugged, this.#memory);
    this.#controls.set(plugged, control);
    return control;
  }

  /**
   * Opens the trace, unless it is open already: a reader of what happens from now on. While nobody has a reader
   * or records, nothing is traced.
   */
  trace(): Promise<TraceReader> {
    return this.#tracer.open();
  }

  /** Whom the trace tells of: the devices that are there, and those that have left their places empty. */
  get subjects(): TraceSubjects {
    return this.#tracer.subjects;
  }

  /**
   * Records what happens from now on, over resets of the machine as well. To record from the beginning of a boot,
   * ask before `start` or `reset`.
   */
  async record(options?: RecordOptions): Promise<Recording> {
    const reader = await this.#tracer.open();
    const recording = new Recording(reader, this.#tracer.subjects, options, () => {
      this.#recordings.delete(recording);
      if (this.#recordings.size === 0) this.#afterSlices(null);
    });
    this.#recordings.add(recording);
    this.#afterSlices(() => this.#drain());
    return recording;
  }

  /**
   * A device to be broken on purpose, which has nothing to do with the machine's own but that it goes with the machine.
   * @throws MachineError when it cannot be had
   */
  async scratch(kind: ScratchKind): Promise<ScratchDevice> {
    const { ScratchDevice } = await import('./scratch/scratch-device.ts');
    const device = await ScratchDevice.create(kind);
    if (this.#disposed) {
      await device.dispose();
      throw new MachineError('disposed', 'The machine has been disposed.', 'Make a new one.');
    }
    this.#scratches.add(device);
    return device;
  }

  /** Ends what was made here; the machine's. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all(Array.from(this.#scratches, (device) => device.dispose()));
  }

  #drain(): void {
    for (const recording of this.#recordings) recording.drain();
  }

  #find(place: number, queue: number): Plugged | null {
    const plugged = this.#bay.find(place);
    const has = plugged?.device.registers.queues[queue] !== undefined;
    return has ? plugged : null;
  }
}
