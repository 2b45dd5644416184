import {
  type Attention,
  CONFIGURATION_WRITE_CAPACITY,
  type ControlBlock,
  Word,
} from '../link/control-block.ts';
import { Feature } from '../link/features.ts';
import { nextTask } from '../link/next-task.ts';
import type { GuestMemory } from '../ring/guest-memory.ts';
import type { DeviceTrace } from '../trace/device-trace.ts';
import type { SaveOptions, VirtioDevice } from './device.ts';
import { DirtyList } from './dirty-list.ts';
import { DeviceError } from './errors.ts';
import { DeviceQueue, type QueueState } from './queue.ts';
import { Spinner } from './spinner.ts';
import { PublishSteps, type QueueStep } from './steps.ts';

/** Who hears of a device, on its thread. */
export interface RuntimeListeners {
  /** Hears what the backend cannot do; each kind of trouble once. */
  onTrouble?: (trouble: DeviceError) => void;
  /** Hears why the device needs a reset. */
  onFault?: (reason: string) => void;
}

/** What a runtime is made of: the shared parts, and which device of the machine it serves. */
export interface RuntimeParts extends RuntimeListeners {
  memory: GuestMemory;
  control: ControlBlock;
  attention: Attention;
  /** The device's bit in `attention`. */
  index: number;
  /** What messages call the device; by its bit, unless told. */
  name?: string;
}

/** The worker's part of a device in a snapshot. */
export interface RuntimeState {
  /** Bytes of the device configuration space, and their generation: see `Word`. */
  configuration: Uint8Array<ArrayBuffer>;
  configurationGeneration: number;
  needsReset: boolean;
  /** Null for one that is not set up. */
  queues: (QueueState | null)[];
  /** What the device itself has saved. */
  device: unknown;
}

/**
 * The worker's side of the link: hears doorbells, lets the device work, keeps the sync rule and
 * publishes.
 *
 * The sync rule, from here: the device writes buffers and inserts used elements; when it has done
 * all it can, the runtime posts the ranges that were written and asks for a sync. Once the CPU
 * thread has passed a sync point and dropped what its JIT knew of those ranges, the runtime
 * publishes the used indices and calls for attention; the CPU thread then decides about the
 * interrupt. Chains that come meanwhile are served at once and go into the next batch.
 */
export class DeviceRuntime {
  readonly memory: GuestMemory;
  readonly queues: DeviceQueue[] = [];
  /** Hears what happens on this thread, while a trace is open; set by `traceTo`. @internal */
  trace: DeviceTrace | null = null;
  readonly #device: VirtioDevice;
  readonly #control: ControlBlock;
  readonly #attention: Attention;
  readonly #index: number;
  readonly #name: string;
  readonly #dirty: DirtyList;
  readonly #spinner: Spinner;
  readonly #onTrouble: (trouble: DeviceError) => void;
  readonly #onFault: (reason: string) => void;
  readonly #told = new Set<string>();
  #mailHeard = 0;
  #asynchronous = 0;
  #unpublished = false;
  /** What of `Word.hold` was carried out. */
  #hold = 0;
  readonly #steps: PublishSteps;

