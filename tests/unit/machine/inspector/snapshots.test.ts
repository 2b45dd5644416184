import { describe, expect, test } from 'vitest';
import type { InFlight } from '../../../../src/machine/inspector/queue-snapshot.ts';
import { Feature, Status } from '../../../../src/transport/features.ts';
import { writeDescriptor } from '../../../support/driver.ts';
import { Noise } from '../../../support/noise.ts';
import { InspectedRig, PLACE } from './inspected-rig.ts';

const VIRTIO_BLK_F_FLUSH = 9;
const FEATURES = [Feature.version1, Feature.eventIndex, Feature.indirectDescriptors];

/** What the snapshot of queue 0 says is on its way. */
function inFlight(rig: InspectedRig): InFlight[] {
  return rig.inspector.queue(PLACE, 0)?.inFlight ?? [];
}

describe('a snapshot of a device', () => {
  test('has its registers, bits by name, and how they change', () => {
    const rig = new InspectedRig({ features: [VIRTIO_BLK_F_FLUSH, 23] });
    const device = () => rig.inspector.device(PLACE)!;
    expect(device()).toMatchObject({ name: 'Disk vda', kind: 'block', pciAddress: '00:02.0' });
    expect(device()).toMatchObject({ status: 0, statusBits: [], featuresAgreed: false, line: 9 });
    rig.start([...FEATURES, VIRTIO_BLK_F_FLUSH]);
    expect(device().statusBits.map(({ name }) => name)).toEqual([
      'ACKNOWLEDGE',
      'DRIVER',
      'DRIVER_OK',
      'FEATURES_OK',
    ]);
    expect(device().features.map(({ name, accepted }) => [name, accepted])).toEqual([
      ['VIRTIO_BLK_F_FLUSH', true],
      ['bit 23', false],
      ['VIRTIO_F_INDIRECT_DESC', true],
      ['VIRTIO_F_EVENT_IDX', true],
      ['VIRTIO_F_VERSION_1', true],
      ['VIRTIO_F_RING_RESET', false],
    ]);
    rig.changeConfiguration(0, [1, 2, 3, 0, 0, 0, 0, 1]);
    rig.syncPoint();
    expect(device()).toMatchObject({ isr: 2, lineRaised: true, generation: 1 });
    expect(device().configurationFields[0]).toEqual({
      name: 'capacity',
      offset: 0,
      width: 8,
      value: 2 ** 56 + 0x030201,
      section: '5.2.4',
    });
    expect(rig.readIsr(), 'a look does not clear it').toBe(2);
    rig.fail();
    expect(device()).toMatchObject({ needsReset: true, isr: 0, lineRaised: false });
    expect(device().status & Status.deviceNeedsReset).not.toBe(0);
  });

  test('shows a reset that the worker has not carried out, and does not end it', () => {
    const rig = new InspectedRig({ patience: 0 });
    rig.start();
    rig.write(0x14, 1, 0);
    expect(rig.inspector.device(PLACE)).toMatchObject({ resetting: true });
    rig.poll();
    expect(rig.inspector.device(PLACE)).toMatchObject({ resetting: false, status: 0 });
  });

  test('has nothing where nothing is', () => {
    const rig = new InspectedRig();
    rig.start();
    expect(rig.inspector.device(PLACE + 1)).toBeNull();
    expect(rig.inspector.queue(PLACE + 1, 0)).toBeNull();
    expect(rig.inspector.queue(PLACE, 2)).toBeNull();
    expect(rig.inspector.chain(PLACE, 1, 0), 'of a queue that is not enabled').toBeNull();
    expect(rig.inspector.queue(PLACE, 1)).toMatchObject({ enabled: false, inFlight: [] });
  });
});

