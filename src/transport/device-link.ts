import {
  type Attention,
  CONFIGURATION_SPACE_SIZE,
  CONFIGURATION_WRITE_CAPACITY,
  type ControlBlock,
  QueueWord,
  Word,
} from '../link/control-block.ts';
import { nextTask } from '../link/next-task.ts';
import type { GuestMemory } from '../ring/guest-memory.ts';
import { QueueNotifications } from '../ring/notifications.ts';
import { layoutFault, type QueueLayout } from '../ring/virtqueue.ts';
import type { DeviceTrace } from '../trace/device-trace.ts';
import { NO_QUEUE } from '../trace/events.ts';
import { Feature, FeatureBits } from './features.ts';
import { Patience } from './patience.ts';

/** How long a worker is given to answer while the guest stands still, in milliseconds. */
const SHORT_WAIT = 0.05;
/**
 * The same where the guest would do nothing but poll. To sleep instead until the device asks takes the page's thread
 * half a millisecond, as a rule.
 */
const POLLED_WAIT = 0.5;
/** A reset is waited for this long before the driver has to poll for its end. */
const RESET_WAIT = 2;

/** What the driver is to be told after a sync point. */
export interface Interrupts {
  queue: boolean;
  configuration: boolean;
}

/** How far driver and device are with a queue, as the shared words say; all 0 while it is not enabled. */
export interface QueuePositions {
  /** The available index that the last doorbell carried. */
  doorbell: number;
  /** The available index up to which chains were taken. */
  taken: number;
  /** The used index up to which elements were inserted. */
  returned: number;
  /** The used index that the driver sees. */
  published: number;
}

/** The CPU thread's part of a device in a snapshot. */
export interface LinkState {
  /** Feature bits 0 to 31 and 32 to 63, as negotiated. */
  features: [number, number];
  driverOk: boolean;
  queues: LinkQueueState[];
  /** The driver's view of the configuration space. */
  configuration: Uint8Array<ArrayBuffer>;
  /** Its generation (see `Word`), the one that the driver was told of, and the one that it looked at first. */
  generation: number;
  generationTold: number;
  generationLookedAt: number;
  flagChanges: number;
  /** Queues and used indices of which interrupts were withheld. */
  withheld: [number, number][];
}

/** Words of a queue that the CPU thread writes, and that a snapshot holds: see `QueueWord`. */
const QUEUE_PLACE = [
  'queueSize',
  'descriptorTable',
  'availableRing',
  'usedRing',
  'doorbell',
] as const;

type QueuePlace = Record<(typeof QUEUE_PLACE)[number], number>;

interface LinkQueueState extends QueuePlace {
  enabled: boolean;
  /** The used index up to which the driver was told, or it was decided that it is not. */
  notified: number;
}

/**
 * The CPU thread's side of the link to one device worker. It keeps both rules:
 *
 * - the doorbell rule: `ringDoorbell` reads the available index while the guest stands still and
 *   hands it to the worker, which consumes up to there and never polls guest memory;
 * - the sync rule: `sync` drops compiled code of what the worker wrote, and only then lets it
 *   publish. See src/link/README.md.
 */
export class DeviceLink {
  /** Bit of this device in the machine's attention word. */
  readonly index: number;
  /** Hears what happens on this thread, while a trace is open. */
  trace: DeviceTrace | null = null;
  readonly #control: ControlBlock;
  readonly #memory: GuestMemory;
  readonly #attention: Attention;
  readonly #dropCode: (address: number, length: number) => void;
  readonly #notifications: (QueueNotifications | null)[];
  readonly #notified: number[];
  readonly #polled: readonly number[];
  readonly #patience: Patience;
  readonly #interrupts: Interrupts = { queue: false, configuration: false };
  #generationTold = 0;
  /** The generation that the driver saw when it first looked after the last reset; -1 before that. */
  #generationLookedAt = -1;
  /** The driver's view of the configuration space, and the generation (see `Word`) that it has. */
  readonly #shown = new Uint8Array(CONFIGURATION_SPACE_SIZE);
  #shownGeneration = -1;
  /** Changes of the driver's flags, which the worker's generation does not count. */
  #flagChanges = 0;
  readonly #copy = new Uint8Array(CONFIGURATION_SPACE_SIZE);
  /** Whether waiting at doorbells has lately been worth it, from 0 to 8. */
  #doorbellLuck = 4;
  #doorbells = 0;
  #dead = false;
  #undecided = false;
  #withholding = false;
  #delivering = false;
  readonly #withheld = new Map<number, number>();
  /** What is waited for again and again; made once, since doorbells must allocate nothing. */
  readonly #hasAttention = () => ((this.#attention.peek() >>> this.index) & 1) === 1;
  readonly #syncWanted = () =>
    this.#control.load(Word.syncRequest) !== this.#control.load(Word.syncDone);

