/**
 * A page on which drivers change the memory of their devices while these work: the product's own
 * workers and transport, and in place of the emulator the test's drivers and its mutators.
 */
import { BusMap } from '../../src/bus/bus-map.ts';
import type { ChangeListing } from '../../src/devices/block/memory-backend.ts';
import { Attention } from '../../src/link/control-block.ts';
import { nextTask } from '../../src/link/next-task.ts';
import { type PortRings, planConsole, planDisk, planRng } from '../../src/machine/assembly.ts';
import type { DevicePlan } from '../../src/machine/device-bay.ts';
import { DeviceHost } from '../../src/machine/device-host.ts';
import { SyncPoints } from '../../src/machine/sync-points.ts';
import { PciBus } from '../../src/pci/bus.ts';
import { RING_INDEX_OFFSET } from '../../src/ring/layout.ts';
import { DeviceLink } from '../../src/transport/device-link.ts';
import { Feature, Status } from '../../src/transport/features.ts';
import { Patience } from '../../src/transport/patience.ts';
import { VirtioPciDevice } from '../../src/transport/virtio-pci.ts';
import { CanaryMemory } from './harness.ts';
import { HonestDrivers } from './honest-drivers.ts';
import type { MutatorOptions } from './memory-mutator.ts';
import { constantPart, edgeOf, type Zone, type Zones, zonesAt } from './mutated-zones.ts';
import { Noise } from './noise.ts';
import { Common, PciGuest } from './pci-guest.ts';

/** What a test wants. */
export interface ChangingOptions {
  /** How long memory is changed. */
  milliseconds: number;
  seed: number;
}

/** What came of one device. Times are in milliseconds. */
export interface ChangingFigures {
  kind: string;
  /** Chains that it has given back. */
  chains: number;
  /** Times that it was found to need a reset. */
  failures: number;
  /** Resets of the whole device, and of single queues. */
  resets: number;
  queueResets: number;
  doorbells: number;
  /** Changes that were made to its memory. */
  mutations: number;
  /** The longest time from a reset to its being done. */
  longestReset: number;
  /** The longest time from doorbells to the device's being at rest again, or needing a reset. */
  longestDoorbell: number;
}

export interface ChangingReport {
  devices: ChangingFigures[];
  /** What should not have happened. */
  problems: string[];
  /** Bytes that the console has passed to the page, and taken from it. */
  transmitted: number;
  received: number;
  /** Bytes of the disk, in units of its pages, that were changed. */
  changed: number;
}

/** What somebody at the page types. */
const TYPED = new Uint8Array(64).fill(0x2e);
/** The driver here is no emulated processor, and there are no slices. */
const NO_SLICES = { interruptsOff: false, endedEarly: false, endSlice: () => {} };
const RAM = 8 * 1024 * 1024;
const GUARD_BYTE = 0xc3;
/** Entries of queues; those of the entropy device have fewer. */
const QUEUE_SIZE = 16;
/** What the CPU thread may wait for workers before the page has its turn, as in a machine. */
const PATIENCE = 5;
const FIRST_SLOT = 2;
/** An answer that takes longer than this is none: the test ends. */
const LONGEST_ANSWER = 30_000;

/** Changes memory for so long, then looks at what has become of memory and devices. */
export async function changeMemory(options: ChangingOptions): Promise<ChangingReport> {
  const machine = await ChangingMachine.create(options.seed);
  try {
    await machine.run(options.milliseconds).catch((error) => machine.problems.push(String(error)));
    return await machine.report();
  } finally {
    await machine.end();
  }
}

/** Devices in workers of their own on one RAM, a mutator for each, and the CPU thread's part. */
class ChangingMachine {
  readonly ram = new CanaryMemory(RAM);
  readonly problems: string[] = [];
  readonly rings: PortRings[];
  readonly #plans: DevicePlan[];
  readonly #ports = new BusMap(9);
  readonly #bus = new PciBus(this.#ports, { raiseInterrupt() {}, lowerInterrupt() {} }, () => {});
  readonly #attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
  readonly #patience = new Patience(PATIENCE);
  readonly #stop = new SharedArrayBuffer(4);
  readonly #drivers: ChangingDriver[] = [];
  #hosts: DeviceHost[] = [];
  /** Somebody at the page types and reads all the time. */
  #chatting = true;
  #transmitted = 0;
  #typed = 0;
  #received = 0;
  #syncPoints!: SyncPoints;

