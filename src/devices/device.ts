import type { DeviceDescription } from '../link/description.ts';
import type { DeviceRuntime } from './runtime.ts';

export type { DeviceDescription };

/** What a snapshot is to hold of a device. */
export interface SaveOptions {
  /**
   * Of a disk that is kept in the browser: what tells whether it is still the same, or all that was changed on it.
   * A device that keeps something elsewhere should do likewise.
   */
  keptDisks: 'referenced' | 'included';
}

/**
 * A virtio device: one class in one folder. It runs in a worker of its own and knows chains and
 * its backend, nothing of PCI, interrupts or the emulator.
 *
 * The runtime calls it; it never has to lock, and it may block for as long as its backend takes.
 * A driver's mistake is answered as the specification says, or with `runtime.fail`; never thrown.
 */
export abstract class VirtioDevice {
  abstract readonly description: DeviceDescription;
  /** Queues, memory and configuration space; there before any other method is called. */
  protected runtime!: DeviceRuntime;

  /** Called once by the runtime. Overrides fill the configuration space; call super first. */
  attach(runtime: DeviceRuntime): void {
    this.runtime = runtime;
  }

  /**
   * Does all that can be done now: takes chains from its queues and gives them back. Called after
   * every doorbell, and when something has settled that `runtime.track` was given; it must not wait for anything
   * that a driver decides.
   */
  abstract run(): void;

  /** The driver has reset the device: forget everything about requests under way. */
  abstract reset(): void;

  /** Queue `queue` was set up or torn down alone (VIRTIO_F_RING_RESET): forget its requests. */
  queueReset(_queue: number): void {}

  /**
   * The driver wrote to the device configuration space (read-only unless the device says here
   * otherwise, by changing its configuration). Nothing orders this with requests: what a request is
   * to be served by is one of `description.driverFlags`, which never come here.
   * @param _width 1, 2 or 4 bytes
   */
  configurationWritten(_offset: number, _width: number, _value: number): void {}

  /**
   * For a snapshot of the machine, which stands still: what the device knows beyond its queues and its
   * configuration space, as plain data that cross to other threads. Nothing, for a device whose chains
   * tell all: those that it has not given back it takes once more after a `restore`, so that a request
   * may be done twice.
   */
  save(_options: SaveOptions): unknown {
    return null;
  }

  /**
   * Whether the device can be what `state`, of a device with the same description, tells. It stays what it is,
   * but may make ready for a `restore`, which follows unless another device refuses.
   * @throws DeviceError 'snapshot-disk', or another, when it cannot
   */
  async accepts(_state: unknown): Promise<void> {}

  /** Becomes what `state` tells: comes after `accepts` of the same, and after a `reset`. */
  restore(_state: unknown): void {}

  /** The machine is disposed: let go of the backend. */
  async close(): Promise<void> {}
}
