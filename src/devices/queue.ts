import { type ControlBlock, QueueWord, Word } from '../link/control-block.ts';
import { DescriptorChain } from '../ring/chain.ts';
import type { GuestMemory } from '../ring/guest-memory.ts';
import { type QueueFault, type QueueProgress, Virtqueue } from '../ring/virtqueue.ts';
import type { DeviceTrace } from '../trace/device-trace.ts';
import type { DirtyList } from './dirty-list.ts';

/** The generation of a chain that no device has; the first set-up of a queue is generation 1. */
const NOT_UNDER_WAY = 0;

/** A device that is not held takes as many chains as there are. */
const NO_LIMIT = -1;

/** The words in which the CPU thread reads how far the queue is. */
const POSITIONS = [QueueWord.taken, QueueWord.returned, QueueWord.published];

/** A queue in a snapshot. Its set-up is in the control block, its elements are in the guest's memory. */
export interface QueueState extends QueueProgress {
  /** The chains that the device has not given back, in the order in which it took them. */
  underWay: TakenChain[];
}

/** A chain that a device has taken. */
interface TakenChain {
  /** Index of its first descriptor. */
  head: number;
  /** Where in the available ring it was; free-running, 16 bits. */
  position: number;
}

/**
 * One queue as its device uses it: `take` a chain, work on it, `complete` it. Any number of
 * chains may be under way, and they may be completed in any order.
 */
export class DeviceQueue {
  /** Number of the queue in its device. */
  readonly index: number;
  /** Hears what happens, while a trace is open. @internal */
  trace: DeviceTrace | null = null;
  readonly #memory: GuestMemory;
  readonly #control: ControlBlock;
  readonly #dirty: DirtyList;
  readonly #base: number;
  /** Chains that are not under way, to be loaded again. */
  readonly #idle: DescriptorChain[] = [];
  /** Every chain that was ever made: those under way have this generation. */
  readonly #chains: DescriptorChain[] = [];
  /** What was under way in a snapshot, and is to be taken before anything else. */
  #takenBefore: TakenChain[] = [];
  #virtqueue: Virtqueue | null = null;
  #layoutFault: QueueFault | null = null;
  /** Used indices: seen by the driver, and waiting for the sync that was asked for. */
  #published = 0;
  #batched = 0;
  /** Grows with each set-up, so that a chain of an earlier one is never given back. */
  #generation = NOT_UNDER_WAY;
  /** Chains that may still be taken of a device that is held. */
  #allowance = NO_LIMIT;

  /** @internal */
  constructor(index: number, memory: GuestMemory, control: ControlBlock, dirty: DirtyList) {
    this.index = index;
    this.#memory = memory;
    this.#control = control;
    this.#dirty = dirty;
    this.#base = control.queueBase(index);
  }

  /** Entries, 0 while the driver has not set the queue up. */
  get queueSize(): number {
    return this.#virtqueue?.queueSize ?? 0;
  }

  /** What the driver did wrong, or null. */
  get fault(): QueueFault | null {
    return this.#layoutFault ?? this.#virtqueue?.fault ?? null;
  }

