import {
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_CONFIG_WCE,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_MQ,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_SIZE_MAX,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_WRITE_ZEROES,
  VIRTIO_ID_BLOCK,
} from '../devices/block/layout.ts';
import {
  VIRTIO_CONSOLE_F_EMERG_WRITE,
  VIRTIO_CONSOLE_F_MULTIPORT,
  VIRTIO_CONSOLE_F_SIZE,
  VIRTIO_ID_CONSOLE,
} from '../devices/console/layout.ts';
import type { DeviceDescription } from '../link/description.ts';
import { Feature } from '../link/features.ts';
import type { OfferOptions } from './options.ts';

/** Bits by the specification's names: those of every device, and those of one device type. */
const COMMON_FEATURES = {
  VIRTIO_F_INDIRECT_DESC: Feature.indirectDescriptors,
  VIRTIO_F_EVENT_IDX: Feature.eventIndex,
  VIRTIO_F_RING_RESET: Feature.ringReset,
};
const BLOCK_FEATURES = {
  VIRTIO_BLK_F_SIZE_MAX,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_CONFIG_WCE,
  VIRTIO_BLK_F_MQ,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_WRITE_ZEROES,
};
const CONSOLE_FEATURES = {
  VIRTIO_CONSOLE_F_SIZE,
  VIRTIO_CONSOLE_F_MULTIPORT,
  VIRTIO_CONSOLE_F_EMERG_WRITE,
};

/** A feature that a device can do without: any that we offer but VIRTIO_F_VERSION_1. */
export type FeatureName =
  | keyof typeof COMMON_FEATURES
  | keyof typeof BLOCK_FEATURES
  | keyof typeof CONSOLE_FEATURES;

export const FEATURE_NAMES = [COMMON_FEATURES, BLOCK_FEATURES, CONSOLE_FEATURES].flatMap(
  (features) => Object.keys(features) as FeatureName[],
);

/** Features that must not be offered without another (VIRTIO 1.4, 5.2.5.2). */
const REQUIREMENTS: Partial<Record<FeatureName, FeatureName>> = {
  VIRTIO_BLK_F_CONFIG_WCE: 'VIRTIO_BLK_F_FLUSH',
};

/** The description as the driver is to see it: the device itself knows nothing of it. */
export function adjustOffer(
  description: DeviceDescription,
  { withheldFeatures = [], queueSize }: OfferOptions,
): DeviceDescription {
  const bits = bitsOf(description.type);
  return {
    ...description,
    withheldFeatures: FEATURE_NAMES.filter((name) => isWithheld(name, withheldFeatures)).flatMap(
      (name) => bits[name] ?? [],
    ),
    queueSizes: description.queueSizes.map((size) => queueSize ?? size),
  };
}

function isWithheld(name: FeatureName, withheld: readonly FeatureName[]): boolean {
  const required = REQUIREMENTS[name];
  return withheld.includes(name) || (required !== undefined && withheld.includes(required));
}

function bitsOf(type: number): Partial<Record<FeatureName, number>> {
  return {
    ...COMMON_FEATURES,
    ...(type === VIRTIO_ID_BLOCK ? BLOCK_FEATURES : {}),
    ...(type === VIRTIO_ID_CONSOLE ? CONSOLE_FEATURES : {}),
  };
}
