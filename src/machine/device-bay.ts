import type { Emulator } from '../emulator/emulator.ts';
import { Attention } from '../link/control-block.ts';
import type { DeviceDescription } from '../link/description.ts';
import type { PciBus } from '../pci/bus.ts';
import { DeviceLink } from '../transport/device-link.ts';
import type { Patience } from '../transport/patience.ts';
import { type Processor, VirtioPciDevice } from '../transport/virtio-pci.ts';
import { DeviceHost, type HostPlan } from './device-host.ts';
import type { MachineError } from './errors.ts';
import { adjustOffer } from './offer.ts';
import type { OfferOptions } from './options.ts';

/** One virtio device to be plugged in. */
export interface DevicePlan extends HostPlan {
  /** What messages call it, at the beginning of a sentence. */
  name: string;
}

/** Who hears of the devices. */
export interface DeviceHooks {
  /** @param name of the device's plan @param index of its place */
  deviceDied(name: string, index: number, reason: string): void;
  /** The device could not do something for the guest, which was told that it failed. */
  deviceTroubled(name: string, error: MachineError): void;
}

/** A virtio device in its place: the worker, and what the guest sees of it. */
export interface Plugged {
  readonly plan: Pick<DevicePlan, 'name' | 'kind'>;
  readonly host: DeviceHost;
  readonly device: VirtioPciDevice;
  /** What the driver sees of it before it starts. */
  readonly description: DeviceDescription;
}

/** Who wants to know which devices there are. */
export interface BayWatcher {
  plugged(place: number, plugged: Plugged): void;
  unplugged(place: number): void;
}

export interface BayParts {
  emulator: Pick<Emulator, 'buffer' | 'ramOffset' | 'memory' | 'ports' | 'dropCode'> & Processor;
  bus: PciBus;
  attention: Attention;
  /** What the guest may make the page wait for its devices. */
  patience: Patience;
  offer: OfferOptions;
  hooks: DeviceHooks;
}

/** The places for the virtio devices of a machine: each has a bit of the machine's attention. */
export class DeviceBay {
  /** By place; others are free. */
  readonly devices: (VirtioPciDevice | undefined)[] = [];
  /** Is told of devices that come and go. */
  watcher: BayWatcher | null = null;
  readonly #parts: BayParts;
  readonly #places: (Plugged | 'taken' | undefined)[];

  constructor(parts: BayParts) {
    this.#parts = parts;
    this.#places = new Array(Attention.maximumDevices).fill(undefined);
  }

  /** Every device, in the order of the places. */
  get all(): Plugged[] {
    return this.#places.filter((place) => typeof place === 'object');
  }

  /** The places that have a device, in order. */
  get occupied(): number[] {
    return this.#places.flatMap((place, index) => (typeof place === 'object' ? index : []));
  }

  /** Places that are taken: by devices, and by those that are being made. */
  get taken(): number {
    return this.#places.filter((place) => place !== undefined).length;
  }

  /** The device in place `index`, or null when there is none. */
  find(index: number): Plugged | null {
    const place = this.#places[index];
    return typeof place === 'object' ? place : null;
  }

  /** The device in place `index`. There must be one. */
  at(index: number): Plugged {
    const place = this.find(index);
    if (place === null) throw new RangeError(`there is no device in place ${index}`);
    return place;
  }

  /**
   * Starts workers side by side and plugs their devices in, in the order of the plans. When one
   * fails, none is left.
   * @returns their places
   * @throws MachineError what a device says about its options
   */
  async add(plans: readonly DevicePlan[]): Promise<number[]> {
    const places = plans.map(() => this.#take());
    const starting = plans.map((plan, order) => this.#startWorker(plan, places[order]));
    const results = await Promise.allSettled(starting);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) {
      results.forEach((result, order) => {
        const { value } = result as PromiseFulfilledResult<DeviceHost>;
        this.#plug(places[order], value, plans[order]);
      });
      return places;
    }
    for (const result of results) if (result.status === 'fulfilled') result.value.terminate();
    for (const place of places) this.#places[place] = undefined;
    throw failure.reason;
  }

  /**
   * Takes the device in place `index` away once its driver has let go of it, which may be never;
   * until then it has to answer requests.
   */
  remove(index: number): void {
    this.at(index).device.leave(() => this.#unplug(index));
  }

  /** Takes away what waits for its driver to let go: at a reset there is none any more. */
  removeLeaving(): void {
    this.devices.forEach((device, index) => {
      if (device?.leaving === true) this.#unplug(index);
    });
  }

  #take(): number {
    const place = this.#places.indexOf(undefined);
    if (place === -1) throw new RangeError('every place is taken');
    this.#places[place] = 'taken';
    return place;
  }

  #startWorker(plan: DevicePlan, index: number): Promise<DeviceHost> {
    const { emulator, attention, hooks } = this.#parts;
    const parts = {
      ram: emulator.buffer,
      ramOffset: emulator.ramOffset,
      ramSize: emulator.memory.size,
      attention: attention.words.buffer,
      index,
      name: plan.name,
    };
    return DeviceHost.create(plan, parts, {
      onDeath: (reason) => hooks.deviceDied(plan.name, index, reason),
      onTrouble: (error) => hooks.deviceTroubled(plan.name, error),
    });
  }

  #plug(index: number, host: DeviceHost, { name, kind }: DevicePlan): void {
    const { emulator, bus, attention, patience, offer } = this.#parts;
    const description = adjustOffer(host.description, offer);
    const link = new DeviceLink(
      index,
      host.control,
      emulator.memory,
      attention,
      (address, length) => emulator.dropCode(address, length),
      description.polledQueues,
      patience,
    );
    const device = new VirtioPciDevice(link, description, emulator.ports, bus, emulator);
    bus.plug(device.function);
    const plugged = { plan: { name, kind }, host, device, description };
    this.#places[index] = plugged;
    this.devices[index] = device;
    this.watcher?.plugged(index, plugged);
  }

  #unplug(index: number): void {
    const { host, device } = this.at(index);
    this.#parts.bus.unplug(device.function);
    this.#places[index] = undefined;
    this.devices[index] = undefined;
    this.watcher?.unplugged(index);
    // Nobody may wait for it any more: a worker that ends answers neither a pause nor a reset.
    device.link.declareDead();
    void host.end();
  }
}
