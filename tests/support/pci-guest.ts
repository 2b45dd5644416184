import type { BusMap } from '../../src/bus/bus-map.ts';
import { Header } from '../../src/pci/configuration-space.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';
import { Status } from '../../src/transport/features.ts';

/** Offsets in the common configuration structure (VIRTIO 1.4, 4.1.4.3), as a driver knows them. */
export const Common = {
  deviceFeatureSelect: 0x00,
  deviceFeature: 0x04,
  driverFeatureSelect: 0x08,
  driverFeature: 0x0c,
  configMsixVector: 0x10,
  numQueues: 0x12,
  deviceStatus: 0x14,
  configGeneration: 0x15,
  queueSelect: 0x16,
  queueSize: 0x18,
  queueMsixVector: 0x1a,
  queueEnable: 0x1c,
  queueNotifyOffset: 0x1e,
  queueDescriptorTable: 0x20,
  queueDriver: 0x28,
  queueDevice: 0x30,
  queueNotifyData: 0x38,
  queueReset: 0x3a,
} as const;

/** Where the structures lie in BAR 0; `capabilities.test.ts` finds out that they do. */
export const NOTIFY = 0x40;
export const ISR = 0x44;
export const DEVICE_CONFIGURATION = 0x100;
export const BAR_LENGTH = 0x200;
export const ISR_QUEUE = 1;
export const ISR_CONFIGURATION = 2;

/** The status of a driver that has negotiated, before DRIVER_OK. */
export const READY = Status.acknowledge | Status.driver | Status.featuresOk;

/** The ports of one virtio device in a PCI slot, as the guest has them, and a driver's procedures. */
export class PciGuest {
  readonly ports: BusMap;
  readonly slot: number;
  #base: number | null = null;

  constructor(ports: BusMap, slot: number) {
    this.ports = ports;
    this.slot = slot;
  }

  /** Where firmware has put BAR 0. */
  get base(): number {
    this.#base ??= this.readConfig(Header.baseAddress0, 4) & ~1;
    return this.#base;
  }

  read(offset: number, width: number): number {
    const value = this.ports.read(this.base + offset, width);
    if (value === undefined) throw new Error(`nobody answers at ${offset}`);
    return value;
  }

  write(offset: number, width: number, value: number): void {
    if (!this.ports.write(this.base + offset, width, value)) {
      throw new Error(`nobody listens at ${offset}`);
    }
  }

  readConfig(register: number, width: number): number {
    this.#aim(register);
    return this.ports.read(0xcfc + (register & 3), width) as number;
  }

  writeConfig(register: number, width: number, value: number): void {
    this.#aim(register);
    this.ports.write(0xcfc + (register & 3), width, value);
  }

  get status(): number {
    return this.read(Common.deviceStatus, 1);
  }

  set status(value: number) {
    this.write(Common.deviceStatus, 1, value);
  }

  /** The queue that the queue registers mean. */
  select(queue: number): void {
    this.write(Common.queueSelect, 2, queue);
  }

  notify(queue: number): void {
    this.write(NOTIFY, 2, queue);
  }

  /** Reads the ISR, as an interrupt handler does. */
  readIsr(): number {
    return this.read(ISR, 1);
  }

  offeredFeatures(): bigint {
    this.write(Common.deviceFeatureSelect, 4, 0);
    const low = BigInt(this.read(Common.deviceFeature, 4));
    this.write(Common.deviceFeatureSelect, 4, 1);
    return (BigInt(this.read(Common.deviceFeature, 4)) << 32n) | low;
  }

  acceptFeatures(bits: readonly number[]): void {
    const all = bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
    this.write(Common.driverFeatureSelect, 4, 0);
    this.write(Common.driverFeature, 4, Number(all & 0xffffffffn));
    this.write(Common.driverFeatureSelect, 4, 1);
    this.write(Common.driverFeature, 4, Number((all >> 32n) & 0xffffffffn));
  }

  /** From reset to FEATURES_OK (3.1.1, steps 1 to 6). @throws Error when it is refused */
  negotiate(features: readonly number[]): void {
    this.status = Status.acknowledge;
    this.status = Status.acknowledge | Status.driver;
    this.acceptFeatures(features);
    this.status = READY;
    if ((this.status & Status.featuresOk) === 0) throw new Error('FEATURES_OK was refused');
  }

  /** Writes the registers of queue `queue` without enabling it. */
  describeQueue(queue: number, layout: QueueLayout): void {
    this.select(queue);
    this.write(Common.queueSize, 2, layout.queueSize);
    this.#writeAddress(Common.queueDescriptorTable, layout.descriptorTable);
    this.#writeAddress(Common.queueDriver, layout.availableRing);
    this.#writeAddress(Common.queueDevice, layout.usedRing);
  }

  /** Sets queue `queue` up at `layout` and enables it. */
  enableQueueAt(queue: number, layout: QueueLayout): void {
    this.describeQueue(queue, layout);
    this.write(Common.queueEnable, 2, 1);
  }

  driverOk(): void {
    this.status = READY | Status.driverOk;
  }

  #aim(register: number): void {
    this.ports.write(0xcf8, 4, (0x80000000 | (this.slot << 11) | (register & 0xfc)) >>> 0);
  }

  #writeAddress(register: number, address: number): void {
    this.write(register, 4, address % 2 ** 32);
    this.write(register + 4, 4, Math.floor(address / 2 ** 32));
  }
}
