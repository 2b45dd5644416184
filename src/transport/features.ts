import type { BitMeaning } from '../link/features.ts';

export { Feature } from '../link/features.ts';

/** Bits of the device status field (VIRTIO 1.4, 2.1). */
export const Status = {
  acknowledge: 1,
  driver: 2,
  driverOk: 4,
  featuresOk: 8,
  deviceNeedsReset: 64,
  failed: 128,
} as const;

/** The same by the specification's names. */
export const STATUS_BITS = {
  ACKNOWLEDGE: status(0, 'The driver has noticed the device.'),
  DRIVER: status(1, 'The driver knows how to drive it.'),
  DRIVER_OK: status(2, 'The driver is set up: the device may work.'),
  FEATURES_OK: status(3, 'Driver and device agree on features.'),
  DEVICE_NEEDS_RESET: status(6, 'The device cannot go on until it is reset.'),
  FAILED: status(7, 'The driver has given up on the device.'),
};

function status(bit: number, meaning: string): BitMeaning {
  return { bit, section: '2.1', meaning };
}

/** The bits that a driver sets; others are the device's, or belong to features not offered. */
export const DRIVER_STATUS =
  Status.acknowledge | Status.driver | Status.driverOk | Status.featuresOk | Status.failed;

/** 64 feature bits as two words of 32, so that no arithmetic needs a BigInt. */
export class FeatureBits {
  /** Bits 0 to 31 and 32 to 63, unsigned. */
  readonly words = new Uint32Array(2);

  constructor(bits: readonly number[] = []) {
    for (const bit of bits) this.words[bit >>> 5] |= 1 << (bit & 31);
  }

  has(bit: number): boolean {
    return ((this.words[bit >>> 5] >>> (bit & 31)) & 1) === 1;
  }

  /** True when every bit here is also in `other`. */
  isSubsetOf(other: FeatureBits): boolean {
    return (this.words[0] & ~other.words[0]) === 0 && (this.words[1] & ~other.words[1]) === 0;
  }
}
