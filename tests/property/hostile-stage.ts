import { QueueWord } from '../../src/link/control-block.ts';
import type { DescriptorChain } from '../../src/ring/chain.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';
import { align, type Segment } from '../support/driver.ts';
import { type Harness, VIRTIO_F_INDIRECT_DESC } from '../support/harness.ts';
import { Noise } from '../support/noise.ts';
import { modelChain } from './chain-model.ts';
import {
  type Act,
  type HostileCase,
  type HostileKind,
  hostileCase,
  indirectRow,
  LARGEST_QUEUE,
  layoutOf,
  placeRow,
  type Request,
  rowsOf,
} from './hostile-driver.ts';
import { type Property, Reused } from './property.ts';
import { Snapshot } from './snapshot.ts';

/** Polls after which a device must rest: a few for each act, however many chains it brings. */
const MOST_POLLS = 16;

/** A device that hostile drivers are played against, and what lies behind it. */
export interface HostileDevice {
  readonly harness: Harness;
  /** Feature bits that are negotiated in any case. */
  readonly features: readonly number[];
  /** Brings what lies behind the device to where it was at the beginning. */
  restore(): void;
  /** The page behind the device does something. @returns whether the device can still be reused */
  page?(action: number, value: number): boolean;
  /** A chain is given back. @throws Error when what was done with it is wrong */
  completed?(chain: DescriptorChain, written: number): void;
  /**
   * An honest driver takes the device, which was reset, from the beginning; all of RAM is free
   * for it. @throws Error when it does not get the right answers
   */
  serveHonestly(): void;
}

export interface HostileOptions extends HostileKind {
  name: string;
  cases: number;
  /** What is counted beside what all such properties count; see `Property.seen`. */
  seen?: Record<string, number>;
  make(variant: number): HostileDevice;
}

/** The property that no driver breaks a device: see `HostileStage`. */
export function hostileProperty(options: HostileOptions): Property<HostileCase> {
  const seen = Object.assign(options.seen ?? {}, { chains: 0, faults: 0 });
  const stages = Array.from({ length: options.variants }, (_, variant) => {
    return new Reused(() => new HostileStage(options.make(variant), seen));
  });
  return {
    name: options.name,
    claim: 'no driver makes it throw, find no rest, write astray, or serve no more after a reset',
    cases: options.cases,
    arbitrary: hostileCase(options),
    seen,
    check: (example) => stages[example.variant].play((stage) => stage.play(example)),
  };
}

/** A chain that the device took, and the buffers that it may write while it has it. */
interface WatchedChain {
  queue: number;
  chain: DescriptorChain;
  writable: Segment[];
  completed: boolean;
}

/**
 * Plays hostile drivers against a device. After every act of theirs the device must come to rest,
 * having taken no more chains than a queue holds, and no byte of RAM may have changed but in the
 * device-writable buffers of well-formed chains that it had, and in the used rings. At the end it
 * is reset, and an honest driver must get right answers.
 */
class HostileStage {
  readonly #device: HostileDevice;
  readonly #harness: Harness;
  readonly #seen: { chains: number; faults: number };
  readonly #snapshot: Snapshot;
  readonly #queues: number;
  /** The chains that the device has, or had since the last act. */
  #chains: WatchedChain[] = [];
  /** Chains that were taken since the last act, by queue. */
  readonly #taken: number[];
  /** Chains that were given back since each queue was set up. */
  readonly #givenBack: number[];
  /** Free-running available index of each queue. */
  readonly #available: number[];
  #layouts: QueueLayout[] = [];
  #indirect = false;
  #paused = false;
  #reusable = true;

  constructor(device: HostileDevice, seen: { chains: number; faults: number }) {
    this.#device = device;
    this.#harness = device.harness;
    this.#seen = seen;
    this.#snapshot = new Snapshot(this.#harness.bytes);
    this.#queues = this.#harness.runtime.queues.length;
    this.#taken = new Array(this.#queues).fill(0);
    this.#givenBack = new Array(this.#queues).fill(0);
    this.#available = new Array(this.#queues).fill(0);
    this.#watchChains();
  }