describe('a snapshot of a queue', () => {
  test('has the three parts as they lie in memory', () => {
    const rig = new InspectedRig();
    const driver = rig.start(FEATURES, 16);
    for (let request = 0; request < 40; request++) {
      driver.add([rig.buffer('what')], [rig.space(2 + request)]);
      rig.notify(0);
      rig.pump();
      driver.collectUsed();
    }
    driver.usedEvent = 0x1234;
    driver.availableFlags = 1;
    driver.add([rig.buffer('not told')]);
    const { bytes } = rig.ram;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { queueSize, ...addresses } = driver.layout;
    const { descriptorTable, availableRing, usedRing } = addresses;
    const slots = Array.from({ length: 16 }, (_, slot) => slot);
    const read16 = (address: number) => view.getUint16(address, true);
    const read32 = (address: number) => view.getUint32(address, true);
    const snapshot = rig.inspector.queue(PLACE, 0)!;
    expect(snapshot).toMatchObject({ ...addresses, size: queueSize });
    expect(snapshot).toMatchObject({ eventIndex: true, fault: null, name: 'requestq1' });
    const { descriptors, available, used } = snapshot;
    expect(slots.map((slot) => descriptors.addresses[slot])).toEqual(
      slots.map((slot) => Number(view.getBigUint64(descriptorTable + 16 * slot, true))),
    );
    expect([...descriptors.lengths]).toEqual(
      slots.map((s) => read32(descriptorTable + 16 * s + 8)),
    );
    expect([...descriptors.flags]).toEqual(slots.map((s) => read16(descriptorTable + 16 * s + 12)));
    expect([...descriptors.next]).toEqual(slots.map((s) => read16(descriptorTable + 16 * s + 14)));
    expect(available).toMatchObject({ flags: 1, index: 41, usedEvent: 0x1234 });
    expect([...available.elements]).toEqual(slots.map((s) => read16(availableRing + 4 + 2 * s)));
    expect(used).toMatchObject({ flags: 0, index: 40, availEvent: 40 });
    expect([...used.ids]).toEqual(slots.map((slot) => read32(usedRing + 4 + 8 * slot)));
    expect([...used.lengths]).toEqual(slots.map((slot) => read32(usedRing + 8 + 8 * slot)));
  });

  test('tells where each chain is, whatever order they come back in', () => {
    const noise = new Noise(5);
    const rig = new InspectedRig();
    rig.device.holding = true;
    const driver = rig.start(FEATURES, 8);
    const buffer = rig.buffer('x');
    const expected: Record<InFlight['state'], number[]> = {
      available: [],
      notified: [],
      taken: [],
      served: [],
    };
    const steps = [
      () => {
        if (driver.freeDescriptors > 0) expected.available.push(driver.add([buffer]));
      },
      () => {
        rig.notify(0);
        expected.notified.push(...expected.available.splice(0));
      },
      () => {
        rig.poll();
        expected.taken.push(...expected.notified.splice(0));
      },
      () => {
        if (expected.taken.length === 0) return;
        const which = noise.next() % expected.taken.length;
        rig.device.release(which);
        expected.served.push(...expected.taken.splice(which, 1));
      },
      () => {
        rig.pump();
        driver.collectUsed();
        expected.taken.push(...expected.notified.splice(0));
      },
    ];
    let seen = 0;
    for (let step = 0; step < 3000; step++) {
      steps[noise.next() % steps.length]();
      for (; seen !== driver.usedIndex; seen++) expected.served.shift();
      const found = inFlight(rig);
      for (const state of ['available', 'notified', 'served'] as const) {
        const heads = found.filter((chain) => chain.state === state).map(({ head }) => head);
        expect(heads, `${state} after step ${step}`).toEqual(expected[state]);
      }
      // Those that were taken long ago may have lost their order.
      const taken = found.filter(({ state }) => state === 'taken').map(({ head }) => head);
      expect(taken.toSorted(), `taken after step ${step}`).toEqual(expected.taken.toSorted());
    }
    rig.reset();
    expect(inFlight(rig)).toEqual([]);
  });

  test('has the positions and what was written', () => {
    const rig = new InspectedRig();
    rig.device.holding = true;
    const driver = rig.start();
    const [first] = [
      driver.add([rig.buffer('abc')], [rig.space(8)]),
      driver.add([rig.buffer('d')]),
    ];
    rig.notify(0);
    rig.poll();
    rig.device.release(0);
    const snapshot = rig.inspector.queue(PLACE, 0)!;
    expect(snapshot).toMatchObject({ availableIndex: 2, doorbell: 2, taken: 2 });
    expect(snapshot).toMatchObject({ returned: 1, published: 0 });
    expect(snapshot.inFlight[0]).toEqual({ head: first, state: 'served', index: 0, written: 3 });
  });

  test('that its driver has put beside RAM is told, and not read', () => {
    const rig = new InspectedRig();
    rig.negotiate();
    const layout = { queueSize: 8, descriptorTable: 16, availableRing: 0xfffff0, usedRing: 4096 };
    rig.enableQueueAt(0, layout);
    rig.driverOk();
    const snapshot = rig.inspector.queue(PLACE, 0)!;
    expect(snapshot).toMatchObject({ enabled: true, fault: 'queue is not aligned or not in RAM' });
    expect(snapshot.available.elements).toHaveLength(0);
    expect(rig.inspector.chain(PLACE, 0, 0)).toBeNull();
  });
});

