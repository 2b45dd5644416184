import type { DeviceDescription } from '../link/description.ts';
import { isQueueSize } from '../ring/layout.ts';
import type { DeviceLink } from './device-link.ts';
import { DRIVER_STATUS, Feature, FeatureBits, Status } from './features.ts';
import { QueueRegisters, type QueueRegistersState } from './queue-registers.ts';

/** Offsets in the common configuration structure (VIRTIO 1.4, 4.1.4.3). */
export const CommonRegister = {
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
  queueDevice: 0x30,
  queueNotifyData: 0x38,
  queueReset: 0x3a,
} as const;

/** Bytes of the structure, the administration queue's fields (always 0) included. */
export const COMMON_CONFIGURATION_LENGTH = 0x40;
const NO_VECTOR = 0xffff;

/** Features of the rings and the transport that every device offers. */
const TRANSPORT_FEATURES = [
  Feature.indirectDescriptors,
  Feature.eventIndex,
  Feature.version1,
  Feature.ringReset,
];

/** The structure in a snapshot. */
export interface CommonConfigurationState {
  /** What the driver has accepted: bits 0 to 31 and 32 to 63. */
  accepted: Uint32Array<ArrayBuffer>;
  acceptsUnknown: boolean;
  deviceFeatureSelect: number;
  driverFeatureSelect: number;
  queueSelect: number;
  status: number;
  resetting: boolean;
  resetAwaited: boolean;
  queues: QueueRegistersState[];
}

/** What others have to know of. */
export interface ConfigurationHooks {
  /** The device was reset, by the driver or by power-on. */
  reset(): void;
  /** FEATURES_OK stays: the driver may use what it has accepted. */
  featuresAgreed(features: FeatureBits): void;
}

/**
 * The common configuration structure of one device: feature negotiation, status, queue set-up
 * (VIRTIO 1.4, 2.1, 2.2 and 4.1.4.3). For the CPU thread, in port handlers.
 *
 * Reads may have any width and alignment; writes count only with the width and alignment of their
 * field (a 64-bit address is two fields of 32 bits), and everything else is ignored.
 */
export class CommonConfiguration {
  readonly #link: DeviceLink;
  readonly #hooks: ConfigurationHooks;
  readonly #offered: FeatureBits;
  readonly #accepted = new FeatureBits();
  readonly #queues: QueueRegisters[];
  readonly #fields = new DataView(new ArrayBuffer(COMMON_CONFIGURATION_LENGTH));
  #deviceFeatureSelect = 0;
  #driverFeatureSelect = 0;
  #queueSelect = 0;
  #status = 0;
  #resetting = false;
  /** The driver has reset the device and has not read yet that this is done. */
  #resetAwaited = false;
  /** The driver accepts a feature beyond the words of `#accepted`: one that nobody has offered. */
  #acceptsUnknown = false;

  constructor(link: DeviceLink, description: DeviceDescription, hooks: ConfigurationHooks) {
    this.#link = link;
    this.#hooks = hooks;
    this.#offered = new FeatureBits(offeredFeatures(description));
    this.#queues = description.queueSizes.map((size) => new QueueRegisters(size));
  }

  /** The driver has set DRIVER_OK and has not reset the device since. */
  get driverOk(): boolean {
    return !this.#resetting && (this.#status & Status.driverOk) !== 0;
  }

  /** The device status field, with DEVICE_NEEDS_RESET as the worker has it. */
  get status(): number {
    this.finishReset();
    return this.presentStatus;
  }

