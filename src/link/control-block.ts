import { MAXIMUM_QUEUE_SIZE } from '../ring/layout.ts';
import { wordChanged } from './wait.ts';

/**
 * The shared words of one device: all that the CPU thread and the device's worker say to each
 * other while the machine runs. Next to the guest's RAM this block is the only memory they share;
 * no message is posted on the data path.
 *
 * A word belongs to the side that writes it. Words are read and written with Atomics, so a word
 * that is seen brings with it everything that its writer wrote before.
 */

/** Words written by the CPU thread unless said otherwise; indices into `ControlBlock.words`. */
export const Word = {
  /** Bumped and notified whenever the worker has something to look at: what it sleeps on. */
  signal: 0,
  /** Counts device resets that the driver asked for ... */
  resetRequest: 1,
  /** ... and those that the worker has carried out. Written by the worker. */
  resetDone: 2,
  /** The negotiated feature bits 0 to 31 and 32 to 63. */
  featuresLow: 3,
  featuresHigh: 4,
  /** 1 when the device is in an error state that needs a reset. Written by the worker. */
  needsReset: 5,
  /** Grows by 2 with each change of the device configuration space, and is odd during one.
   * Written by the worker. */
  configurationGeneration: 6,
  /** Counts the syncs that the worker asked for (the sync rule). Written by the worker ... */
  syncRequest: 7,
  /** ... and those that the CPU thread has made. */
  syncDone: 8,
  /** Ranges in the dirty list of the outstanding sync request. Written by the worker. */
  dirtyCount: 9,
  /** Grows with each pause and each resumption, and is odd while the machine is paused ... */
  pause: 10,
  /** ... and what of it the worker has carried out. Written by the worker. */
  paused: 11,
  /** 1 from a doorbell until the worker has nothing left to do; cleared by the worker. A hint. */
  busy: 12,
  /** Counts Comlink calls made to the worker, which leaves its sleep to hear them. */
  mail: 13,
  /** Free-running positions of the configuration-write ring: the CPU thread writes ... */
  configurationWriteHead: 14,
  /** ... and the worker reads. Written by the worker. */
  configurationWriteTail: 15,
  /** Chains given back since the machine began, modulo 2^32. Written by the worker. */
  completed: 16,
  /** The driver has set DRIVER_OK (1) or not yet (0). */
  driverOk: 17,
  /** 1 when the worker is to let go of everything and end. */
  end: 18,
  /** Grows with each hold of the device alone and each release, and is odd while it is held ... */
  hold: 19,
  /** ... and what of it the worker has carried out. Written by the worker. */
  held: 20,
  /** 1 while the worker sleeps on `signal`, or is about to: only then it has to be woken. Written
   * by the worker. */
  asleep: 21,
} as const;

/** Words of one queue; offsets from `ControlBlock.queueBase`. Written by the CPU thread. */
export const QueueWord = {
  /** The driver's available index as of its last notification (the doorbell rule). */
  doorbell: 0,
  /** Counts the times this queue was set up or torn down ... */
  configureRequest: 1,
  /** ... and those that the worker has carried out. Written by the worker. */
  configureDone: 2,
  /** 1 when the queue is to be served with the layout below. */
  enabled: 3,
  queueSize: 4,
  descriptorTable: 5,
  availableRing: 6,
  usedRing: 7,
  /** Free-running used index that the driver can see. Written by the worker. */
  published: 8,
  /** Free-running available index up to which chains were taken. Written by the worker. */
  taken: 9,
  /** Free-running used index up to which elements were inserted, seen or not. Written by the worker. */
  returned: 10,
} as const;

/** The dirty list holds this many ranges; the last one widens when there are more. */
export const DIRTY_CAPACITY = 256;
/** Configuration writes that may wait for the worker. */
export const CONFIGURATION_WRITE_CAPACITY = 256;
/** Bytes of the device configuration space that a device may have. */
export const CONFIGURATION_SPACE_SIZE = 256;

const HEADER_WORDS = 32;
const QUEUE_WORDS = 16;
/** A bit for each descriptor that a queue can have. */
const UNDER_WAY_WORDS = MAXIMUM_QUEUE_SIZE / 32;
const DIRTY_WORDS = 2 * DIRTY_CAPACITY;
const CONFIGURATION_WRITE_WORDS = 3 * CONFIGURATION_WRITE_CAPACITY;

/** Views of the parts of a control block. Both sides make their own over the same buffer. */
export class ControlBlock {
  readonly buffer: SharedArrayBuffer;
  readonly queueCount: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  /**
   * The device configuration space: written by the worker, but for the driver's flags (see
   * `DeviceDescription.driverFlags`), which the CPU thread writes.
   */
  readonly configuration: Uint8Array<SharedArrayBuffer>;
  readonly #underWay: Int32Array<SharedArrayBuffer>;
  readonly #dirty = HEADER_WORDS;
  readonly #writes = HEADER_WORDS + DIRTY_WORDS;
  readonly #queues = HEADER_WORDS + DIRTY_WORDS + CONFIGURATION_WRITE_WORDS;

