import type { DriverFlag } from '../link/description.ts';
import type { FeatureBits } from './features.ts';

/** Where flags are put: the part of `DeviceLink` that they need. */
export interface FlagStore {
  setDriverFlag(offset: number, value: number): void;
}

/**
 * The bytes of a device configuration space that belong to the driver: see `DriverFlag`. They are
 * kept on the CPU thread, not by the device, since the driver reads at once what it wrote, and
 * nobody there may wait for a worker that is busy.
 */
export class DriverFlags {
  readonly #flags: readonly DriverFlag[];
  readonly #store: FlagStore;
  #features: FeatureBits | null = null;

  constructor(flags: readonly DriverFlag[], store: FlagStore) {
    this.#flags = flags;
    this.#store = store;
  }

  /** The driver and the device have agreed on `features`. */
  begin(features: FeatureBits): void {
    this.#features = features;
    for (const { offset, feature, setWith } of this.#flags) {
      this.#store.setDriverFlag(offset, features.has(feature) && features.has(setWith) ? 1 : 0);
    }
  }

  /** In a snapshot `features` were agreed on, if they are not null; the flags are the link's to restore. */
  goOn(features: FeatureBits | null): void {
    this.#features = features;
  }

  /** The device was reset: nothing is agreed on. */
  reset(): void {
    this.#features = null;
    for (const { offset } of this.#flags) this.#store.setDriverFlag(offset, 0);
  }

  /**
   * The driver has written to the device configuration space. Of a flag only a write of its own
   * width counts (4.1.3.1), of a value that it can have, once its feature was negotiated.
   * @returns whether it was to a flag, taken or not
   */
  write(offset: number, width: number, value: number): boolean {
    const flag = this.#flags.find((each) => each.offset >= offset && each.offset < offset + width);
    if (flag === undefined) return false;
    const negotiated = this.#features?.has(flag.feature) === true;
    if (width === 1 && value <= 1 && negotiated) this.#store.setDriverFlag(offset, value);
    return true;
  }
}
