import type { VirtioDevice } from '../../src/devices/device.ts';
import { DeviceRuntime } from '../../src/devices/runtime.ts';
import {
  Attention,
  CONFIGURATION_WRITE_CAPACITY,
  ControlBlock,
  QueueWord,
  Word,
} from '../../src/link/control-block.ts';
import { GuestMemory } from '../../src/ring/guest-memory.ts';
import { QueueNotifications } from '../../src/ring/notifications.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';
import { align, Driver, layoutAt, layoutLength, type Segment } from './driver.ts';

/** Feature bits of 0 to 63 that the harness knows by name (VIRTIO 1.4, 6). */
export const VIRTIO_F_INDIRECT_DESC = 28;
export const VIRTIO_F_EVENT_IDX = 29;
export const VIRTIO_F_VERSION_1 = 32;

/** Bytes on each side of RAM that nobody may write. */
const CANARY_LENGTH = 65536;
const CANARY = 0xa5;
const CANARY_WORD = 0xa5a5a5a5;
/** Words of a control block that belong to no queue and no list. */
const HEADER_WORDS = 32;
/** Where allocation begins: a driver that allocates nothing has the page before to itself. */
const FIRST_ALLOCATED = 4096;
/** A device that still changes words after this many polls never comes to rest. */
const MAXIMUM_POLLS = 100_000;

/** Guest RAM in the middle of a larger shared buffer, as in the emulator. */
export class CanaryMemory {
  readonly memory: GuestMemory;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #sides: Uint32Array<SharedArrayBuffer>[];

  /** @param size bytes of RAM, a multiple of 4 */
  constructor(size: number) {
    const buffer = new SharedArrayBuffer(size + 2 * CANARY_LENGTH);
    new Uint8Array(buffer).fill(CANARY);
    this.#sides = [0, CANARY_LENGTH + size].map(
      (offset) => new Uint32Array(buffer, offset, CANARY_LENGTH / 4),
    );
    this.bytes = new Uint8Array(buffer, CANARY_LENGTH, size).fill(0);
    this.memory = new GuestMemory(buffer, CANARY_LENGTH, size);
  }

  /** @throws Error when a byte outside RAM was written */
  checkCanaries(): void {
    for (const side of this.#sides) {
      for (let index = 0; index < side.length; index++) {
        if (side[index] === CANARY_WORD) continue;
        const address = side.byteOffset + 4 * index - CANARY_LENGTH;
        throw new Error(`a write outside RAM, to the four bytes at guest-physical ${address}`);
      }
    }
  }
}

export interface HarnessOptions {
  /** Bytes of RAM; 1 MiB unless told. */
  memorySize?: number;
  /** Feature bits that the driver accepts; VIRTIO_F_VERSION_1 unless told. */
  features?: readonly number[];
  /** The device's bit in the attention word. */
  index?: number;
}

/**
 * A device, its runtime and the CPU thread's part of the link, all in one thread: nothing happens
 * but what the test calls for, so every interleaving of the two sides can be played.
 *
 *     const harness = new Harness(device);
 *     const driver = harness.enableQueue(0, 8);
 *     harness.driverOk();
 *     driver.add([harness.buffer('hello')], [harness.space(16)]);
 *     harness.ring(0);
 *     harness.pump();
 *     driver.collectUsed();
 */
export class Harness {
  readonly memory: GuestMemory;
  /** All of RAM, for looking at it without `memory`. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly control: ControlBlock;
  readonly attention: Attention;
  readonly runtime: DeviceRuntime;
  /** Every range that sync points have taken from the dirty list, in order. */
  readonly dirty: Segment[] = [];
  /** Used buffer notifications of each queue that the driver wanted. */
  readonly usedNotifications: number[];
  /** Configuration change notifications. */
  configurationNotifications = 0;
  /** Sync points that had something to do. */
  syncs = 0;
  readonly #ram: CanaryMemory;
  readonly #index: number;
  readonly #drivers: (Driver | null)[];
  /** Per queue: the used index up to which the CPU thread has considered notifications. */
  readonly #notified: number[];
  #features: readonly number[];
  #configurationSeen = 0;
  #needsResetSeen = 0;
  #allocated = FIRST_ALLOCATED;

