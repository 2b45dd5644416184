import type { BusMap, BusWindow } from '../bus/bus-map.ts';
import type { DeviceDescription } from '../link/description.ts';
import { PciFunction, type PciFunctionState } from '../pci/function.ts';
import { type AccessWindow, addCapabilities, BAR_SIZE, Structure } from './capabilities.ts';
import { CommonConfiguration, type CommonConfigurationState } from './common-configuration.ts';
import type { DeviceLink, LinkState } from './device-link.ts';
import { DriverFlags } from './driver-flags.ts';

const VIRTIO_VENDOR = 0x1af4;
/** Modern devices have this plus their virtio device type (VIRTIO 1.4, 4.1.2.1). */
const DEVICE_ID_BASE = 0x1040;
const REVISION = 1;

/** Bits of the ISR status (VIRTIO 1.4, 4.1.4.5). */
export const ISR_QUEUE = 1;
export const ISR_CONFIGURATION = 2;

/** What the guest sees of a device, in a snapshot. */
export interface VirtioPciState {
  function: PciFunctionState;
  registers: CommonConfigurationState;
  link: LinkState;
  isr: number;
  failureTold: boolean;
}

/** What a device asks of its bus. */
export interface InterruptSink {
  /** The interrupt lines may have changed; the guest stands still. */
  updateInterrupts(): void;
}

/** What a device asks of the CPU. */
export interface Processor {
  /** It takes no interrupts. */
  readonly interruptsOff: boolean;
  /** The guest is to stand still after this instruction, at a sync point, and the page to have its turn. */
  endSlice(): void;
}

/**
 * A virtio device on the PCI bus (VIRTIO 1.4, 4.1): configuration space with its capabilities,
 * the registers behind BAR 0, the ISR status and INTA#. Modern only. For the CPU thread, in port
 * handlers and at sync points.
 */
export class VirtioPciDevice implements BusWindow {
  readonly function: PciFunction;
  readonly link: DeviceLink;
  readonly #common: CommonConfiguration;
  readonly #flags: DriverFlags;
  readonly #configurationLength: number;
  readonly #interrupts: InterruptSink;
  readonly #processor: Processor;
  #isr = 0;
  /** The device is to leave its bus; called once its driver has let go of it. */
  #onGone: (() => void) | null = null;
  /** The driver was told that the device needs a reset. */
  #failureTold = false;