  /** @param buffer of `ControlBlock.byteLength(queueCount)` bytes */
  constructor(buffer: SharedArrayBuffer, queueCount: number) {
    this.buffer = buffer;
    this.queueCount = queueCount;
    this.words = new Int32Array(buffer, 0, this.#queues + QUEUE_WORDS * queueCount);
    this.configuration = new Uint8Array(buffer, this.words.byteLength, CONFIGURATION_SPACE_SIZE);
    const end = this.words.byteLength + CONFIGURATION_SPACE_SIZE;
    this.#underWay = new Int32Array(buffer, end, UNDER_WAY_WORDS * queueCount);
  }

  /** Bytes of the block of a device with `queueCount` queues. */
  static byteLength(queueCount: number): number {
    const words = HEADER_WORDS + DIRTY_WORDS + CONFIGURATION_WRITE_WORDS;
    const queueWords = QUEUE_WORDS + UNDER_WAY_WORDS;
    return 4 * (words + queueWords * queueCount) + CONFIGURATION_SPACE_SIZE;
  }

  load(word: number): number {
    return Atomics.load(this.words, word);
  }

  store(word: number, value: number): void {
    Atomics.store(this.words, word, value);
  }

  /** Index of the first word of queue `queue`; add a `QueueWord`. */
  queueBase(queue: number): number {
    return this.#queues + QUEUE_WORDS * queue;
  }

  /** Index of the first of the two words (address, length) of dirty range `range`. */
  dirtyBase(range: number): number {
    return this.#dirty + 2 * range;
  }

  /** Index of the first of the three words (offset, width, value) at ring position `position`. */
  configurationWriteBase(position: number): number {
    return this.#writes + 3 * (position & (CONFIGURATION_WRITE_CAPACITY - 1));
  }

  /** The device has taken the chain at descriptor `head` of queue `queue`. For the worker. */
  markUnderWay(queue: number, head: number): void {
    this.#underWay[UNDER_WAY_WORDS * queue + (head >>> 5)] |= 1 << (head & 31);
  }

  /** The device has given that chain back. For the worker. */
  unmarkUnderWay(queue: number, head: number): void {
    this.#underWay[UNDER_WAY_WORDS * queue + (head >>> 5)] &= ~(1 << (head & 31));
  }

  /** The device has forgotten every chain of queue `queue`. For the worker. */
  forgetUnderWay(queue: number): void {
    this.#underWay.fill(0, UNDER_WAY_WORDS * queue, UNDER_WAY_WORDS * (queue + 1));
  }

  /** Whether the device works on the chain at `head`, which is told apart from others by that alone. */
  isUnderWay(queue: number, head: number): boolean {
    const word = this.#underWay[UNDER_WAY_WORDS * queue + (head >>> 5)];
    return ((word >>> (head & 31)) & 1) === 1;
  }

  /**
   * Wakes the worker. Any thread may call it. To wake it costs a system call, so one that is awake is
   * left alone: it has said that it will sleep before it looks at the word for the last time, and
   * whoever finds that it has not yet has changed the word before that look.
   */
  signal(): void {
    Atomics.add(this.words, Word.signal, 1);
    if (Atomics.load(this.words, Word.asleep) === 1) Atomics.notify(this.words, Word.signal);
  }

  /** Blocks until there was a signal after `seen`, a value of `Word.signal`. For the worker. */
  sleep(seen: number): void {
    Atomics.store(this.words, Word.asleep, 1);
    Atomics.wait(this.words, Word.signal, seen);
    Atomics.store(this.words, Word.asleep, 0);
  }

  /** The same without blocking: the worker's other tasks go on. It may resolve early. */
  async untilSignal(seen: number): Promise<void> {
    Atomics.store(this.words, Word.asleep, 1);
    await wordChanged(this.words, Word.signal, seen);
    Atomics.store(this.words, Word.asleep, 0);
  }
}

/**
 * One word for the whole machine in which each device has a bit: the CPU thread looks at it at
 * every sync point, and sleeps on it while the guest is halted.
 */
export class Attention {
  readonly words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer, 0, 1);
  }

  /** Bytes of the buffer. */
  static readonly byteLength = 4;
  /** Devices that one machine may have: a bit each. */
  static readonly maximumDevices = 31;

  /** Asks the CPU thread to look at device `device` (0 to 30). Any thread may call it. */
  request(device: number): void {
    Atomics.or(this.words, 0, 1 << device);
    Atomics.notify(this.words, 0);
  }

  /** Device `device` is being looked at: what it asks from now on is something new. */
  clear(device: number): void {
    Atomics.and(this.words, 0, ~(1 << device));
  }

  /** The bits that are set, without clearing them. */
  peek(): number {
    return Atomics.load(this.words, 0);
  }

  /** The bits that were set, which are now clear. For the CPU thread. */
  takeAll(): number {
    return Atomics.exchange(this.words, 0, 0);
  }
}