describe('a chain', () => {
  test('is followed through its indirect table', () => {
    const rig = new InspectedRig();
    const driver = rig.start(FEATURES);
    const buffers = [rig.buffer('one'), rig.buffer('three')];
    const [written] = [rig.space(7)];
    const head = driver.add(buffers, [written], { indirect: true, direct: 1 });
    const chain = rig.inspector.chain(PLACE, 0, head)!;
    expect(chain).toMatchObject({ head, fault: null, readableLength: 8, writableLength: 7 });
    const found = chain.descriptors.map(({ indirect, refersToTable, writable, length }) => {
      return { indirect, refersToTable, writable, length };
    });
    expect(found).toEqual([
      { indirect: false, refersToTable: false, writable: false, length: 3 },
      { indirect: false, refersToTable: true, writable: false, length: 32 },
      { indirect: true, refersToTable: false, writable: false, length: 5 },
      { indirect: true, refersToTable: false, writable: true, length: 7 },
    ]);
    expect(chain.descriptors[2].table).toBe(chain.descriptors[1].address);
  });

  test('with a mistake is walked up to there', () => {
    const rig = new InspectedRig();
    const driver = rig.start(FEATURES, 4);
    const { descriptorTable } = driver.layout;
    const descriptor = (index: number, flags: number, next: number) => {
      writeDescriptor(rig.memory, descriptorTable, index, { address: 64, length: 32, flags, next });
    };
    descriptor(0, 1, 1);
    descriptor(1, 1, 0);
    descriptor(2, 1, 9);
    descriptor(3, 4, 0);
    const walked = (head: number) => {
      const { fault, descriptors } = rig.inspector.chain(PLACE, 0, head)!;
      return [fault, descriptors.length];
    };
    expect(walked(0)).toEqual(['more descriptors than the queue has', 4]);
    expect(walked(2)).toEqual(['descriptor index beyond the table', 1]);
    expect(walked(77)).toEqual(['descriptor index beyond the table', 0]);
    // The indirect table's first entry refers to a table itself.
    writeDescriptor(rig.memory, 64, 0, { address: 0xffff_fff0, length: 64, flags: 4 });
    expect(walked(3)).toEqual(['buffer outside RAM', 2]);
    writeDescriptor(rig.memory, 64, 0, { address: 64, length: 32, flags: 4 });
    expect(walked(3)).toEqual(['indirect descriptor inside an indirect table', 2]);
    expect(rig.inspector.request(PLACE, 0, 3)).toBeNull();
  });
});

test('bytes are copied from RAM alone, and not too many', () => {
  const rig = new InspectedRig();
  const { memorySize } = rig.inspector;
  const { address } = rig.buffer('hello');
  expect(new TextDecoder().decode(rig.inspector.bytes(address, 5))).toBe('hello');
  expect(rig.inspector.bytes(0, memorySize)).toHaveLength(65536);
  expect(rig.inspector.bytes(memorySize - 2, 10)).toHaveLength(2);
  for (const nowhere of [-1, memorySize, memorySize + 1, 2 ** 40, Number.NaN]) {
    expect(rig.inspector.bytes(nowhere, 10)).toHaveLength(0);
  }
  expect(rig.inspector.bytes(0, -1)).toHaveLength(0);
});