  /** @returns whether another case can be played */
  play(example: HostileCase): boolean {
    const harness = this.#harness;
    this.#device.restore();
    this.#layouts = this.#taken.map((_, queue) => layoutOf(example, queue));
    this.#indirect = example.indirect;
    this.#paused = false;
    fillMemory(harness.bytes, example.memory);
    this.#snapshot.take();
    this.#begin();
    this.#settle();
    for (const act of example.acts) {
      if (harness.needsReset) {
        this.#seen.faults++;
        this.#reset();
      }
      this.#perform(act);
      this.#settle();
    }
    if (this.#paused) harness.pause(false);
    this.#resetDevice();
    this.#serveHonestly();
    return this.#reusable;
  }

  /** Looks over the shoulder of every queue of the device. */
  #watchChains(): void {
    for (const queue of this.#harness.runtime.queues) {
      const take = queue.take.bind(queue);
      const complete = queue.complete.bind(queue);
      queue.take = () => {
        const chain = take();
        if (chain !== null) this.#note(queue.index, chain);
        return chain;
      };
      queue.complete = (chain, written) => {
        this.#noteCompleted(chain, written);
        complete(chain, written);
      };
    }
  }

  /** What the device believes it may write must be what the memory says right now. */
  #note(queue: number, chain: DescriptorChain): void {
    const layout = this.#layouts[queue];
    if (layout === undefined) return; // of the honest driver
    this.#taken[queue]++;
    this.#seen.chains++;
    const { descriptorTable, queueSize } = layout;
    const { bytes } = this.#harness;
    const model = modelChain(bytes, descriptorTable, queueSize, chain.head, this.#indirect);
    if (model === null) throw new Error('a chain that is none was taken');
    const writable = model.filter((segment) => segment.writable);
    this.#chains.push({ queue, chain, writable, completed: false });
  }

