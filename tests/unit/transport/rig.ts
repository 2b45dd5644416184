import { BusMap } from '../../../src/bus/bus-map.ts';
import { DeviceRuntime } from '../../../src/devices/runtime.ts';
import { Attention, ControlBlock } from '../../../src/link/control-block.ts';
import type { DriverFlag } from '../../../src/link/description.ts';
import { PciBus } from '../../../src/pci/bus.ts';
import type { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { DeviceLink } from '../../../src/transport/device-link.ts';
import { Feature } from '../../../src/transport/features.ts';
import { Patience } from '../../../src/transport/patience.ts';
import { VirtioPciDevice } from '../../../src/transport/virtio-pci.ts';
import { align, Driver, layoutAt, layoutLength, type Segment } from '../../support/driver.ts';
import { EchoDevice } from '../../support/echo-device.ts';
import { CanaryMemory, sameWords } from '../../support/harness.ts';
import { PciGuest } from '../../support/pci-guest.ts';
import { FakeController } from '../pci/fake-controller.ts';

export {
  BAR_LENGTH,
  Common,
  DEVICE_CONFIGURATION,
  ISR,
  ISR_CONFIGURATION,
  ISR_QUEUE,
  NOTIFY,
} from '../../support/pci-guest.ts';

export const SLOT = 2;
/** The line that firmware gives to slot 2. */
export const LINE = 9;
const RAM = 1024 * 1024;
/** Where allocation begins. */
const FIRST_ALLOCATED = 4096;
/** A device that still changes after this many rounds never comes to rest. */
const MAXIMUM_ROUNDS = 10_000;

/** The CPU thread's view of the shared words: the worker may get its turn at each look at one. */
class WorkedAttention extends Attention {
  work: () => void = () => {};

  override peek(): number {
    this.work();
    return super.peek();
  }
}

class WorkedControl extends ControlBlock {
  work: () => void = () => {};

  override load(word: number): number {
    this.work();
    return super.load(word);
  }
}

export interface RigOptions {
  queueSizes?: readonly number[];
  /** Feature bits of the device itself. */
  features?: readonly number[];
  /** Feature bits that are withheld. */
  withheldFeatures?: readonly number[];
  driverFlags?: readonly DriverFlag[];
  /** Bytes of RAM; 1 MiB unless told. */
  memorySize?: number;
  /** The rig whose RAM and interrupt controller this one has: it goes on in its place. */
  after?: Rig;
  /** How long the CPU thread may wait for the worker, in milliseconds; for ever unless told. */
  patience?: number;
  /** Queues whose driver polls; none unless told. */
  polledQueues?: readonly number[];
}

/**
 * A whole virtio device as the guest sees it: ports, PCI bus, transport, control block; with an
 * echo device behind it whose worker is played in this thread, by `poll`. A driver does with it
 * what a driver does, and nothing else happens.
 *
 *     const rig = new Rig();
 *     const driver = rig.start();
 *     driver.add([rig.buffer('hello')], [rig.space(16)]);
 *     rig.notify(0);
 *     rig.pump();
 */
export class Rig extends PciGuest {
  readonly ram: CanaryMemory;
  readonly memory: GuestMemory;
  readonly controller: FakeController;
  readonly bus: PciBus;
  readonly device: EchoDevice;
  readonly control: WorkedControl;
  readonly attention: WorkedAttention;
  readonly runtime: DeviceRuntime;
  readonly link: DeviceLink;
  readonly pci: VirtioPciDevice;
  /** What the link did that tests look at the order of. */
  readonly dropped: Segment[] = [];
  /** Called for each range whose code is dropped. */
  onDrop: (range: Segment) => void = () => {};
  /** How often the CPU was asked to end its slice. */
  sliceEnds = 0;
  readonly processor = { interruptsOff: false, endSlice: () => this.sliceEnds++ };
  readonly #index = 5;
  /** Where the next allocation begins. */
  readonly #allocation: { next: number };

  constructor({
    queueSizes = [64, 64],
    features = [],
    withheldFeatures = [],
    driverFlags = [],
    memorySize = RAM,
    patience = Number.POSITIVE_INFINITY,
    polledQueues = [],
    after,
  }: RigOptions = {}) {
    super(new BusMap(9), SLOT);
    this.controller = after?.controller ?? new FakeController();
    this.bus = new PciBus(this.ports, this.controller, () => {});
    this.ram = after?.ram ?? new CanaryMemory(memorySize);
    this.#allocation = after === undefined ? { next: FIRST_ALLOCATED } : after.#allocation;
    this.memory = this.ram.memory;
    this.device = new EchoDevice(queueSizes);
    const description = { ...this.device.description, features, withheldFeatures, driverFlags };
    const queues = queueSizes.length;
    this.control = new WorkedControl(
      new SharedArrayBuffer(ControlBlock.byteLength(queues)),
      queues,
    );
    this.attention = new WorkedAttention(new SharedArrayBuffer(Attention.byteLength));
    this.runtime = new DeviceRuntime(this.device, {
      memory: this.memory,
      control: new ControlBlock(this.control.buffer, queues),
      attention: this.attention,
      index: this.#index,
    });
    const dropCode = (address: number, length: number) => {
      this.dropped.push({ address, length });
      this.onDrop({ address, length });
    };
    this.link = new DeviceLink(
      this.#index,
      this.control,
      this.memory,
      this.attention,
      dropCode,
      polledQueues,
      new Patience(patience),
    );
    this.pci = new VirtioPciDevice(this.link, description, this.ports, this.bus, this.processor);
    this.bus.plug(this.pci.function);
    if (after === undefined) this.bus.assignResources(() => {});
  }

  /** Another rig of the same kind that goes on in the place of this one, with what a snapshot holds of it. */
  async restored(options: Omit<RigOptions, 'after'>): Promise<Rig> {
    const worker = structuredClone(await this.runtime.save({ keptDisks: 'referenced' }));
    const bus = structuredClone(this.bus.save());
    const pci = structuredClone(this.pci.save());
    const rig = new Rig({ ...options, after: this });
    rig.pci.restore(pci);
    rig.bus.restore(bus, new Map([[rig.pci.function, SLOT]]));
    rig.runtime.restore(worker);
    return rig;
  }

  get interrupted(): boolean {
    return this.controller.isHigh(LINE);
  }

  // A driver's procedures.

  override negotiate(features: readonly number[] = [Feature.version1]): void {
    super.negotiate(features);
  }

  /** Sets queue `queue` up and enables it. @returns its driver */
  enableQueue(queue: number, size = 8): Driver {
    const layout = layoutAt(this.allocate(layoutLength(size)), size);
    const driver = new Driver(this.memory, layout, (length) => this.allocate(length));
    this.enableQueueAt(queue, layout);
    return driver;
  }

  /** All of it, with queue 0, and the worker's part of it. @returns the driver of queue 0 */
  start(features: readonly number[] = [Feature.version1], size = 8): Driver {
    this.negotiate(features);
    const driver = this.enableQueue(0, size);
    this.driverOk();
    this.pump();
    return driver;
  }

  /** Resets the device and lets the worker carry it out. */
  reset(): void {
    this.status = 0;
    this.poll();
    if (this.status !== 0) throw new Error('the reset is not done');
  }

  // The other thread, and the emulator.

  /** The worker looks once. */
  poll(): void {
    this.runtime.poll();
  }

  /**
   * From now on `work` happens whenever the CPU thread looks at a shared word: what the worker
   * does meanwhile. By default it polls.
   */
  meanwhile(work: () => void = () => this.poll()): void {
    let inside = false;
    const once = () => {
      if (inside) return;
      inside = true;
      work();
      inside = false;
    };
    this.attention.work = once;
    this.control.work = once;
  }

  /** The emulator passes a sync point. */
  syncPoint(): void {
    if (((this.attention.takeAll() >>> this.#index) & 1) === 1) this.pci.serviceAtSyncPoint();
  }

  /** Alternates `poll` and `syncPoint` until nothing changes any more. */
  pump(): void {
    let before = this.#state();
    for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
      this.poll();
      this.syncPoint();
      const after = this.#state();
      if (sameWords(after, before)) return;
      before = after;
    }
    throw new Error('the device never comes to rest');
  }

  /** The device changes its configuration space. */
  changeConfiguration(offset: number, bytes: readonly number[]): void {
    this.runtime.changeConfiguration((configuration) => configuration.set(bytes, offset));
  }

  /** The device gives up. */
  fail(): void {
    this.runtime.fail('a test wants it');
  }

  /** The worker dies, and the machine notices. */
  die(): void {
    this.link.declareDead();
    this.attention.request(this.#index);
    this.syncPoint();
  }

  // Guest memory.

  /** All guest memory that was allocated is free again, and the records are empty. */
  freeAll(): void {
    this.#allocation.next = FIRST_ALLOCATED;
    this.dropped.length = 0;
    this.controller.calls.length = 0;
    this.device.calls.length = 0;
  }

  /** Guest memory that nobody else uses, until `freeAll`. */
  allocate(length: number, alignment = 16): number {
    const address = align(this.#allocation.next, alignment);
    this.#allocation.next = address + length;
    return address;
  }

  buffer(text: string): Segment {
    const bytes = new TextEncoder().encode(text);
    const address = this.allocate(bytes.length);
    this.memory.copyIn(address, bytes, 0, bytes.length);
    return { address, length: bytes.length };
  }

  space(length: number): Segment {
    return { address: this.allocate(length), length };
  }

  text({ address, length }: Segment): string {
    return new TextDecoder().decode(this.ram.bytes.slice(address, address + length));
  }

  /** Every word that the two sides have for each other. */
  #state(): Int32Array {
    const { words } = this.control;
    const state = new Int32Array(words.length + 1);
    state.set(words);
    state[words.length] = this.attention.words[0];
    return state;
  }
}