  /** Chains that the driver has made available and that were not taken yet. */
  get waiting(): number {
    if (this.#virtqueue === null || !this.#driverOk()) return 0;
    return this.#takenBefore.length + this.#virtqueue.waiting(this.#doorbell());
  }

  /** The next chain, or null when none waits. Each chain that was taken must be completed. */
  take(): DescriptorChain | null {
    const virtqueue = this.#virtqueue;
    if (virtqueue === null || !this.#driverOk()) return null;
    if (this.#allowance === 0) return null;
    // A driver that resets the queue alone waits for one chain at most, not for all behind it.
    if (this.configureRequest() !== this.configured) return null;
    if (this.#takenBefore.length > 0) return this.#takeAgain(virtqueue);
    const chain = this.#idle.pop() ?? this.#makeChain();
    const position = virtqueue.nextAvailable;
    if (virtqueue.take(this.#doorbell(), chain)) {
      this.#begin(chain, position);
      this.#control.store(this.#base + QueueWord.taken, virtqueue.nextAvailable);
      this.trace?.taken(this.index, virtqueue.nextAvailable, chain);
      return chain;
    }
    this.#idle.push(chain);
    return null;
  }

  /**
   * Gives a chain back to the driver.
   * @param written bytes written to its device-writable part, from the beginning
   */
  complete(chain: DescriptorChain, written: number): void {
    // Already idle: were it put there twice, two requests would share one chain.
    if (chain.generation === NOT_UNDER_WAY) return;
    if (chain.generation === this.#generation && this.#virtqueue !== null) {
      for (let segment = chain.readableSegments; segment < chain.segments; segment++) {
        this.#dirty.add(chain.address(segment), chain.length(segment));
      }
      this.#virtqueue.giveBack(chain.head, written);
      this.#control.unmarkUnderWay(this.index, chain.head);
      this.#control.store(this.#base + QueueWord.returned, this.#virtqueue.nextUsed);
      this.trace?.served(this.index, this.#virtqueue.nextUsed, chain.head, written);
      Atomics.add(this.#control.words, Word.completed, 1);
    }
    chain.generation = NOT_UNDER_WAY;
    this.#idle.push(chain);
  }

  /** The runtime's: what the CPU thread last asked for. @internal */
  configureRequest(): number {
    return this.#control.load(this.#base + QueueWord.configureRequest);
  }

  /** The runtime's: what was last carried out. @internal */
  get configured(): number {
    return this.#control.load(this.#base + QueueWord.configureDone);
  }

  /** The runtime's: tells the CPU thread. @internal */
  acknowledgeConfigure(request: number): void {
    this.#control.store(this.#base + QueueWord.configureDone, request);
  }

  /** The runtime's: sets the queue up as the control block says, or tears it down. @internal */
  configure(indirectAllowed: boolean): void {
    this.tearDown();
    if (this.#word(QueueWord.enabled) === 0) return;
    const layout = {
      queueSize: this.#word(QueueWord.queueSize),
      descriptorTable: this.#word(QueueWord.descriptorTable),
      availableRing: this.#word(QueueWord.availableRing),
      usedRing: this.#word(QueueWord.usedRing),
    };
    const queue = Virtqueue.create(this.#memory, layout, indirectAllowed);
    if (typeof queue === 'string') this.#layoutFault = queue;
    else this.#virtqueue = queue;
  }

  /** The runtime's: forgets the queue and every chain of it. @internal */
  tearDown(): void {
    this.#virtqueue = null;
    this.#layoutFault = null;
    this.#published = 0;
    this.#batched = 0;
    this.#takenBefore = [];
    this.#generation++;
    this.#control.forgetUnderWay(this.index);
    for (const word of POSITIONS) this.#control.store(this.#base + word, 0);
  }

  /** The runtime's: for a snapshot, where the queue is; null while it is not set up. @internal */
  save(): QueueState | null {
    if (this.#virtqueue === null) return null;
    const taken = this.#chains
      .filter(({ generation }) => generation === this.#generation)
      .map(({ head, position }) => ({ head, position }));
    const { progress } = this.#virtqueue;
    const age = ({ position }: TakenChain) => (progress.nextAvailable - position) & 0xffff;
    const underWay = [...taken, ...this.#takenBefore].sort((a, b) => age(b) - age(a));
    return { ...progress, underWay };
  }

  /**
   * The runtime's: sets the queue up as the control block says, and goes on where it was. What was under
   * way is taken once more.
   * @internal
   */
  restore(state: QueueState | null, indirectAllowed: boolean): void {
    this.configure(indirectAllowed);
    if (this.#virtqueue === null || state === null) return;
    this.#virtqueue.goOnFrom(state);
    const { nextAvailable, nextUsed, published } = this.#virtqueue.progress;
    this.#published = published;
    this.#batched = published;
    this.#takenBefore = [...state.underWay];
    const positions = [nextAvailable, nextUsed, published];
    POSITIONS.forEach((word, index) => {
      this.#control.store(this.#base + word, positions[index]);
    });
  }

  /** The runtime's: what was given back so far awaits a sync. @returns whether there is any @internal */
  closeBatch(): boolean {
    if (this.#virtqueue === null) return false;
    this.#batched = this.#virtqueue.nextUsed;
    return this.#batched !== this.#published;
  }

  /** The runtime's: shows the driver the batch that was synced. @internal */
  publish(): void {
    if (this.#batched !== this.#published) this.#publishUntil(this.#batched);
  }

  /** The runtime's: nothing is taken any more but what `takeOne` allows. @internal */
  hold(): void {
    this.#allowance = 0;
  }

  /** The runtime's: the end of that. @internal */
  release(): void {
    this.#allowance = NO_LIMIT;
  }

  /**
   * The runtime's: lets `run` take one chain of this queue. The device is held.
   * @returns the position in the available ring of the one that was taken, or null
   * @internal
   */
  takeOne(run: () => void): number | null {
    if (this.waiting === 0) return null;
    this.#allowance = 1;
    run();
    const taken = this.#allowance === 0;
    this.#allowance = 0;
    return taken && this.#virtqueue ? (this.#virtqueue.nextAvailable - 1) & 0xffff : null;
  }

  /** The runtime's: whether there are elements that the driver cannot see. @internal */
  get hasUnpublished(): boolean {
    return this.#virtqueue !== null && this.#virtqueue.nextUsed !== this.#published;
  }

  /** The runtime's: whether some of those are of the batch that was closed last. @internal */
  get hasBatch(): boolean {
    return this.#batched !== this.#published;
  }

  /** The runtime's: shows the driver one element of the batch that was synced. @returns its used index @internal */
  publishOne(): number {
    const index = this.#published;
    this.#publishUntil((index + 1) & 0xffff);
    return index;
  }

  /** A chain that was under way in a snapshot. What it holds is as it was: the driver waits for it. */
  #takeAgain(virtqueue: Virtqueue): DescriptorChain | null {
    const taken = this.#takenBefore.shift() as TakenChain;
    const chain = this.#idle.pop() ?? this.#makeChain();
    if (virtqueue.takeAgain(taken.head, chain)) {
      this.#begin(chain, taken.position);
      this.trace?.taken(this.index, virtqueue.nextAvailable, chain);
      return chain;
    }
    this.#idle.push(chain);
    return null;
  }

  #begin(chain: DescriptorChain, position: number): void {
    chain.generation = this.#generation;
    chain.position = position;
    if (this.#allowance > 0) this.#allowance--;
    this.#control.markUnderWay(this.index, chain.head);
  }

  #makeChain(): DescriptorChain {
    const chain = new DescriptorChain(this.#memory);
    this.#chains.push(chain);
    return chain;
  }

  /** A device must not consume buffers before DRIVER_OK (VIRTIO 1.4, 2.1.2). */
  #driverOk(): boolean {
    return this.#control.load(Word.driverOk) === 1;
  }

  #publishUntil(index: number): void {
    if (this.#virtqueue === null) return;
    this.trace?.published(this.index, index, this.#published);
    this.#virtqueue.publish(index);
    this.#published = index;
    this.#control.store(this.#base + QueueWord.published, index);
  }

  #doorbell(): number {
    return this.#control.load(this.#base + QueueWord.doorbell);
  }

  #word(word: number): number {
    return this.#control.load(this.#base + word) >>> 0;
  }
}
