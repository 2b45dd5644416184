import { beforeEach, describe, expect, test } from 'vitest';
import { Word } from '../../../src/link/control-block.ts';
import { Feature, Status } from '../../../src/transport/features.ts';
import { Common, Rig } from './rig.ts';

const OWN_LOW = 5;
const OWN_HIGH = 50;
const OFFERED = [
  OWN_LOW,
  Feature.indirectDescriptors,
  Feature.eventIndex,
  Feature.version1,
  Feature.ringReset,
  OWN_HIGH,
];
const FRIENDLY = Status.acknowledge | Status.driver;

let rig: Rig;

beforeEach(() => {
  rig = new Rig({ features: [OWN_LOW, OWN_HIGH] });
});

const bits = (features: readonly number[]) =>
  features.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);

/** What the worker sees of the negotiated features. */
const negotiated = () =>
  (BigInt(rig.control.load(Word.featuresHigh) >>> 0) << 32n) |
  BigInt(rig.control.load(Word.featuresLow) >>> 0);

/** Offers `features` to the device. @returns whether it takes them */
function accepts(features: readonly number[]): boolean {
  rig.status = FRIENDLY;
  rig.acceptFeatures(features);
  rig.status = FRIENDLY | Status.featuresOk;
  return (rig.status & Status.featuresOk) !== 0;
}

describe('device_feature', () => {
  test('shows the offer in two words, VERSION_1 in it (PCI-011, BASIC-024)', () => {
    expect(rig.offeredFeatures()).toBe(bits(OFFERED));
  });

  test('shows nothing of what is withheld, which no driver can accept then', () => {
    const withheldFeatures = [OWN_HIGH, Feature.eventIndex];
    rig = new Rig({ features: [OWN_LOW, OWN_HIGH], withheldFeatures });
    const rest = OFFERED.filter((bit) => !withheldFeatures.includes(bit));
    expect(rig.offeredFeatures()).toBe(bits(rest));
    expect(accepts([Feature.version1, Feature.eventIndex])).toBe(false);
    expect(accepts(rest)).toBe(true);
  });

  test('shows nothing for any other select, and the select itself (PCI-011)', () => {
    for (const select of [2, 3, 31, 0x80000000, 0xffffffff]) {
      rig.write(Common.deviceFeatureSelect, 4, select);
      expect(rig.read(Common.deviceFeature, 4)).toBe(0);
      expect(rig.read(Common.deviceFeatureSelect, 4)).toBe(select);
    }
  });

  test('is read-only', () => {
    rig.write(Common.deviceFeatureSelect, 4, 0);
    rig.write(Common.deviceFeature, 4, 0);
    expect(rig.offeredFeatures()).toBe(bits(OFFERED));
  });
});

describe('driver_feature', () => {
  test('shows what the driver wrote, word by word (PCI-012)', () => {
    rig.acceptFeatures([OWN_LOW, Feature.version1, OWN_HIGH]);
    rig.write(Common.driverFeatureSelect, 4, 0);
    expect(rig.read(Common.driverFeature, 4)).toBe(1 << OWN_LOW);
    rig.write(Common.driverFeatureSelect, 4, 1);
    expect(rig.read(Common.driverFeature, 4)).toBe(1 | (1 << (OWN_HIGH - 32)));
    rig.write(Common.driverFeatureSelect, 4, 2);
    expect(rig.read(Common.driverFeature, 4)).toBe(0);
  });

  test('is ignored after FEATURES_OK', () => {
    rig.negotiate([Feature.version1]);
    rig.acceptFeatures([Feature.version1, Feature.eventIndex, OWN_LOW]);
    rig.write(Common.driverFeatureSelect, 4, 0);
    expect(rig.read(Common.driverFeature, 4)).toBe(0);
    rig.driverOk();
    expect(negotiated()).toBe(bits([Feature.version1]));
  });

  test('counts only at its own width', () => {
    rig.write(Common.driverFeatureSelect, 4, 0);
    rig.write(Common.driverFeature, 2, 0x20);
    rig.write(Common.driverFeature, 1, 0x20);
    rig.write(Common.driverFeature + 2, 2, 0x20);
    expect(rig.read(Common.driverFeature, 4)).toBe(0);
  });
});

describe('FEATURES_OK', () => {
  test('is given to any subset with VERSION_1, and the worker hears of it (BASIC-005)', () => {
    const others = OFFERED.filter((bit) => bit !== Feature.version1);
    for (let choice = 0; choice < 2 ** others.length; choice++) {
      const chosen = others.filter((_, index) => ((choice >>> index) & 1) === 1);
      chosen.push(Feature.version1);
      expect(accepts(chosen)).toBe(true);
      expect(negotiated()).toBe(bits(chosen));
      rig.reset();
    }
  });

  test.each([0, 4, 24, 27, 30, 31, 33, 39, 41, 49, 51, 63])(
    'is refused with feature %i, which was never offered (BASIC-005)',
    (bit) => {
      expect(accepts([Feature.version1, bit])).toBe(false);
      expect(rig.status).toBe(FRIENDLY);
      expect(negotiated()).toBe(0n);
    },
  );

  test('is refused with a feature beyond the first 64 (BASIC-005)', () => {
    rig.status = FRIENDLY;
    rig.acceptFeatures([Feature.version1]);
    rig.write(Common.driverFeatureSelect, 4, 2);
    rig.write(Common.driverFeature, 4, 0);
    rig.write(Common.driverFeatureSelect, 4, 3);
    rig.write(Common.driverFeature, 4, 1);
    rig.status = FRIENDLY | Status.featuresOk;
    expect(rig.status).toBe(FRIENDLY);
    rig.reset();
    expect(accepts([Feature.version1])).toBe(true);
  });

  test('is refused without VERSION_1: this is no legacy device (BASIC-005)', () => {
    expect(accepts([OWN_LOW])).toBe(false);
    expect(accepts([])).toBe(false);
  });

  test('may be tried again with fewer features', () => {
    expect(accepts([Feature.version1, 63])).toBe(false);
    expect(accepts([Feature.version1, OWN_LOW])).toBe(true);
  });

  test('is given again to the same features after a reset (BASIC-007)', () => {
    const all = OFFERED;
    expect(accepts(all)).toBe(true);
    rig.reset();
    rig.write(Common.driverFeatureSelect, 4, 0);
    expect(rig.read(Common.driverFeature, 4)).toBe(0);
    expect(accepts(all)).toBe(true);
  });
});

test('the configuration space can be read before anything is negotiated (BASIC-010)', () => {
  rig.changeConfiguration(0, [1, 2, 3, 4]);
  expect(rig.status).toBe(0);
  expect(rig.read(0x100, 4)).toBe(0x04030201);
});