  /** The same for somebody who only looks: a reset that is done has its effects when the driver looks. */
  get presentStatus(): number {
    // Until a reset is done the driver must not read 0, even where it had set nothing before.
    if (this.resetting) return this.#status || Status.deviceNeedsReset;
    if (this.#status === 0) return 0;
    return this.#status | (this.#link.needsReset ? Status.deviceNeedsReset : 0);
  }

  /** A reset was begun, and the worker has not let go of everything. */
  get resetting(): boolean {
    return this.#resetting && !this.#link.resetDone;
  }

  /** What the device offers, and what the driver has accepted of it or may be about to. */
  get features(): { offered: FeatureBits; accepted: FeatureBits } {
    return { offered: this.#offered, accepted: this.#accepted };
  }

  /** What the driver has set up of each queue. Only to be looked at. */
  get queues(): readonly Readonly<QueueRegisters>[] {
    return this.#queues;
  }

  /**
   * No driver has the device, or waits for the end of its reset. (One that lets go resets it; Linux
   * then acknowledges again that it is there.)
   */
  get isIdle(): boolean {
    return (this.#status & ~Status.acknowledge) === 0 && !this.#resetAwaited && this.finishReset();
  }

  /** Queue `queue` may be notified. */
  isEnabled(queue: number): boolean {
    return this.driverOk && this.#queues[queue]?.enabled === true;
  }

  read(offset: number, width: number): number {
    this.#present();
    if (offset <= CommonRegister.deviceStatus && offset + width > CommonRegister.deviceStatus) {
      this.#resetAwaited &&= this.#resetting;
    }
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      const inside = offset + byte < COMMON_CONFIGURATION_LENGTH;
      value += (inside ? this.#fields.getUint8(offset + byte) : 0) * 2 ** (8 * byte);
    }
    return value;
  }

  write(offset: number, width: number, value: number): void {
    this.finishReset();
    if (width === 4) this.#write32(offset, value);
    else if (width === 2) this.#write16(offset, value);
    else if (offset === CommonRegister.deviceStatus) this.#writeStatus(value);
  }

  /** Resets the device as power-on does. */
  reset(): void {
    this.#accepted.words.fill(0);
    this.#acceptsUnknown = false;
    this.#deviceFeatureSelect = 0;
    this.#driverFeatureSelect = 0;
    this.#queueSelect = 0;
    for (const queue of this.#queues) queue.reset();
    this.#status = 0;
    this.#resetting = true;
    this.#resetAwaited = false;
    this.#link.beginReset();
    this.finishReset();
    this.#hooks.reset();
  }

  save(): CommonConfigurationState {
    return {
      accepted: this.#accepted.words.slice(),
      acceptsUnknown: this.#acceptsUnknown,
      deviceFeatureSelect: this.#deviceFeatureSelect,
      driverFeatureSelect: this.#driverFeatureSelect,
      queueSelect: this.#queueSelect,
      status: this.#status,
      resetting: this.#resetting,
      resetAwaited: this.#resetAwaited,
      queues: this.#queues.map((queue) => queue.save()),
    };
  }

  /** Becomes what `state` tells; the link does so too. */
  restore(state: CommonConfigurationState): void {
    this.#accepted.words.set(state.accepted);
    this.#acceptsUnknown = state.acceptsUnknown;
    this.#deviceFeatureSelect = state.deviceFeatureSelect;
    this.#driverFeatureSelect = state.driverFeatureSelect;
    this.#queueSelect = state.queueSelect;
    this.#status = state.status;
    this.#resetting = state.resetting;
    this.#resetAwaited = state.resetAwaited;
    this.#queues.forEach((queue, index) => {
      queue.restore(state.queues[index]);
    });
  }

  /** The features that driver and device agree on, or null while they do not. */
  get agreed(): FeatureBits | null {
    return (this.#status & Status.featuresOk) === 0 ? null : this.#accepted;
  }

  /**
   * Goes on behind a reset once the worker has let go of everything. A driver is to wait for that
   * (4.1.4.3.2), but not every one does, SeaBIOS's for one: what it has set up meanwhile takes
   * effect here. @returns whether no reset is going on
   */
  finishReset(): boolean {
    if (this.#resetting && this.#link.resetDone) {
      this.#resetting = false;
      if ((this.#status & Status.featuresOk) !== 0) this.#link.setFeatures(this.#accepted);
      if (this.driverOk) this.#start();
    }
    return !this.#resetting;
  }

  /** Puts the present values where `read` finds them, whatever part it wants. */
  #present(): void {
    const fields = this.#fields;
    const queue = this.#queues[this.#queueSelect];
    if (queue?.resetting === true && this.#link.queueResetDone(this.#queueSelect)) {
      queue.resetting = false;
    }
    fields.setUint32(CommonRegister.deviceFeatureSelect, this.#deviceFeatureSelect, true);
    fields.setUint32(
      CommonRegister.deviceFeature,
      word(this.#offered, this.#deviceFeatureSelect),
      true,
    );
    fields.setUint32(CommonRegister.driverFeatureSelect, this.#driverFeatureSelect, true);
    fields.setUint32(
      CommonRegister.driverFeature,
      word(this.#accepted, this.#driverFeatureSelect),
      true,
    );
    fields.setUint16(CommonRegister.configMsixVector, NO_VECTOR, true);
    fields.setUint16(CommonRegister.numQueues, this.#queues.length, true);
    fields.setUint8(CommonRegister.deviceStatus, this.status);
    fields.setUint8(CommonRegister.configGeneration, this.#link.configurationGeneration);
    fields.setUint16(CommonRegister.queueSelect, this.#queueSelect, true);
    fields.setUint16(CommonRegister.queueSize, presentableSize(queue), true);
    fields.setUint16(CommonRegister.queueMsixVector, NO_VECTOR, true);
    fields.setUint16(CommonRegister.queueEnable, queue?.enabled === true ? 1 : 0, true);
    fields.setUint16(CommonRegister.queueReset, queue?.resetting === true ? 1 : 0, true);
    for (let half = 0; half < 6; half++) {
      const address = queue?.addresses[half] ?? 0;
      fields.setUint32(CommonRegister.queueDescriptorTable + 4 * half, address, true);
    }
  }

  #write32(offset: number, value: number): void {
    if (offset === CommonRegister.deviceFeatureSelect) this.#deviceFeatureSelect = value;
    else if (offset === CommonRegister.driverFeatureSelect) this.#driverFeatureSelect = value;
    else if (offset === CommonRegister.driverFeature) this.#writeDriverFeature(value);
    else if (
      offset >= CommonRegister.queueDescriptorTable &&
      offset <= CommonRegister.queueDevice + 4
    ) {
      this.#writeAddress(offset - CommonRegister.queueDescriptorTable, value);
    }
  }

  #write16(offset: number, value: number): void {
    const queue = this.#queues[this.#queueSelect];
    if (offset === CommonRegister.queueSelect) this.#queueSelect = value;
    if (queue === undefined) return;
    // The size of an enabled queue does not change; a size that is none shows when it is enabled.
    if (offset === CommonRegister.queueSize && !queue.enabled && value <= queue.maximumSize) {
      queue.size = value;
    } else if (offset === CommonRegister.queueEnable && value === 1) {
      this.#enableQueue(queue);
    } else if (offset === CommonRegister.queueReset && value === 1) {
      this.#resetQueue(queue);
    }
  }

  #writeDriverFeature(value: number): void {
    if ((this.#status & Status.featuresOk) !== 0) return;
    if (this.#driverFeatureSelect < 2) this.#accepted.words[this.#driverFeatureSelect] = value;
    else if (value !== 0) this.#acceptsUnknown = true;
  }

  #writeAddress(offset: number, value: number): void {
    const queue = this.#queues[this.#queueSelect];
    if (queue === undefined || queue.enabled || offset % 4 !== 0) return;
    queue.addresses[offset / 4] = value;
  }

  #writeStatus(value: number): void {
    if (value === 0) {
      this.reset();
      this.#resetAwaited = true;
      return;
    }
    let status = value & DRIVER_STATUS;
    const featuresWereOk = (this.#status & Status.featuresOk) !== 0;
    if ((status & Status.featuresOk) !== 0 && !featuresWereOk && !this.#acceptFeatures()) {
      status &= ~Status.featuresOk;
    }
    // Without negotiated features there is nothing to be ready with.
    if ((status & Status.featuresOk) === 0) status &= ~Status.driverOk;
    const ran = this.driverOk;
    // A driver must not clear bits; only a reset does (2.1.1).
    this.#status |= status;
    this.#link.trace?.status(this.#status);
    if (this.driverOk && !ran) this.#start();
  }

  #acceptFeatures(): boolean {
    const sound =
      !this.#link.isDead &&
      !this.#acceptsUnknown &&
      this.#accepted.isSubsetOf(this.#offered) &&
      this.#accepted.has(Feature.version1);
    if (!sound) return false;
    if (!this.#resetting) this.#link.setFeatures(this.#accepted);
    this.#hooks.featuresAgreed(this.#accepted);
    return true;
  }

  /** DRIVER_OK: queues that were enabled before are handed over now, with what is in them. */
  #start(): void {
    this.#link.setDriverOk();
    for (let index = 0; index < this.#queues.length; index++) {
      if (this.#queues[index].enabled) this.#handOver(index);
    }
  }

  #enableQueue(queue: QueueRegisters): void {
    if (queue.enabled || queue.resetting) return;
    queue.enabled = true;
    if (this.driverOk) this.#handOver(this.#queueSelect);
  }

  #handOver(index: number): void {
    const queue = this.#queues[index];
    const layout = {
      queueSize: queue.size,
      descriptorTable: queue.address(0),
      availableRing: queue.address(1),
      usedRing: queue.address(2),
    };
    this.#link.enableQueue(index, layout, this.#accepted);
  }

  #resetQueue(queue: QueueRegisters): void {
    if (!this.#accepted.has(Feature.ringReset) || queue.resetting) return;
    const handedOver = queue.enabled && this.driverOk;
    queue.reset();
    if (!handedOver) return;
    queue.resetting = true;
    this.#link.disableQueue(this.#queueSelect);
  }
}

function offeredFeatures({ features, withheldFeatures = [] }: DeviceDescription): number[] {
  return [...TRANSPORT_FEATURES, ...features].filter((bit) => !withheldFeatures.includes(bit));
}

/** A queue's size as the driver may see it: a power of two, or 0 (PCI-022), whatever it wrote. */
function presentableSize(queue: QueueRegisters | undefined): number {
  return queue !== undefined && isQueueSize(queue.size) ? queue.size : 0;
}

/** Word `select` of 32 feature bits; there are none beyond the second. */
function word(features: FeatureBits, select: number): number {
  return select < 2 ? features.words[select] : 0;
}