  /** @internal */
  constructor(device: VirtioDevice, parts: RuntimeParts) {
    this.memory = parts.memory;
    this.#device = device;
    this.#control = parts.control;
    this.#attention = parts.attention;
    this.#index = parts.index;
    this.#name = parts.name ?? `device ${parts.index}`;
    this.#onTrouble = parts.onTrouble ?? (() => {});
    this.#onFault = parts.onFault ?? (() => {});
    this.#dirty = new DirtyList(parts.control);
    this.#spinner = new Spinner(parts.control);
    for (let queue = 0; queue < parts.control.queueCount; queue++) {
      this.queues.push(new DeviceQueue(queue, parts.memory, parts.control, this.#dirty));
    }
    this.#steps = new PublishSteps(this.queues);
    device.attach(this);
  }

  /** True when feature bit `bit` (0 to 63) was negotiated. */
  hasFeature(bit: number): boolean {
    const word = this.#control.load(bit < 32 ? Word.featuresLow : Word.featuresHigh);
    return ((word >>> (bit % 32)) & 1) === 1;
  }

  /** The device configuration space. Once the driver may see it, only `changeConfiguration` writes. */
  get configuration(): Uint8Array<SharedArrayBuffer> {
    return this.#control.configuration;
  }

  /** The machine is paused, or the device is held: it does nothing. */
  get standsStill(): boolean {
    return this.#paused || this.#held;
  }

  /** True once the driver has set DRIVER_OK, until it resets the device. */
  get driverOk(): boolean {
    return this.#control.load(Word.driverOk) === 1;
  }

  /**
   * Changes the device configuration space and tells the driver (VIRTIO 1.4, 2.5).
   * @param change writes the new bytes; whoever reads meanwhile finds out by the generation
   */
  changeConfiguration(change: (configuration: Uint8Array<SharedArrayBuffer>) => void): void {
    Atomics.add(this.#control.words, Word.configurationGeneration, 1);
    change(this.configuration);
    Atomics.add(this.#control.words, Word.configurationGeneration, 1);
    this.#attention.request(this.#index);
  }

  /** Gives up until the driver resets the device: DEVICE_NEEDS_RESET (VIRTIO 1.4, 2.1.2). */
  fail(reason: string): void {
    if (this.#control.load(Word.needsReset) === 1) return;
    console.warn(`ringbox: ${this.#name} needs a reset: ${reason}`);
    this.#onFault(reason);
    this.trace?.needsReset();
    this.#control.store(Word.needsReset, 1);
    this.#attention.request(this.#index);
  }

  /**
   * A request has failed for a reason outside of the guest. The guest learns that it failed;
   * whoever runs the machine learns why, once for each kind of trouble.
   */
  tellTrouble(reason: unknown): void {
    console.warn(`ringbox: ${this.#name} could not do what the guest asked:`, reason);
    if (!(reason instanceof DeviceError) || this.#told.has(reason.code)) return;
    this.#told.add(reason.code);
    this.#onTrouble(reason);
  }

  /** Keeps the worker's event loop turning until `operation` has settled. */
  track(operation: Promise<unknown>): void {
    this.#asynchronous++;
    const done = () => {
      this.#asynchronous--;
      this.#control.signal();
    };
    operation.then(done, done);
  }

  /** Opens the trace of this thread, or closes it with null. @internal */
  traceTo(trace: DeviceTrace | null): void {
    this.trace = trace;
    for (const queue of this.queues) queue.trace = trace;
  }

  /**
   * Lets a device that is held take one chain: of queue `queue`, or for null of the first from which it takes one.
   * @returns what was taken; null when nothing was, or the device is not held
   * @internal
   */
  takeOne(queue: number | null): QueueStep | null {
    if (!this.#held || this.#paused) return null;
    const run = () => {
      if (this.#control.load(Word.needsReset) === 0) this.#device.run();
    };
    let taken: QueueStep | null = null;
    for (const each of this.queues) {
      if (taken !== null || (queue !== null && each.index !== queue)) continue;
      const index = each.takeOne(run);
      if (index !== null) taken = { queue: each.index, index };
    }
    this.#reportFaults();
    return taken;
  }

  /**
   * Lets a device that is held publish one used element, by the sync rule: of queue `queue`, or for null of the first
   * that has one. Resolves when the driver can see it, which takes a sync point.
   * @returns null when there is none, or the device is not held any more
   * @internal
   */
  publishOne(queue: number | null): Promise<QueueStep | null> {
    if (!this.#held) return Promise.resolve(null);
    const step = this.#steps.add(queue);
    this.#control.signal();
    return step;
  }

  /** What the device is, for a snapshot; its machine is paused. @internal */
  async save(options: SaveOptions): Promise<RuntimeState> {
    this.#hearConfigurationWrites();
    return {
      configuration: new Uint8Array(this.configuration),
      configurationGeneration: this.#control.load(Word.configurationGeneration),
      needsReset: this.#control.load(Word.needsReset) === 1,
      queues: this.queues.map((queue) => queue.save()),
      device: await this.#device.save(options),
    };
  }

  /** @throws DeviceError when the device cannot be what `state` tells; it stays what it is either way @internal */
  async accepts(state: RuntimeState): Promise<void> {
    await this.#device.accepts(state.device);
  }

  /**
   * Becomes what `state` tells. The machine is paused, and the CPU thread has put its part of the control
   * block there: features, and where the queues are.
   * @internal
   */
  restore(state: RuntimeState): void {
    const control = this.#control;
    for (const queue of this.queues) queue.tearDown();
    this.#device.reset();
    control.store(Word.configurationWriteTail, control.load(Word.configurationWriteHead));
    // All that was written is new to the CPU thread anyway: nobody waits for a sync any more.
    control.store(Word.syncRequest, control.load(Word.syncDone));
    this.#unpublished = false;
    this.configuration.set(state.configuration);
    control.store(Word.configurationGeneration, state.configurationGeneration);
    control.store(Word.needsReset, state.needsReset ? 1 : 0);
    this.queues.forEach((queue, index) => {
      queue.restore(state.queues[index], this.hasFeature(Feature.indirectDescriptors));
    });
    this.#device.restore(state.device);
  }

  /** A Comlink call has arrived: see `Word.mail`. @internal */
  mailHeard(): void {
    this.#mailHeard = (this.#mailHeard + 1) | 0;
  }

  /** Serves the device until `Word.end` is set. Blocks the worker while there is nothing to do. @internal */
  async serve(): Promise<void> {
    while (this.#control.load(Word.end) === 0) {
      const signal = this.#control.load(Word.signal);
      this.poll();
      if (this.#control.load(Word.signal) !== signal) continue;
      if (this.#control.load(Word.mail) !== this.#mailHeard) {
        await nextTask();
        continue;
      }
      // Work that only waits for the CPU thread's sync is still work: worth spinning for.
      const awaitsSync = this.#held ? this.#steps.waiting : this.#unpublished;
      this.#control.store(Word.busy, awaitsSync ? 1 : 0);
      if (this.#asynchronous > 0) await this.#control.untilSignal(signal);
      else this.#spinner.waitForSignal(signal, awaitsSync ? SYNC_SPIN : 0);
    }
    await this.#device.close();
  }

  /** One look at everything the CPU thread may have said, and the work that follows from it. @internal */
  poll(): void {
    const pause = this.#control.load(Word.pause);
    const hold = this.#control.load(Word.hold);
    this.#carryOutResets();
    this.#control.store(Word.paused, pause);
    if (hold !== this.#hold) this.#carryOutHold(hold);
    if ((pause & 1) === 1) return;
    this.#hearConfigurationWrites();
    if (this.#held) {
      this.#publishStep();
      return;
    }
    // Before the work as well: a synced batch need not wait until the next one is done.
    this.#publishWhenSynced();
    if (this.#control.load(Word.needsReset) === 0) this.#device.run();
    this.#publishWhenSynced();
    this.#askForSync();
    this.#reportFaults();
  }

  #carryOutResets(): void {
    const request = this.#control.load(Word.resetRequest);
    const resetting = request !== this.#control.load(Word.resetDone);
    if (resetting) {
      // What the driver wrote before its reset belongs to the life that ends here.
      this.#hearConfigurationWrites();
      // A sync that was asked for stays asked for, since the CPU thread may be reading the posted
      // list; and what was written without having been posted is posted with the next batch.
      for (const queue of this.queues) queue.tearDown();
      this.#device.reset();
      this.#control.store(Word.needsReset, 0);
    }
    for (const queue of this.queues) {
      const configure = queue.configureRequest();
      if (configure === queue.configured) continue;
      queue.configure(this.hasFeature(Feature.indirectDescriptors));
      this.#device.queueReset(queue.index);
      this.trace?.resetDone(queue.index);
      queue.acknowledgeConfigure(configure);
    }
    if (!resetting) return;
    this.trace?.resetDone();
    // Last: from here on the driver may set queues up anew, and may have done so already.
    this.#control.store(Word.resetDone, request);
    this.#attention.request(this.#index);
  }

  get #paused(): boolean {
    return (this.#control.load(Word.pause) & 1) === 1;
  }

  get #held(): boolean {
    return (this.#hold & 1) === 1;
  }

  #carryOutHold(hold: number): void {
    this.#hold = hold;
    for (const queue of this.queues) {
      if (this.#held) queue.hold();
      else queue.release();
    }
    if (!this.#held) this.#steps.cancel();
    this.#control.store(Word.held, hold);
  }

  /** The sync rule for a device that is held: as below, but element by element. */
  #publishStep(): void {
    const queue = this.#steps.next();
    if (queue === null) return;
    if (this.#control.load(Word.syncRequest) !== this.#control.load(Word.syncDone)) return;
    if (!queue.hasBatch) {
      this.#requestSync();
      return;
    }
    this.#steps.finish({ queue: queue.index, index: queue.publishOne() });
    this.#attention.request(this.#index);
    // There may be another step, of another batch.
    this.#control.signal();
  }

  #hearConfigurationWrites(): void {
    const control = this.#control;
    let tail = control.load(Word.configurationWriteTail);
    const head = control.load(Word.configurationWriteHead);
    for (let heard = 0; tail !== head && heard < CONFIGURATION_WRITE_CAPACITY; heard++) {
      const base = control.configurationWriteBase(tail);
      const value = control.load(base + 2) >>> 0;
      this.#device.configurationWritten(control.load(base), control.load(base + 1), value);
      tail = (tail + 1) | 0;
      control.store(Word.configurationWriteTail, tail);
    }
  }

  #publishWhenSynced(): void {
    if (!this.#unpublished) return;
    if (this.#control.load(Word.syncRequest) !== this.#control.load(Word.syncDone)) return;
    this.#unpublished = false;
    // Last queue first: what a console says on its control queue, that a port has ended, must not be
    // seen before the port's last bytes.
    for (let queue = this.queues.length - 1; queue >= 0; queue--) this.queues[queue].publish();
    this.#attention.request(this.#index);
  }

  #askForSync(): void {
    if (!this.#unpublished) this.#requestSync();
  }

  /** Asks for a sync of all that was given back and is not published. No other is outstanding. */
  #requestSync(): void {
    let batch = false;
    for (const queue of this.queues) batch = queue.closeBatch() || batch;
    if (!batch) return;
    const ranges = this.#dirty.post();
    this.#unpublished = true;
    const request = (this.#control.load(Word.syncRequest) + 1) | 0;
    this.trace?.syncAsked(request, ranges);
    this.#control.store(Word.syncRequest, request);
    this.#attention.request(this.#index);
  }

  #reportFaults(): void {
    for (const queue of this.queues) {
      if (queue.fault !== null) this.fail(`queue ${queue.index}: ${queue.fault}`);
    }
  }
}

/**
 * An answer to a sync request is spun for so long, in milliseconds: the CPU thread has often been
 * waiting for the request, and comes to a sync point within a slice otherwise. A worker that sleeps by
 * then is late for its publication, and the CPU thread goes to sleep over it in turn.
 */
const SYNC_SPIN = 1;
