import * as Comlink from 'comlink';
import { Attention, ControlBlock } from '../link/control-block.ts';
import { GuestMemory } from '../ring/guest-memory.ts';
import { DeviceTrace } from '../trace/device-trace.ts';
import { TraceRing } from '../trace/ring.ts';
import type { DeviceDescription, SaveOptions } from './device.ts';
import type { DeviceFactory, MadeDevice } from './factory.ts';
import { DeviceRuntime, type RuntimeListeners, type RuntimeState } from './runtime.ts';
import type { QueueStep } from './steps.ts';

/** The parts of the machine that a worker shares with the CPU thread. */
export interface SharedParts {
  /** The buffer that holds the guest's RAM ... */
  ram: SharedArrayBuffer;
  /** ... from this byte on ... */
  ramOffset: number;
  /** ... for so many bytes. */
  ramSize: number;
  /** Buffer of the machine's `Attention` word. */
  attention: SharedArrayBuffer;
  /** The device's bit in it. */
  index: number;
  /** What messages call the device, for example "Disk vda". */
  name?: string;
}

/** What the machine needs to plug a device in. */
export interface DeviceSetUp {
  description: DeviceDescription;
  /** Buffer of the device's `ControlBlock`; it has a queue for each of `description.queueSizes`. */
  control: SharedArrayBuffer;
}

/**
 * What a device worker offers the page, through Comlink: `setUp` first, then `serve`, whose
 * promise lasts as long as the device. The rest may be called while it serves.
 *
 * A worker that has nothing to do sleeps and hears no messages. So before each call that comes
 * after `serve` the page adds 1 to `Word.mail` and signals the control block; the loop then turns
 * until the call has arrived.
 */
export class DeviceService {
  readonly #load: (kind: string) => Promise<DeviceFactory>;
  readonly #listeners: RuntimeListeners;
  /** The device's place. */
  #index = 0;
  #made: MadeDevice | null = null;
  #control: ControlBlock | null = null;
  #runtime: DeviceRuntime | null = null;

  /**
   * @param load finds the function that makes devices of a kind
   * @param listeners hear of the device while it works
   */
  constructor(load: (kind: string) => Promise<DeviceFactory>, listeners: RuntimeListeners = {}) {
    this.#load = load;
    this.#listeners = listeners;
  }

  /**
   * Makes the device and the memory that it shares with the CPU thread.
   * @throws DeviceError (its code is the error's `name`) when the options cannot be met
   */
  async setUp(kind: string, options: unknown, parts: SharedParts): Promise<DeviceSetUp> {
    const make = await this.#load(kind);
    this.#index = parts.index;
    this.#made = await make(options as never);
    const { description } = this.#made.device;
    const queueCount = description.queueSizes.length;
    const buffer = new SharedArrayBuffer(ControlBlock.byteLength(queueCount));
    this.#control = new ControlBlock(buffer, queueCount);
    this.#runtime = new DeviceRuntime(this.#made.device, {
      memory: new GuestMemory(parts.ram, parts.ramOffset, parts.ramSize),
      control: this.#control,
      attention: new Attention(parts.attention),
      index: parts.index,
      ...(parts.name !== undefined && { name: parts.name }),
      ...this.#listeners,
    });
    return { description, control: buffer };
  }

  /**
   * Serves the device until `Word.end` is set. @returns a promise that resolves once the device has
   * let go of its backend, and rejects when the device has crashed: nothing more is to be expected of it then
   */
  async serve(): Promise<void> {
    await this.#running().serve();
  }

  /**
   * A command of the device: see `DeviceCommands`. Arrays of bytes are handed over, not copied.
   * @throws TypeError for a command that the device does not have; whatever the command throws
   */
  async call(command: string, args: readonly unknown[]): Promise<unknown> {
    return this.#whileAwake(() => this.#perform(command, args));
  }

  /**
   * Opens the trace of this thread.
   * @param ring buffer of a `TraceRing` into which nobody else writes; null closes the trace
   * @param timeOrigin the page's `performance.timeOrigin`: times are told by its clock
   */
  trace(ring: SharedArrayBuffer | null, timeOrigin: number): void {
    const runtime = this.#running();
    runtime.mailHeard();
    const clockOffset = performance.timeOrigin - timeOrigin;
    const trace = ring && new DeviceTrace(new TraceRing(ring, clockOffset), this.#index);
    runtime.traceTo(trace);
  }

  /**
   * One step of a device that is held: see `DeviceRuntime.takeOne` and `publishOne`.
   * @param queue null for any
   */
  async step(what: 'take' | 'publish', queue: number | null): Promise<QueueStep | null> {
    const runtime = this.#running();
    runtime.mailHeard();
    if (what === 'take') return runtime.takeOne(queue);
    const step = runtime.publishOne(queue);
    // Until it is done the worker must hear its sync point and go on to other messages.
    runtime.track(step);
    return step;
  }

  /** What the device is, for a snapshot; see `DeviceRuntime.save`. Its arrays are handed over. */
  async save(options: SaveOptions): Promise<RuntimeState> {
    const saved = await this.#whileAwake((runtime) => runtime.save(options));
    return Comlink.transfer(saved, buffersOf(saved));
  }

  /** @throws DeviceError when the device cannot be what `state` tells */
  async accepts(state: RuntimeState): Promise<void> {
    await this.#whileAwake((runtime) => runtime.accepts(state));
  }

  /** The device becomes what `state` tells: see `DeviceRuntime.restore`. */
  async restore(state: RuntimeState): Promise<void> {
    await this.#whileAwake(async (runtime) => runtime.restore(state));
  }

  /** Does what the page asks for; until it has settled the worker must not sleep. */
  #whileAwake<Result>(work: (runtime: DeviceRuntime) => Promise<Result>): Promise<Result> {
    const runtime = this.#running();
    runtime.mailHeard();
    const result = work(runtime);
    runtime.track(result);
    return result;
  }

  async #perform(command: string, args: readonly unknown[]): Promise<unknown> {
    const commands = this.#made?.commands as Record<string, (...args: unknown[]) => unknown>;
    if (!Object.hasOwn(commands, command)) throw new TypeError(`no command ${command}`);
    const result = await commands[command](...args);
    return result instanceof Uint8Array ? Comlink.transfer(result, [result.buffer]) : result;
  }

  #running(): DeviceRuntime {
    if (this.#runtime === null) throw new Error('the device is not set up');
    return this.#runtime;
  }
}

/** The buffers of all arrays of bytes and numbers in `value`. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  return Object.values(value).flatMap(buffersOf);
}