  #noteCompleted(chain: DescriptorChain, written: number): void {
    // One object is loaded with one chain after the other.
    const watched = this.#chains.find((one) => one.chain === chain && !one.completed);
    if (watched === undefined) return; // of a life before a reset
    watched.completed = true;
    this.#givenBack[watched.queue]++;
    if (written > chain.writableLength) {
      throw new Error(`${written} bytes are said to be written of ${chain.writableLength}`);
    }
    this.#device.completed?.(chain, written);
  }

  #begin(): void {
    const indirect = this.#indirect ? [VIRTIO_F_INDIRECT_DESC] : [];
    this.#harness.negotiate([...this.#device.features, ...indirect]);
    for (const [queue, layout] of this.#layouts.entries()) {
      this.#harness.enableQueueAt(queue, layout);
    }
    this.#available.fill(0);
    this.#givenBack.fill(0);
    this.#harness.driverOk();
  }

  #reset(): void {
    this.#snapshot.take();
    this.#resetDevice();
    this.#begin();
    this.#settle();
  }

  #resetDevice(): void {
    this.#harness.reset();
    this.#givenBack.fill(0);
    this.#settle();
    // Whatever the device still had is no longer its own.
    this.#chains = [];
  }

  #perform(act: Act): void {
    const { memory, bytes } = this.#harness;
    if (act.kind === 'request') this.#request(act);
    if (act.kind === 'descriptor') {
      const { descriptorTable, queueSize } = this.#layouts[act.queue];
      placeRow(memory, descriptorTable, act.index, queueSize, act.row);
    }
    if (act.kind === 'scribble') bytes.set(act.bytes.slice(0, bytes.length - act.at), act.at);
    if (act.kind === 'available') this.#makeAvailable(act.queue, act.head);
    // From here on it is the device that writes.
    this.#snapshot.take();
    if (act.kind === 'request' || act.kind === 'available') this.#ring(act.queue);
    if (act.kind === 'doorbell') this.#harness.ringWith(act.queue, act.index);
    if (act.kind === 'configuration') {
      this.#harness.writeConfiguration(act.offset, act.width, act.value);
    }
    if (act.kind === 'pause') {
      this.#paused = !this.#paused;
      this.#harness.pause(this.#paused);
    }
    if (act.kind === 'reset') this.#reset();
    if (act.kind === 'resetQueue') this.#resetQueue(act.queue);
    if (act.kind === 'page') {
      const reusable = this.#device.page?.(act.action, act.value) ?? true;
      this.#reusable &&= reusable;
    }
  }

  #request(request: Request): void {
    const { memory, bytes } = this.#harness;
    const { descriptorTable, queueSize } = this.#layouts[request.queue];
    bytes.set(request.content.slice(0, bytes.length - request.at), request.at);
    const indirect = request.indirect && (this.#indirect || request.damage !== null);
    const rows = rowsOf(request, indirect, queueSize);
    const head = request.head % queueSize;
    // The table of an indirect request lies behind its buffers.
    const lengths = [...request.readable, ...request.writable];
    const end = request.at + lengths.reduce((sum, length) => sum + length, 0);
    const indirectTable = align(end, 16);
    const table = indirect ? indirectTable : descriptorTable;
    const entries = indirect ? LARGEST_QUEUE : queueSize;
    for (const { index, row } of rows) placeRow(memory, table, index, entries, row);
    if (indirect) {
      placeRow(memory, descriptorTable, head, queueSize, indirectRow(indirectTable, rows.length));
    }
    this.#makeAvailable(request.queue, head);
  }

  #makeAvailable(queue: number, head: number): void {
    const { availableRing, queueSize } = this.#layouts[queue];
    const slot = this.#available[queue] % queueSize;
    const entry = availableRing + 4 + 2 * slot;
    const inQueue = head < LARGEST_QUEUE ? head % queueSize : head;
    if (this.#harness.memory.contains(entry, 2)) this.#harness.memory.write16(entry, inQueue);
    this.#available[queue] = (this.#available[queue] + 1) & 0xffff;
  }

  #ring(queue: number): void {
    this.#harness.ringWith(queue, this.#available[queue]);
  }

  #resetQueue(queue: number): void {
    this.#chains = this.#chains.filter((watched) => watched.queue !== queue);
    this.#givenBack[queue] = 0;
    this.#harness.resetQueue(queue);
    this.#harness.enableQueueAt(queue, this.#layouts[queue]);
    this.#available[queue] = 0;
  }

  /** Lets the device come to rest, and looks at what it has done. */
  #settle(): void {
    this.#harness.pump(MOST_POLLS);
    for (const layout of this.#layouts) this.#snapshot.permit(usedRingOf(layout));
    for (const { writable } of this.#chains) {
      for (const segment of writable) this.#snapshot.permit(segment);
    }
    this.#snapshot.check();
    this.#chains = this.#chains.filter(({ completed }) => !completed);
    for (const [queue, layout] of this.#layouts.entries()) {
      if (this.#taken[queue] > layout.queueSize) {
        throw new Error(`${this.#taken[queue]} chains were taken at once of ${layout.queueSize}`);
      }
    }
    if (!this.#paused) this.#checkUsedIndices();
    this.#taken.fill(0);
  }

  /** A device at rest has shown what it has given back, and nothing else. */
  #checkUsedIndices(): void {
    const { control } = this.#harness;
    for (const queue of this.#layouts.keys()) {
      const published = control.load(control.queueBase(queue) + QueueWord.published);
      if (published === this.#givenBack[queue]) continue;
      throw new Error(`a used index of ${published} after ${this.#givenBack[queue]} chains`);
    }
  }

  #serveHonestly(): void {
    this.#layouts = [];
    this.#chains = [];
    this.#harness.freeAll();
    this.#device.serveHonestly();
    this.#harness.reset();
    this.#harness.checkCanaries();
  }
}

/** The device's part of a used ring: not `flags` nor `avail_event`, which the CPU thread writes. */
function usedRingOf({ usedRing, queueSize }: QueueLayout): Segment {
  return { address: usedRing + 2, length: 2 + 8 * queueSize };
}

function fillMemory(bytes: Uint8Array, { fill, seed }: HostileCase['memory']): void {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  if (fill === 'zeros') {
    words.fill(0);
    return;
  }
  const noise = new Noise(seed);
  for (let index = 0; index < words.length; index++) {
    const value = noise.next();
    // Small numbers make flags, lengths and addresses that often mean something.
    words[index] = fill === 'noise' ? value : value & (value >>> 24 < 32 ? 0x000707ff : 0x0000031f);
  }
}
