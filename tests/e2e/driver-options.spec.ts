import type { FeatureName, OfferOptions } from '../../src/machine/index.ts';
import { work, workDisks } from '../support/disk-work.ts';
import type { TestMachineOptions } from '../support/machine-page.ts';
import { expect, type GuestPage, test } from '../support/machines.ts';

/** Bits of features that our kernel accepts when they are offered. */
const FEATURE_BITS = {
  VIRTIO_BLK_F_MQ: 12,
  VIRTIO_F_INDIRECT_DESC: 28,
  VIRTIO_F_EVENT_IDX: 29,
} satisfies Partial<Record<FeatureName, number>>;
type Feature = keyof typeof FEATURE_BITS;

/** Boots our kernel with disks to work with. */
async function boot(guest: GuestPage, offer: OfferOptions, options: TestMachineOptions = {}) {
  await guest.boot({ disks: await workDisks(guest), offer, ...options });
}

/** The features that the driver of each device has accepted: its field of bits as Linux shows it. */
async function accepted(guest: GuestPage): Promise<string[]> {
  return (await guest.output('cat /sys/bus/virtio/devices/virtio*/features')).split('\n');
}

test.describe('our kernel works', () => {
  for (const withheldFeatures of [
    ['VIRTIO_F_INDIRECT_DESC'],
    ['VIRTIO_F_EVENT_IDX'],
    ['VIRTIO_F_INDIRECT_DESC', 'VIRTIO_F_EVENT_IDX'],
  ] satisfies Feature[][]) {
    test(`without ${withheldFeatures.join(' and ')}`, async ({ guest }) => {
      await boot(guest, { withheldFeatures });
      const devices = await accepted(guest);
      expect(devices).toHaveLength(5);
      for (const name of ['VIRTIO_F_INDIRECT_DESC', 'VIRTIO_F_EVENT_IDX'] as const) {
        const bit = (withheldFeatures as Feature[]).includes(name) ? '0' : '1';
        expect(devices.map((features) => features[FEATURE_BITS[name]])).toEqual(
          devices.map(() => bit),
        );
      }
      await work(guest);
    });
  }

  // It is made for one CPU, and so takes the first queue of however many it is offered, and has none
  // to spare for polling (which tests/e2e/stock-kernel.spec.ts shows).
  for (const [offer, bit] of [
    [{ requestQueues: 1 }, '0'],
    [{ withheldFeatures: ['VIRTIO_BLK_F_MQ'] }, '0'],
    [{ requestQueues: 7 }, '1'],
  ] satisfies [OfferOptions, string][]) {
    test(`with disks that offer ${JSON.stringify(offer)}`, async ({ guest }) => {
      await boot(guest, offer, { append: 'virtio_blk.poll_queues=2' });
      const disks = (await accepted(guest)).slice(1, 4);
      expect(disks.map((features) => features[FEATURE_BITS.VIRTIO_BLK_F_MQ])).toEqual([
        bit,
        bit,
        bit,
      ]);
      expect(await guest.output('echo /sys/block/vdb/mq/*')).toBe('/sys/block/vdb/mq/0');
      const told = await guest.output('dmesg | grep "poll queues"');
      expect(told.match(/virtio_blk virtio\d: 1\/0\/0 default/g)).toHaveLength(3);
      await work(guest);
    });
  }

  // Requests that Linux has under way are as many as the queue has entries, and half as many without
  // indirect descriptors; blk-mq allows at most 10240 (BLK_MQ_MAX_DEPTH). A request without them
  // takes two descriptors and one for each segment: 4 entries are the least that it can work with,
  // while with them it puts any request into one entry. The tests above have queues of 256.
  for (const { queueSize, indirect = true, requests, segments, memory = 256 } of [
    { queueSize: 2, requests: 2, segments: 1 },
    { queueSize: 4, requests: 4, segments: 2 },
    { queueSize: 4, indirect: false, requests: 2, segments: 2 },
    { queueSize: 16, requests: 16, segments: 14 },
    { queueSize: 1024, requests: 1024, segments: 254 },
    // The console's two receive queues are filled with 256 MiB of pages.
    { queueSize: 32768, requests: 10240, segments: 254, memory: 1024 },
  ]) {
    const title = `with queues of ${queueSize}${indirect ? '' : ' and no indirect descriptors'}`;
    test(title, async ({ guest }) => {
      const withheldFeatures: Feature[] = indirect ? [] : ['VIRTIO_F_INDIRECT_DESC'];
      await boot(guest, { queueSize, withheldFeatures }, { memory });
      const limits = await guest.output('cd /sys/block/vdb/queue && cat nr_requests max_segments');
      expect(limits).toBe(`${requests}\n${segments}`);
      await work(guest);
    });
  }
});