  private constructor() {
    const { plan, rings } = planConsole(['one']);
    this.rings = rings;
    const disk = planDisk({ image: new Blob(), size: 1024 * 1024, name: 'changing' }, 0);
    this.#plans = [plan, disk, planRng()];
    this.ram.bytes.fill(GUARD_BYTE);
  }

  static async create(seed: number): Promise<ChangingMachine> {
    const machine = new ChangingMachine();
    await machine.#startWorkers();
    machine.#plug();
    await Promise.all(machine.#drivers.map((driver, index) => driver.startMutator(seed + index)));
    return machine;
  }

  /** All devices at once, each with a driver that does its worst, then with an honest one. */
  async run(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    await Promise.all(this.#drivers.map((driver) => driver.runUntil(end)));
    Atomics.store(new Int32Array(this.#stop), 0, 1);
    await Promise.all(this.#drivers.map((driver) => driver.stopped()));
    await Promise.all(this.#drivers.map((driver) => driver.reset()));
    this.#lookForWrites();
    this.#chatting = false;
    this.#received = this.#typed - this.rings.reduce((sum, { input }) => sum + input.readable, 0);
    const [console, disk, rng] = this.#drivers.map((driver) => driver.honest());
    await console.useConsole(this.rings[0]);
    await disk.useDisk();
    await rng.useRng();
    this.#lookForWrites();
  }

  async report(): Promise<ChangingReport> {
    return {
      devices: this.#drivers.map(({ figures }) => figures),
      problems: this.problems,
      transmitted: this.#transmitted,
      received: this.#received,
      changed: this.problems.length === 0 ? await this.#changed() : 0,
    };
  }

  async end(): Promise<void> {
    for (const driver of this.#drivers) driver.end();
    await Promise.all(this.#hosts.map((host) => host.end()));
  }

  /** The guest halts: a sync point, and the page's turn. */
  async halt(): Promise<void> {
    this.#syncPoints.pass(true);
    if (this.#chatting) this.#chat();
    await nextTask();
    this.#patience.refill();
  }

  async #changed(): Promise<number> {
    const [, disk] = this.#hosts;
    const { ranges } = await disk.call<ChangeListing>('changes', 0, 1000);
    return ranges.reduce((sum, { length }) => sum + length, 0);
  }

  #chat(): void {
    for (const { output, input } of this.rings) {
      this.#transmitted += output.read().length;
      if (input.writable >= TYPED.length) this.#typed += input.write(TYPED);
    }
  }

  async #startWorkers(): Promise<void> {
    const { buffer, byteOffset, length } = this.ram.bytes;
    const attention = this.#attention.words.buffer;
    const parts = { ram: buffer, ramOffset: byteOffset, ramSize: length, attention };
    this.#hosts = await Promise.all(
      this.#plans.map((plan, index) => {
        const onDeath = (reason: string) => this.problems.push(`the ${plan.kind} died: ${reason}`);
        return DeviceHost.create(
          plan,
          { ...parts, index },
          {
            onDeath,
            onTrouble: ({ message }) => onDeath(message),
          },
        );
      }),
    );
  }

  #plug(): void {
    const devices = this.#hosts.map(({ control, description }, index) => {
      const link = new DeviceLink(
        index,
        control,
        this.ram.memory,
        this.#attention,
        (address, length) => this.#checkDirty(address, length),
        description.polledQueues,
        this.#patience,
      );
      return new VirtioPciDevice(link, description, this.#ports, this.#bus, NO_SLICES);
    });
    for (const device of devices) this.#bus.plug(device.function);
    this.#bus.assignResources(() => {});
    this.#syncPoints = new SyncPoints(this.#attention, devices, NO_SLICES);
    let start = 0;
    for (const [index, { link }] of devices.entries()) {
      const sizes = this.#hosts[index].description.queueSizes.map((size) => {
        return Math.min(size, QUEUE_SIZE);
      });
      const zones = zonesAt(start, sizes);
      start = zones.end;
      const guest = new PciGuest(this.#ports, FIRST_SLOT + index);
      const { kind } = this.#plans[index];
      const mutated = { ...this.#mutated(), zones, kind };
      this.#drivers.push(new ChangingDriver(this, guest, link, mutated));
    }
    if (start > edgeOf(RAM).start) throw new Error('the zones do not fit RAM');
  }

  #mutated() {
    const { buffer, byteOffset, length } = this.ram.bytes;
    return { ram: buffer, ramOffset: byteOffset, ramSize: length, stop: this.#stop };
  }

  #checkDirty(address: number, length: number): void {
    if (this.ram.memory.contains(address, length)) return;
    this.problems.push(`a device says that it wrote [${address}, +${length})`);
  }

