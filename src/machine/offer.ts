import { describers } from '../devices/describers.ts';
import type { DeviceDescription } from '../link/description.ts';
import { type BitMeaning, COMMON_FEATURES } from '../link/features.ts';
import type { OfferOptions } from './options.ts';

const { VIRTIO_F_VERSION_1, ...COMMON_OPTIONAL } = COMMON_FEATURES;

type FeaturesOf<Describers> = { [Kind in keyof Describers]: FeaturesIn<Describers[Kind]> };
type FeaturesIn<Describer> = Describer extends { features: infer Features }
  ? keyof Features
  : never;

/** A feature that a device can do without: any that we offer but VIRTIO_F_VERSION_1. */
export type FeatureName =
  | keyof typeof COMMON_OPTIONAL
  | FeaturesOf<typeof describers>[keyof typeof describers];

export const FEATURE_NAMES = [
  COMMON_OPTIONAL,
  ...Object.values(describers).map(({ features }) => features),
].flatMap((features) => Object.keys(features) as FeatureName[]);

/** Features that must not be offered without another (VIRTIO 1.4, 5.2.5.2). */
const REQUIREMENTS: Partial<Record<FeatureName, FeatureName>> = {
  VIRTIO_BLK_F_CONFIG_WCE: 'VIRTIO_BLK_F_FLUSH',
};

/** The description as the driver is to see it: the device itself knows nothing of it. */
export function adjustOffer(
  description: DeviceDescription,
  { withheldFeatures = [], queueSize }: OfferOptions,
): DeviceDescription {
  const features = featuresOf(description.type);
  return {
    ...description,
    withheldFeatures: FEATURE_NAMES.filter((name) => isWithheld(name, withheldFeatures)).flatMap(
      (name) => features[name]?.bit ?? [],
    ),
    queueSizes: description.queueSizes.map((size) => queueSize ?? size),
  };
}

function isWithheld(name: FeatureName, withheld: readonly FeatureName[]): boolean {
  const required = REQUIREMENTS[name];
  return withheld.includes(name) || (required !== undefined && withheld.includes(required));
}

function featuresOf(type: number): Partial<Record<string, BitMeaning>> {
  const describer = Object.values(describers).find((each) => each.type === type);
  return { ...COMMON_OPTIONAL, ...describer?.features };
}