  constructor(device: VirtioDevice, options: HarnessOptions = {}) {
    const queueCount = device.description.queueSizes.length;
    this.#ram = new CanaryMemory(options.memorySize ?? 1024 * 1024);
    this.memory = this.#ram.memory;
    this.bytes = this.#ram.bytes;
    this.control = new ControlBlock(
      new SharedArrayBuffer(ControlBlock.byteLength(queueCount)),
      queueCount,
    );
    this.attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
    this.#index = options.index ?? 0;
    this.#drivers = new Array(queueCount).fill(null);
    this.#notified = new Array(queueCount).fill(0);
    this.usedNotifications = new Array(queueCount).fill(0);
    this.#features = options.features ?? [VIRTIO_F_VERSION_1];
    this.runtime = new DeviceRuntime(device, {
      memory: this.memory,
      control: this.control,
      attention: this.attention,
      index: this.#index,
    });
    this.negotiate(this.#features);
  }

  /** @throws Error when a byte outside RAM was written */
  checkCanaries(): void {
    this.#ram.checkCanaries();
  }

  /** Guest memory that nobody else uses, until `freeAll`. */
  allocate(length: number, alignment = 16): number {
    const address = align(this.#allocated, alignment);
    if (!this.memory.contains(address, length)) throw new Error('the harness is out of RAM');
    this.#allocated = address + length;
    return address;
  }

  /** All guest memory that was allocated is free again, and the record of it is empty. */
  freeAll(): void {
    this.#allocated = FIRST_ALLOCATED;
    this.dirty.length = 0;
  }

  /** A buffer with `content` in it. */
  buffer(content: string | Uint8Array): Segment {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const address = this.allocate(bytes.length);
    this.bytes.set(bytes, address);
    return { address, length: bytes.length };
  }

  /** An empty buffer of `length` bytes. */
  space(length: number): Segment {
    return { address: this.allocate(length), length };
  }

  /** A copy of the bytes of `segment`. */
  contents({ address, length }: Segment): Uint8Array {
    return this.bytes.slice(address, address + length);
  }

  /** The driver has negotiated these feature bits. Comes before queues are enabled. */
  negotiate(features: readonly number[]): void {
    this.#features = features;
    let bits = 0n;
    for (const feature of features) bits |= 1n << BigInt(feature);
    this.control.store(Word.featuresLow, Number(bits & 0xffffffffn) | 0);
    this.control.store(Word.featuresHigh, Number(bits >> 32n) | 0);
  }

  /** The driver sets queue `queue` up and enables it. Does not poll. @returns its driver */
  enableQueue(queue: number, queueSize: number, layout?: QueueLayout): Driver {
    const parts = layout ?? layoutAt(this.allocate(layoutLength(queueSize)), queueSize);
    const driver = new Driver(this.memory, parts, (length) => this.allocate(length));
    this.#drivers[queue] = driver;
    this.enableQueueAt(queue, parts);
    return driver;
  }

  /** The driver enables queue `queue` wherever it says, sound or not. Does not poll. */
  enableQueueAt(queue: number, layout: QueueLayout): void {
    const base = this.control.queueBase(queue);
    this.#notified[queue] = 0;
    this.control.store(base + QueueWord.doorbell, 0);
    this.control.store(base + QueueWord.queueSize, layout.queueSize);
    this.control.store(base + QueueWord.descriptorTable, layout.descriptorTable | 0);
    this.control.store(base + QueueWord.availableRing, layout.availableRing | 0);
    this.control.store(base + QueueWord.usedRing, layout.usedRing | 0);
    this.control.store(base + QueueWord.enabled, 1);
    Atomics.add(this.control.words, base + QueueWord.configureRequest, 1);
    this.control.signal();
  }

  /** The driver sets DRIVER_OK. Polls. */
  driverOk(features: readonly number[] = this.#features): void {
    this.negotiate(features);
    this.control.store(Word.driverOk, 1);
    this.control.signal();
    this.pump();
  }

  /** The driver of queue `queue`. */
  driver(queue: number): Driver {
    const driver = this.#drivers[queue];
    if (driver === null) throw new Error(`queue ${queue} is not enabled`);
    return driver;
  }

  /** The driver notifies queue `queue`: the doorbell rule. Does not poll. */
  ring(queue: number): void {
    const notifications = this.#notifications(queue);
    const index = notifications.availableIndex();
    notifications.requestNotification(index);
    this.ringWith(queue, index);
  }

  /** A doorbell that carries `index`, whatever the available ring says. Does not poll. */
  ringWith(queue: number, index: number): void {
    this.control.store(this.control.queueBase(queue) + QueueWord.doorbell, index);
    this.control.store(Word.busy, 1);
    this.control.signal();
  }

  /** The driver writes to the device configuration space. Does not poll. */
  writeConfiguration(offset: number, width: number, value: number): void {
    const head = this.control.load(Word.configurationWriteHead);
    const waiting = (head - this.control.load(Word.configurationWriteTail)) >>> 0;
    if (waiting >= CONFIGURATION_WRITE_CAPACITY) throw new Error('configuration ring is full');
    const base = this.control.configurationWriteBase(head);
    this.control.store(base, offset);
    this.control.store(base + 1, width);
    this.control.store(base + 2, value | 0);
    this.control.store(Word.configurationWriteHead, (head + 1) | 0);
    this.control.signal();
  }

  /** The worker looks once. */
  poll(): void {
    this.runtime.poll();
  }

  /** The CPU thread passes a sync point: the sync rule, then interrupts. */
  syncPoint(): void {
    if (((this.attention.takeAll() >>> this.#index) & 1) === 0) return;
    const request = this.control.load(Word.syncRequest);
    if (request !== this.control.load(Word.syncDone)) {
      const count = this.control.load(Word.dirtyCount);
      for (let range = 0; range < count; range++) {
        const base = this.control.dirtyBase(range);
        this.dirty.push({
          address: this.control.words[base] >>> 0,
          length: this.control.words[base + 1] >>> 0,
        });
      }
      this.syncs++;
      this.control.store(Word.syncDone, request);
      this.control.signal();
    }
    this.#considerNotifications();
  }

  /**
   * Alternates `poll` and `syncPoint` until nothing changes any more.
   * @throws Error when something still changes after `limit` polls
   */
  pump(limit = MAXIMUM_POLLS): void {
    let before = this.#state();
    for (let polls = 0; polls < limit; polls++) {
      this.poll();
      this.syncPoint();
      const after = this.#state();
      if (sameWords(after, before)) return;
      before = after;
    }
    throw new Error(`the device has not come to rest after ${limit} polls`);
  }

  /** Whether the device is in DEVICE_NEEDS_RESET. */
  get needsReset(): boolean {
    return this.control.load(Word.needsReset) === 1;
  }

  /** The driver resets the device; features and queues are gone after it. Polls. */
  reset(): void {
    this.requestReset();
    this.pump();
    if (this.control.load(Word.resetDone) !== this.control.load(Word.resetRequest)) {
      throw new Error('the reset was not carried out');
    }
  }

  /** The driver asks for a reset and does not wait for it. Does not poll. */
  requestReset(): void {
    this.control.store(Word.driverOk, 0);
    for (let queue = 0; queue < this.control.queueCount; queue++) {
      this.control.store(this.control.queueBase(queue) + QueueWord.enabled, 0);
      this.#drivers[queue] = null;
      this.#notified[queue] = 0;
    }
    Atomics.add(this.control.words, Word.resetRequest, 1);
    this.control.signal();
  }

  /** The driver resets queue `queue` alone (VIRTIO_F_RING_RESET). Polls. */
  resetQueue(queue: number): void {
    const base = this.control.queueBase(queue);
    this.requestQueueReset(queue);
    this.pump();
    const request = this.control.load(base + QueueWord.configureRequest);
    if (this.control.load(base + QueueWord.configureDone) !== request) {
      throw new Error('the queue reset was not carried out');
    }
  }

  /** The driver asks for the reset of queue `queue` and does not wait for it. Does not poll. */
  requestQueueReset(queue: number): void {
    const base = this.control.queueBase(queue);
    this.control.store(base + QueueWord.enabled, 0);
    Atomics.add(this.control.words, base + QueueWord.configureRequest, 1);
    this.#drivers[queue] = null;
    this.#notified[queue] = 0;
    this.control.signal();
  }

  /** Pauses or resumes the machine. Polls. */
  pause(paused: boolean): void {
    this.control.store(Word.pause, paused ? 1 : 0);
    this.control.signal();
    this.pump();
  }

  #considerNotifications(): void {
    for (const [queue, driver] of this.#drivers.entries()) {
      if (driver === null) continue;
      const published = this.control.load(this.control.queueBase(queue) + QueueWord.published);
      const from = this.#notified[queue];
      if (published === from) continue;
      this.#notified[queue] = published;
      const wanted = this.#notifications(queue).wantsUsedNotification(from, published);
      if (wanted) this.usedNotifications[queue]++;
    }
    const generation = this.control.load(Word.configurationGeneration);
    const needsReset = this.control.load(Word.needsReset);
    const failed = needsReset === 1 && this.#needsResetSeen === 0;
    if (generation !== this.#configurationSeen || failed) this.configurationNotifications++;
    this.#configurationSeen = generation;
    this.#needsResetSeen = needsReset;
  }

  #notifications(queue: number): QueueNotifications {
    const eventIndex = this.#features.includes(VIRTIO_F_EVENT_IDX);
    return new QueueNotifications(this.memory, this.driver(queue).layout, eventIndex);
  }

  /** Every word that the two sides have for each other. */
  #state(): Int32Array {
    const { words } = this.control;
    const queues = words.subarray(this.control.queueBase(0));
    const state = new Int32Array(HEADER_WORDS + queues.length + 1);
    state.set(words.subarray(0, HEADER_WORDS));
    state.set(queues, HEADER_WORDS);
    state[state.length - 1] = this.attention.peek();
    return state;
  }
}

/** Whether two states of the shared words are the same. */
export function sameWords(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