  /** Canaries, guards, and what was only ever for reading. */
  #lookForWrites(): void {
    try {
      this.ram.checkCanaries();
    } catch (error) {
      this.problems.push(String(error));
    }
    const { bytes } = this.ram;
    for (const { figures, zones, constant } of this.#drivers) {
      for (const { start, end } of zones.guards) {
        const at = bytes.subarray(start, end).findIndex((byte) => byte !== GUARD_BYTE);
        if (at >= 0) this.problems.push(`a write of the ${figures.kind} to a guard: ${start + at}`);
      }
      const { start, end } = constantPart(zones.readable);
      const at = bytes.subarray(start, end).findIndex((byte, index) => byte !== constant[index]);
      if (at >= 0) this.problems.push(`a write of the ${figures.kind} to what it may read: ${at}`);
    }
    const start = Math.max(...this.#drivers.map(({ zones }) => zones.end));
    const unused = bytes.subarray(start, edgeOf(RAM).start);
    const at = unused.findIndex((byte) => byte !== GUARD_BYTE);
    if (at >= 0) this.problems.push(`a write to RAM that nobody uses: ${start + at}`);
  }
}

/** A driver whose memory is changed by a mutator: it knows nothing, and rings its doorbells. */
class ChangingDriver {
  readonly zones: Zones & Zone;
  readonly figures: ChangingFigures;
  /** What the constant part of the readable zone holds. */
  constant = new Uint8Array(0);
  readonly #machine: ChangingMachine;
  readonly #guest: PciGuest;
  readonly #link: DeviceLink;
  readonly #mutated: Omit<MutatorOptions, 'seed'>;
  readonly #mutator = new Worker(new URL('./memory-mutator.ts', import.meta.url), {
    type: 'module',
  });
  #noise = new Noise(1);
  /** Settles with the number of mutations once the mutator has stopped. */
  #mutations: Promise<number> = Promise.resolve(0);
  #ringReset = false;

  constructor(
    machine: ChangingMachine,
    guest: PciGuest,
    link: DeviceLink,
    mutated: Omit<MutatorOptions, 'seed'> & { zones: Zones & Zone },
  ) {
    this.#machine = machine;
    this.#guest = guest;
    this.#link = link;
    this.#mutated = mutated;
    this.zones = mutated.zones;
    this.figures = {
      kind: mutated.kind,
      chains: 0,
      failures: 0,
      resets: 0,
      queueResets: 0,
      doorbells: 0,
      mutations: 0,
      longestReset: 0,
      longestDoorbell: 0,
    };
  }

  /** Resolves when memory has its first content and is being changed. */
  async startMutator(seed: number): Promise<void> {
    this.#noise = new Noise(seed);
    const message = () => {
      return new Promise<number>((resolve, reject) => {
        this.#mutator.onmessage = ({ data }) => resolve(data);
        this.#mutator.onerror = ({ message }) => reject(new Error(`a mutator: ${message}`));
      });
    };
    const filled = message();
    this.#mutator.postMessage({ ...this.#mutated, seed } satisfies MutatorOptions);
    await filled;
    this.#mutations = message();
    const { start, end } = constantPart(this.zones.readable);
    this.constant = this.#machine.ram.bytes.slice(start, end);
  }

  async stopped(): Promise<void> {
    this.figures.mutations = await this.#mutations;
  }

  end(): void {
    this.#mutator.terminate();
  }

  honest(): HonestDrivers {
    const { ram } = this.#machine;
    return new HonestDrivers(this.#guest, ram.memory, this.zones, () => this.#machine.halt());
  }

  async runUntil(end: number): Promise<void> {
    const before = this.#link.completed;
    this.#setUp();
    while (performance.now() < end) {
      await this.#ringDoorbells();
      this.figures.chains = this.#link.completed - before;
      const failed = (this.#guest.status & Status.deviceNeedsReset) !== 0;
      if (failed) this.figures.failures++;
      if (failed || this.#oneIn(64)) {
        await this.reset();
        this.#setUp();
      } else if (this.#ringReset && this.#oneIn(16)) {
        await this.#resetQueue();
      }
    }
  }

  async reset(): Promise<void> {
    // With requests under way, mostly: the device is asked while it works.
    for (const queue of this.zones.queues.keys()) this.#guest.notify(queue);
    const start = performance.now();
    this.#guest.status = 0;
    const taken = await this.#until('a reset', start, () => this.#guest.status === 0);
    this.figures.resets++;
    this.figures.longestReset = Math.max(this.figures.longestReset, taken);
  }

  #setUp(): void {
    const offered = this.#guest.offeredFeatures();
    const accepted: number[] = [Feature.version1];
    for (let bit = 0; bit < 64; bit++) {
      const isOffered = ((offered >> BigInt(bit)) & 1n) === 1n;
      if (isOffered && bit !== Feature.version1 && !this.#oneIn(4)) accepted.push(bit);
    }
    this.#ringReset = accepted.includes(Feature.ringReset);
    this.#guest.negotiate(accepted);
    for (const queue of this.zones.queues.keys()) this.#enableQueue(queue);
    this.#guest.driverOk();
  }

  /** With indices of 0, which the mutator counts on from: others would be a fault each time. */
  #enableQueue(queue: number): void {
    const layout = this.zones.queues[queue];
    const { memory } = this.#machine.ram;
    memory.store16(layout.availableRing + RING_INDEX_OFFSET, 0);
    memory.store16(layout.usedRing + RING_INDEX_OFFSET, 0);
    this.#guest.enableQueueAt(queue, layout);
  }

  /** Rings every doorbell, and waits until the device rests or has given up. */
  async #ringDoorbells(): Promise<void> {
    const start = performance.now();
    for (const queue of this.zones.queues.keys()) this.#guest.notify(queue);
    this.figures.doorbells += this.zones.queues.length;
    const rests = () => !this.#link.busy || this.#link.needsReset;
    const taken = await this.#until('a doorbell', start, rests);
    this.figures.longestDoorbell = Math.max(this.figures.longestDoorbell, taken);
    this.#guest.readIsr();
  }

  async #resetQueue(): Promise<void> {
    const queue = this.#noise.next() % this.zones.queues.length;
    const start = performance.now();
    this.#guest.select(queue);
    this.#guest.write(Common.queueReset, 2, 1);
    const done = () => {
      this.#guest.select(queue);
      return this.#guest.read(Common.queueReset, 2) === 0;
    };
    const taken = await this.#until('a queue reset', start, done);
    this.figures.queueResets++;
    this.figures.longestReset = Math.max(this.figures.longestReset, taken);
    this.#enableQueue(queue);
  }

  /** @returns milliseconds since `start` once `done` @throws Error when that never comes */
  async #until(what: string, start: number, done: () => boolean): Promise<number> {
    for (;;) {
      await this.#machine.halt();
      const taken = performance.now() - start;
      if (done()) return taken;
      if (this.#machine.problems.length > 0) throw new Error('another device has failed');
      if (taken > LONGEST_ANSWER) {
        throw new Error(`the ${this.figures.kind} does not answer ${what} for ${taken} ms`);
      }
    }
  }

  #oneIn(times: number): boolean {
    return this.#noise.next() % times === 0;
  }
}

Object.assign(globalThis, { changeMemory });