  constructor(
    index: number,
    control: ControlBlock,
    memory: GuestMemory,
    attention: Attention,
    dropCode: (address: number, length: number) => void,
    polledQueues: readonly number[] = [],
    patience = new Patience(Number.POSITIVE_INFINITY),
  ) {
    this.#patience = patience;
    this.index = index;
    this.#control = control;
    this.#memory = memory;
    this.#attention = attention;
    this.#dropCode = dropCode;
    this.#polled = polledQueues;
    this.#notifications = new Array(control.queueCount).fill(null);
    this.#notified = new Array(control.queueCount).fill(0);
    this.#showConfiguration();
  }

  /** How far queue `queue` is. The worker may go on meanwhile: what is ahead is read last. */
  positions(queue: number): QueuePositions {
    const base = this.#control.queueBase(queue);
    if (this.#control.load(base + QueueWord.enabled) === 0) {
      return { doorbell: 0, taken: 0, returned: 0, published: 0 };
    }
    const published = this.#control.load(base + QueueWord.published);
    const returned = this.#control.load(base + QueueWord.returned);
    const taken = this.#control.load(base + QueueWord.taken);
    return { published, returned, taken, doorbell: this.#control.load(base + QueueWord.doorbell) };
  }

  /** Whether the device works on the chain that begins at descriptor `head` of queue `queue`. */
  isUnderWay(queue: number, head: number): boolean {
    return this.#control.isUnderWay(queue, head);
  }

  /** The machine is paused. */
  get paused(): boolean {
    return (this.#control.load(Word.pause) & 1) === 1;
  }

  /** Chains that the device has given back since the machine was made. */
  get completed(): number {
    return this.#control.load(Word.completed) >>> 0;
  }

  /** A driver that polls has rung the doorbell for a chain that it has not got back. */
  get isPolled(): boolean {
    for (const queue of this.#polled) {
      const base = this.#control.queueBase(queue);
      if (this.#control.load(base + QueueWord.enabled) === 0) continue;
      const doorbell = this.#control.load(base + QueueWord.doorbell);
      if (doorbell !== this.#control.load(base + QueueWord.published)) return !this.#dead;
    }
    return false;
  }

  /**
   * A driver that polls may see by itself what it would be told, and say so in `used_event` (VIRTIO 1.4, 2.7.10)
   * before it takes interrupts again: then it need not be told. To be looked at once more by `takeInterrupts` when
   * the CPU takes interrupts, and at the next doorbell.
   */
  get undecided(): boolean {
    return this.#undecided;
  }

  /** The worker has something to do and will be done soon. */
  get busy(): boolean {
    return !this.#dead && this.#control.load(Word.busy) === 1;
  }

  get needsReset(): boolean {
    return this.#dead || this.#control.load(Word.needsReset) === 1;
  }

  /** The device configuration space as the driver sees it: always one whole generation of it. */
  get configuration(): Uint8Array {
    const configuration = this.presentConfiguration;
    if (this.#generationLookedAt === -1) this.#generationLookedAt = this.#shownGeneration;
    return configuration;
  }

  /** The same for somebody who only looks: the driver has not seen it by that. */
  get presentConfiguration(): Uint8Array {
    this.#showConfiguration();
    return this.#shown;
  }

  /** The generation of what `configuration` is (PCI-013), modulo 256. */
  get configurationGeneration(): number {
    this.#showConfiguration();
    return ((this.#shownGeneration >>> 1) + this.#flagChanges) & 0xff;
  }

  /** Sets one of the driver's flags, for the driver and for the worker. */
  setDriverFlag(offset: number, value: number): void {
    const { configuration } = this.#control;
    if (Atomics.load(configuration, offset) === value) return;
    // No signal: the worker need not know before the next doorbell, which brings it along.
    Atomics.store(configuration, offset, value);
    this.#shown[offset] = value;
    this.#flagChanges++;
  }

  /** The worker has died: no driver should start with this device again. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** The worker has died: nothing more is to be expected of it. */
  declareDead(): void {
    this.#dead = true;
  }

  /** Begins a device reset; ask `resetDone`. */
  beginReset(): void {
    this.trace?.reset();
    this.#control.store(Word.driverOk, 0);
    this.#notifications.fill(null);
    this.#notified.fill(0);
    this.#withheld.clear();
    this.#undecided = false;
    this.#generationLookedAt = -1;
    // A queue whose set-up the worker has not seen yet must not come to life after the reset.
    for (let queue = 0; queue < this.#control.queueCount; queue++) {
      this.#control.store(this.#control.queueBase(queue) + QueueWord.enabled, 0);
    }
    Atomics.add(this.#control.words, Word.resetRequest, 1);
    this.#control.signal();
    this.#waitBriefly(() => this.resetDone, RESET_WAIT);
  }

  /** The worker touches no queue any more and has forgotten every request. */
  get resetDone(): boolean {
    if (this.#dead) return true;
    return this.#control.load(Word.resetRequest) === this.#control.load(Word.resetDone);
  }

  /** Resolves when the reset that was begun is done. */
  async untilReset(): Promise<void> {
    while (!this.resetDone) await nextTask();
  }

  /** Holds the worker between two requests. Resolves when it stands still. */
  async pause(): Promise<void> {
    this.trace?.paused();
    await this.#standStill(Word.pause, Word.paused);
  }

  /** Lets the worker go on. */
  resume(): void {
    if (this.paused) this.trace?.resumed();
    this.#goOn(Word.pause);
  }

  /** Holds this worker alone between two requests, while the guest goes on. Resolves when it stands still. */
  async hold(): Promise<void> {
    if (!this.held) this.trace?.held();
    await this.#standStill(Word.hold, Word.held);
  }

  /** The end of that. Interrupts that were withheld are told. */
  release(): void {
    if (this.held) {
      this.trace?.released();
      this.#goOn(Word.hold);
    }
    this.withholdInterrupts = false;
  }

  get held(): boolean {
    return (this.#control.load(Word.hold) & 1) === 1;
  }

  /**
   * While it is true, the driver is told of no used buffer and of no change of the configuration space. (That the device
   * needs a reset it is told all the same.) What it was not told is told afterwards, or by `deliverInterrupts`.
   */
  get withholdInterrupts(): boolean {
    return this.#withholding;
  }

  set withholdInterrupts(withhold: boolean) {
    this.#withholding = withhold;
    if (!withhold) this.deliverInterrupts();
  }

  /** At the next sync point the driver is told what was withheld. */
  deliverInterrupts(): void {
    if (this.#withheld.size === 0) return;
    this.#delivering = true;
    this.#attention.request(this.index);
  }

  /** What the driver is yet to be told of: queues with their used indices, and NO_QUEUE for a change. */
  get withheld(): ReadonlyMap<number, number> {
    return this.#withheld;
  }

  /** The features were negotiated. */
  setFeatures(features: FeatureBits): void {
    this.#control.store(Word.featuresLow, features.words[0]);
    this.#control.store(Word.featuresHigh, features.words[1]);
  }

  /** The driver is ready: the device may use its queues and notify. */
  setDriverOk(): void {
    // What the driver has seen may be from before a change that could not be told until now: sync points
    // look only where attention is asked for, and the worker's request is over.
    const looked = this.#generationLookedAt !== -1;
    this.#generationTold = looked ? this.#generationLookedAt : this.#generation;
    this.#attention.request(this.index);
    this.#control.store(Word.driverOk, 1);
    this.#control.signal();
  }

  /** Hands a queue to the worker and looks for chains that are there already. */
  enableQueue(queue: number, layout: QueueLayout, features: FeatureBits): void {
    this.trace?.queueEnabled(queue, layout.queueSize);
    const base = this.#control.queueBase(queue);
    this.#control.store(base + QueueWord.doorbell, 0);
    this.#control.store(base + QueueWord.queueSize, layout.queueSize);
    this.#control.store(base + QueueWord.descriptorTable, addressWord(layout.descriptorTable));
    this.#control.store(base + QueueWord.availableRing, addressWord(layout.availableRing));
    this.#control.store(base + QueueWord.usedRing, addressWord(layout.usedRing));
    this.#control.store(base + QueueWord.enabled, 1);
    this.#watch(queue, layout, features);
    this.#notified[queue] = 0;
    this.#configure(base);
    this.ringDoorbell(queue);
  }

  /** Begins the reset of one queue; ask `queueResetDone`. */
  disableQueue(queue: number): void {
    this.trace?.reset(queue);
    const base = this.#control.queueBase(queue);
    this.#control.store(base + QueueWord.enabled, 0);
    this.#notifications[queue] = null;
    this.#configure(base);
    this.#waitBriefly(() => this.queueResetDone(queue), RESET_WAIT);
  }

  /** The worker has let go of the queue, or has taken it up, as it was last asked. */
  queueResetDone(queue: number): boolean {
    if (this.#dead) return true;
    const base = this.#control.queueBase(queue);
    const request = this.#control.load(base + QueueWord.configureRequest);
    return request === this.#control.load(base + QueueWord.configureDone);
  }

  /**
   * The doorbell rule. The guest stands still, so its available index and everything before it
   * are as it wrote them; the store hands them over to the worker. `avail_event` is set to the
   * same index here, so that no later chain goes without a doorbell.
   */
  ringDoorbell(queue: number): void {
    const notifications = this.#notifications[queue];
    if (notifications === null || notifications === undefined) return;
    const available = notifications.availableIndex();
    notifications.requestNotification(available);
    this.trace?.doorbell(queue, available);
    this.#control.store(this.#control.queueBase(queue) + QueueWord.doorbell, available);
    this.#control.store(Word.busy, 1);
    this.#control.signal();
  }

  /**
   * Gives the worker a moment after a doorbell. A guest that polls the used ring would otherwise
   * wait for the next sync point, a hundred thousand instructions away.
   * @returns true when the device has done some work and asks for a sync
   */
  waitAfterDoorbell(queue: number): boolean {
    if (this.#polled.includes(queue)) return this.#waitBriefly(this.#syncWanted, POLLED_WAIT);
    this.#doorbells++;
    const probe = this.#doorbells % 16 === 0;
    if (this.#doorbellLuck === 0 && !probe) return false;
    const lucky = this.#waitBriefly(this.#syncWanted, SHORT_WAIT);
    this.#doorbellLuck = Math.min(8, Math.max(0, this.#doorbellLuck + (lucky ? 1 : -1)));
    return lucky;
  }

  /**
   * The sync rule, at a sync point: makes the sync that the worker has asked for, and gives it a
   * moment to publish, so that the interrupt need not wait for the next one.
   */
  sync(): void {
    const request = this.#control.load(Word.syncRequest);
    if (request === this.#control.load(Word.syncDone)) return;
    const ranges = this.#control.load(Word.dirtyCount);
    let bytes = 0;
    for (let range = 0; range < ranges; range++) {
      const base = this.#control.dirtyBase(range);
      const address = this.#control.words[base] >>> 0;
      const length = this.#control.words[base + 1] >>> 0;
      this.#dropCode(address, length);
      bytes += length;
    }
    this.trace?.syncPoint(request, bytes);
    // Whatever the worker has asked for is seen to here; its next word is that it has published.
    this.#attention.clear(this.index);
    this.#control.store(Word.syncDone, request);
    this.#control.signal();
    this.#waitBriefly(this.#hasAttention, SHORT_WAIT);
  }

  /**
   * What the driver is to be told of what the worker has published and changed since it was last
   * asked. The decision is made here, while the guest stands still: a worker that stored the used
   * index and then loaded `used_event` could miss the driver's store of the latter, since the
   * guest's memory barrier compiles to nothing.
   * @param interruptsOff the CPU takes none now: what a driver that polls would be told is left `undecided`
   */
  takeInterrupts(interruptsOff = false): Interrupts {
    this.#attention.clear(this.index);
    // All that is looked at below needs no bit any more, but a sync that was asked for meanwhile
    // is for the next sync point.
    if (this.#syncWanted()) this.#attention.request(this.index);
    this.#interrupts.queue = false;
    this.#interrupts.configuration = false;
    this.#undecided = false;
    for (let queue = 0; queue < this.#notifications.length; queue++) {
      const notifications = this.#notifications[queue];
      if (notifications === null) continue;
      const base = this.#control.queueBase(queue);
      const published = this.#control.load(base + QueueWord.published);
      const notified = this.#notified[queue];
      if (published === notified) continue;
      const wanted = notifications.wantsUsedNotification(notified, published);
      if (wanted && interruptsOff && this.#polled.includes(queue)) {
        this.#undecided = true;
        continue;
      }
      this.#notified[queue] = published;
      if (wanted) this.#tell(queue, published);
      else this.trace?.suppressed(queue, published);
    }
    const generation = this.#generation;
    if (generation !== this.#generationTold) this.#tell(NO_QUEUE, 0);
    this.#generationTold = generation;
    if (this.#delivering) this.#deliver();
    return this.#interrupts;
  }

  /** Passes a write to the device configuration space on. Waits a moment when many are queued. */
  writeConfiguration(offset: number, width: number, value: number): void {
    const control = this.#control;
    const head = control.load(Word.configurationWriteHead);
    const full = () =>
      (head - control.load(Word.configurationWriteTail)) >>> 0 >= CONFIGURATION_WRITE_CAPACITY;
    if (this.#dead || (full() && !this.#waitBriefly(() => !full(), RESET_WAIT))) return;
    const base = control.configurationWriteBase(head);
    control.store(base, offset);
    control.store(base + 1, width);
    control.store(base + 2, value);
    control.store(Word.configurationWriteHead, (head + 1) | 0);
    control.signal();
  }

  /** For a snapshot of the machine, which is paused. */
  save(): LinkState {
    const { words } = this.#control;
    return {
      features: [words[Word.featuresLow] >>> 0, words[Word.featuresHigh] >>> 0],
      driverOk: words[Word.driverOk] === 1,
      queues: this.#notified.map((notified, queue) => {
        const base = this.#control.queueBase(queue);
        const place = QUEUE_PLACE.map((name) => [name, words[base + QueueWord[name]] >>> 0]);
        const enabled = words[base + QueueWord.enabled] === 1;
        return { ...(Object.fromEntries(place) as QueuePlace), enabled, notified };
      }),
      configuration: this.#shown.slice(),
      generation: this.#shownGeneration,
      generationTold: this.#generationTold,
      generationLookedAt: this.#generationLookedAt,
      flagChanges: this.#flagChanges,
      withheld: [...this.#withheld],
    };
  }

  /**
   * Becomes what `state` tells, while the machine is paused. The worker has to do so afterwards, and before
   * anything goes on: see `DeviceRuntime.restore`.
   */
  restore(state: LinkState): void {
    const control = this.#control;
    const features = new FeatureBits();
    features.words.set(state.features);
    this.setFeatures(features);
    control.store(Word.driverOk, state.driverOk ? 1 : 0);
    state.queues.forEach((queue, index) => {
      const base = control.queueBase(index);
      for (const name of QUEUE_PLACE) control.store(base + QueueWord[name], queue[name]);
      control.store(base + QueueWord.enabled, queue.enabled ? 1 : 0);
      this.#notifications[index] = null;
      if (queue.enabled) this.#watch(index, queue, features);
      this.#notified[index] = queue.notified;
    });
    this.#shown.set(state.configuration);
    this.#shownGeneration = state.generation;
    this.#generationTold = state.generationTold;
    this.#generationLookedAt = state.generationLookedAt;
    this.#flagChanges = state.flagChanges;
    this.#withheld.clear();
    this.#undecided = false;
    for (const [queue, index] of state.withheld) this.#withheld.set(queue, index);
    if (!this.#withholding) this.deliverInterrupts();
    // What was published and not told yet is told at the next sync point; what was not done is gone on with.
    this.#attention.request(this.index);
    control.store(Word.busy, 1);
  }

  /** From here on the driver is asked for doorbells of `queue`, and told of its used buffers. */
  #watch(queue: number, layout: QueueLayout, features: FeatureBits): void {
    // A queue that makes no sense is handed over all the same: the worker answers for it.
    const sound = layoutFault(this.#memory, layout) === null;
    const eventIndex = features.has(Feature.eventIndex);
    this.#notifications[queue] = sound
      ? new QueueNotifications(this.#memory, layout, eventIndex)
      : null;
  }

  /** The worker's newest generation. An odd one is a change that is being made: it tells when it is whole. */
  get #generation(): number {
    return this.#control.load(Word.configurationGeneration) & ~1;
  }

  /**
   * Takes the worker's newest generation over, unless it is just being written: an odd number
   * before, or another one after the copy. Then the driver goes on with the one it knows.
   */
  #showConfiguration(): void {
    const generation = this.#control.load(Word.configurationGeneration);
    if (generation === this.#shownGeneration || (generation & 1) === 1) return;
    // Atomic loads keep their order, also before the one that looks at the generation again.
    const { configuration } = this.#control;
    const copy = this.#copy;
    for (let byte = 0; byte < copy.length; byte++) copy[byte] = Atomics.load(configuration, byte);
    if (this.#control.load(Word.configurationGeneration) !== generation) return;
    this.#shown.set(copy);
    this.#shownGeneration = generation;
  }

  /** The driver is to be told of `queue` up to used index `index`, or with NO_QUEUE of a change. */
  #tell(queue: number, index: number): void {
    if (this.#withholding) {
      this.#withheld.set(queue, index);
      this.trace?.withheld(queue, index);
      return;
    }
    if (queue === NO_QUEUE) this.#interrupts.configuration = true;
    else this.#interrupts.queue = true;
    this.trace?.interrupt(queue, index);
  }

  #deliver(): void {
    this.#delivering = false;
    const withholding = this.#withholding;
    this.#withholding = false;
    for (const [queue, index] of this.#withheld) this.#tell(queue, index);
    this.#withheld.clear();
    this.#withholding = withholding;
  }

  /** Asks the worker to stand still by `word`, and waits until it says by `answer` that it does. */
  async #standStill(word: number, answer: number): Promise<void> {
    const request = (this.#control.load(word) | 1) + 2;
    this.#control.store(word, request);
    this.#control.signal();
    // That the worker may go on ends the waiting as well.
    while (
      !this.#dead &&
      this.#control.load(word) === request &&
      this.#control.load(answer) !== request
    ) {
      await nextTask();
    }
  }

  #goOn(word: number): void {
    this.#control.store(word, (this.#control.load(word) | 1) + 1);
    this.#control.signal();
  }

  #configure(base: number): void {
    Atomics.add(this.#control.words, base + QueueWord.configureRequest, 1);
    this.#control.signal();
  }

  /** Spins until `done` or for `milliseconds`, as far as the patience goes: nobody may block. */
  #waitBriefly(done: () => boolean, milliseconds: number): boolean {
    const start = performance.now();
    const allowed = this.#patience.grant(milliseconds);
    let spent = 0;
    let reached = false;
    do {
      for (let looks = 0; looks < 32 && !reached; looks++) reached = done();
      spent = performance.now() - start;
    } while (!reached && !this.#dead && spent < allowed);
    this.#patience.spend(spent);
    return reached;
  }
}

/** An address as a control word; beyond 4 GiB it becomes one that no queue can have. */
function addressWord(address: number): number {
  return Math.min(address, 0xffffffff);
}