  constructor(
    link: DeviceLink,
    description: DeviceDescription,
    ports: BusMap,
    interrupts: InterruptSink,
    processor: Processor,
  ) {
    this.link = link;
    this.#processor = processor;
    this.#interrupts = interrupts;
    this.#configurationLength = description.configurationLength;
    this.#flags = new DriverFlags(description.driverFlags ?? [], link);
    this.#common = new CommonConfiguration(link, description, {
      reset: () => this.#forgetDriver(),
      featuresAgreed: (features) => this.#flags.begin(features),
    });
    this.function = new VirtioFunction(description, this, ports);
  }

  /** A sync point has come, and this device wants attention. */
  serviceAtSyncPoint(): void {
    this.link.trace?.attention();
    this.link.sync();
    this.#common.finishReset();
    const { queue, configuration } = this.link.takeInterrupts(this.#processor.interruptsOff);
    if (!this.#common.driverOk) return;
    const failed = this.link.needsReset && !this.#failureTold;
    this.#failureTold = this.link.needsReset;
    if (queue) this.#isr |= ISR_QUEUE;
    if (configuration || failed) this.#isr |= ISR_CONFIGURATION;
    this.#updateLine();
  }

  /** The common configuration. Only to be looked at. */
  get registers(): Readonly<CommonConfiguration> {
    return this.#common;
  }

  /** The ISR status. Looking does not clear it. */
  get isr(): number {
    return this.#isr;
  }

  /** Bytes of the device configuration space. */
  get configurationLength(): number {
    return this.#configurationLength;
  }

  /** The device has been told to leave and is still there. */
  get leaving(): boolean {
    return this.#onGone !== null;
  }

  /**
   * The device is to leave its bus. A driver that is still there would wait for ever for the end of
   * its requests, or of its last reset: so it may go on until it has let go by itself.
   * @param onGone is called when no driver has the device any more, maybe at once
   */
  leave(onGone: () => void): void {
    this.#onGone = onGone;
    this.#goWhenIdle();
  }

  /** Power-on state. */
  reset(): void {
    this.#common.reset();
  }

  /** For a snapshot of the machine, which is paused. */
  save(): VirtioPciState {
    return {
      function: this.function.save(),
      registers: this.#common.save(),
      link: this.link.save(),
      isr: this.#isr,
      failureTold: this.#failureTold,
    };
  }

  /**
   * Becomes what `state` tells of a device of the same description, while the machine is paused. Its worker
   * does so afterwards, and the bus, whose lines do not follow by themselves.
   */
  restore(state: VirtioPciState): void {
    this.#isr = state.isr;
    this.#failureTold = state.failureTold;
    this.#common.restore(state.registers);
    this.#flags.goOn(this.#common.agreed);
    this.link.restore(state.link);
    this.function.restore(state.function);
  }

  read(offset: number, width: number): number {
    if (offset < Structure.notify.offset) {
      const value = this.#common.read(offset, width);
      // A driver that resets the device waits until it reads so (4.1.4.3.2); now it has.
      this.#goWhenIdle();
      return value;
    }
    if (offset === Structure.isr.offset) {
      const isr = this.#clearIsr();
      this.link.trace?.isrRead(isr);
      return isr;
    }
    if (offset >= Structure.device.offset) {
      return this.#readConfiguration(offset - Structure.device.offset, width);
    }
    return 0;
  }

  write(offset: number, width: number, value: number): void {
    if (offset < Structure.notify.offset) {
      this.#common.write(offset, width, value);
    } else if (offset === Structure.notify.offset) {
      if (width >= 2) this.#notify(value & 0xffff);
    } else if (offset >= Structure.device.offset) {
      const register = offset - Structure.device.offset;
      if (register + width > this.#configurationLength) return;
      if (this.#flags.write(register, width, value)) return;
      this.link.writeConfiguration(register, width, value);
    }
  }

  /** The driver's doorbell for `queue` (4.1.5.2). Spurious ones are harmless. */
  #notify(queue: number): void {
    if (!this.#common.isEnabled(queue)) return;
    this.link.ringDoorbell(queue);
    if (this.link.waitAfterDoorbell(queue) || this.link.undecided) this.serviceAtSyncPoint();
    // The guest would look at the used ring a hundred thousand times before anything can change.
    if (this.link.isPolled) this.#processor.endSlice();
  }

  #readConfiguration(offset: number, width: number): number {
    // Once for all bytes: the next look may find a later generation.
    const { configuration } = this.link;
    let value = 0;
    for (let byte = 0; byte < width; byte++) {
      const inside = offset + byte < this.#configurationLength;
      value += (inside ? configuration[offset + byte] : 0) * 2 ** (8 * byte);
    }
    return value;
  }

  /** Reading the ISR clears it and lets go of the line (4.1.4.5.1). @returns what it was */
  #clearIsr(): number {
    const isr = this.#isr;
    this.#isr = 0;
    this.#updateLine();
    return isr;
  }

  #goWhenIdle(): void {
    if (this.#onGone === null || !this.#common.isIdle) return;
    const gone = this.#onGone;
    this.#onGone = null;
    gone();
  }

  #forgetDriver(): void {
    this.#failureTold = false;
    this.#flags.reset();
    this.#clearIsr();
  }

  #updateLine(): void {
    this.function.interruptAsserted = this.#isr !== 0;
    this.#interrupts.updateInterrupts();
  }
}

/** The configuration space, with the window through which BAR 0 can be reached from it. */
class VirtioFunction extends PciFunction {
  readonly #window: BusWindow;
  readonly #access: AccessWindow;

  constructor(description: DeviceDescription, window: BusWindow, ports: BusMap) {
    super(
      {
        vendorId: VIRTIO_VENDOR,
        deviceId: DEVICE_ID_BASE + description.type,
        classCode: description.classCode,
        revisionId: REVISION,
        subsystemVendorId: VIRTIO_VENDOR,
        subsystemId: DEVICE_ID_BASE + description.type,
        interrupt: true,
      },
      { space: 'io', size: BAR_SIZE, window, map: ports },
    );
    this.#window = window;
    this.#access = addCapabilities(this.space, description.configurationLength);
  }

  override reset(): void {
    super.reset();
    const { bar, offset, length, data } = this.#access;
    this.space.set(bar, 1, 0);
    for (const field of [offset, length, data]) this.space.set(field, 4, 0);
  }

  override read(offset: number, width: number): number {
    if (this.#touchesData(offset, width)) {
      const target = this.#target();
      if (target !== null) {
        this.space.set(this.#access.data, 4, this.#window.read(target.offset, target.width));
      }
    }
    return super.read(offset, width);
  }

  override write(offset: number, width: number, value: number): void {
    super.write(offset, width, value);
    if (!this.#touchesData(offset, width)) return;
    const target = this.#target();
    if (target === null) return;
    const data = this.space.read(this.#access.data, target.width);
    this.#window.write(target.offset, target.width, data);
  }

  #touchesData(offset: number, width: number): boolean {
    return offset < this.#access.data + 4 && offset + width > this.#access.data;
  }

  /** What the driver has aimed the window at, or null unless that is a sound access to BAR 0. */
  #target(): { offset: number; width: number } | null {
    const bar = this.space.read(this.#access.bar, 1);
    const offset = this.space.read(this.#access.offset, 4);
    const width = this.space.read(this.#access.length, 4);
    const sound = (width === 1 || width === 2 || width === 4) && offset % width === 0;
    return bar === 0 && sound && offset + width <= BAR_SIZE ? { offset, width } : null;
  }
}
