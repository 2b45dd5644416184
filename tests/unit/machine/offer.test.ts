import { describe, expect, test } from 'vitest';
import type { DeviceDescription } from '../../../src/link/description.ts';
import { adjustOffer } from '../../../src/machine/offer.ts';

const BLOCK = 2;
const CONSOLE = 3;
const RNG = 4;

const device = (type: number): DeviceDescription => ({
  type,
  classCode: 0x018000,
  features: [9, 12],
  queueSizes: [256, 64],
  configurationLength: 60,
});

describe('the offer of a device', () => {
  test('is its own unless told otherwise', () => {
    expect(adjustOffer(device(BLOCK), {})).toEqual({ ...device(BLOCK), withheldFeatures: [] });
  });

  test('lacks what is withheld: features of all devices, and of its own type', () => {
    const withheldFeatures = [
      'VIRTIO_F_INDIRECT_DESC',
      'VIRTIO_BLK_F_MQ',
      'VIRTIO_CONSOLE_F_MULTIPORT',
    ] as const;
    const withheld = (type: number) =>
      adjustOffer(device(type), { withheldFeatures }).withheldFeatures;
    expect(withheld(BLOCK)).toEqual([28, 12]);
    expect(withheld(CONSOLE)).toEqual([28, 1]);
    expect(withheld(RNG)).toEqual([28]);
  });

  test('lacks what cannot be without what is withheld (BLK-001)', () => {
    const offer = { withheldFeatures: ['VIRTIO_BLK_F_FLUSH'] } as const;
    expect(adjustOffer(device(BLOCK), offer).withheldFeatures).toEqual([9, 11]);
  });

  test('has queues of the size that is told, as many as before', () => {
    expect(adjustOffer(device(CONSOLE), { queueSize: 2 }).queueSizes).toEqual([2, 2]);
    expect(adjustOffer(device(RNG), { queueSize: 1024 }).queueSizes).toEqual([1024, 1024]);
  });
});
