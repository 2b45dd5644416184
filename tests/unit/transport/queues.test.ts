import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QueueWord } from '../../../src/link/control-block.ts';
import { Feature, Status } from '../../../src/transport/features.ts';
import { layoutAt, layoutLength } from '../../support/driver.ts';
import { Common, ISR_QUEUE, Rig } from './rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig({ queueSizes: [64, 128] });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  rig.ram.checkCanaries();
  vi.restoreAllMocks();
});

const size = () => rig.read(Common.queueSize, 2);
const enabled = () => rig.read(Common.queueEnable, 2);
const needsReset = () => (rig.status & Status.deviceNeedsReset) !== 0;

describe('the registers of a queue', () => {
  test('begin with the largest size, addresses of 0, disabled (PCI-015)', () => {
    expect(rig.read(Common.numQueues, 2)).toBe(2);
    for (const [queue, largest] of [64, 128].entries()) {
      rig.select(queue);
      expect(size()).toBe(largest);
      expect(enabled()).toBe(0);
      expect(rig.read(Common.queueReset, 2)).toBe(0);
      for (let offset = 0x20; offset < 0x38; offset += 4) expect(rig.read(offset, 4)).toBe(0);
    }
  });

  test('are all 0 for a queue that does not exist (PCI-021)', () => {
    for (const queue of [2, 0x100, 0xffff]) {
      rig.select(queue);
      expect(rig.read(Common.queueSelect, 2)).toBe(queue);
      rig.write(Common.queueSize, 2, 16);
      rig.write(Common.queueDescriptorTable, 4, 0x1000);
      rig.write(Common.queueEnable, 2, 1);
      rig.write(Common.queueReset, 2, 1);
      expect(size()).toBe(0);
      expect(enabled()).toBe(0);
      expect(rig.read(Common.queueDescriptorTable, 4)).toBe(0);
    }
  });

  test('belong to each queue', () => {
    rig.describeQueue(0, {
      queueSize: 16,
      descriptorTable: 0x1000,
      availableRing: 0x2000,
      usedRing: 0x3000,
    });
    rig.select(1);
    expect(size()).toBe(128);
    expect(rig.read(Common.queueDescriptorTable, 4)).toBe(0);
    rig.select(0);
    expect(size()).toBe(16);
    expect(rig.read(Common.queueDevice, 4)).toBe(0x3000);
  });

  test('take the halves of addresses independently, in any order (PCI-006)', () => {
    rig.select(0);
    for (const [index, register] of [0x34, 0x20, 0x2c, 0x24, 0x30, 0x28].entries()) {
      rig.write(register, 4, 0xfffffff0 + index);
    }
    const read = [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34].map(
      (register) => rig.read(register, 4) & 0xf,
    );
    expect(read).toEqual([1, 3, 5, 2, 4, 0]);
  });

  test('take writes of their own width only', () => {
    rig.select(0);
    rig.write(Common.queueSize, 1, 16);
    rig.write(Common.queueSize, 4, 16);
    rig.write(Common.queueEnable, 1, 1);
    rig.write(Common.queueEnable, 4, 1);
    rig.write(Common.queueDescriptorTable, 2, 0x1000);
    rig.write(Common.queueDescriptorTable + 2, 4, 0x1000);
    expect([size(), enabled(), rig.read(Common.queueDescriptorTable, 4)]).toEqual([64, 0, 0]);
    rig.write(Common.queueSelect, 1, 1);
    rig.write(Common.queueSelect, 4, 1);
    expect(rig.read(Common.queueSelect, 2)).toBe(0);
  });

  test('without MSI-X have no vector (PCI-049)', () => {
    rig.write(Common.configMsixVector, 2, 0);
    rig.write(Common.queueMsixVector, 2, 0);
    expect(rig.read(Common.configMsixVector, 2)).toBe(0xffff);
    expect(rig.read(Common.queueMsixVector, 2)).toBe(0xffff);
  });

  test('show 0 for what was not negotiated: notification data, administration queue', () => {
    expect(rig.read(Common.queueNotifyData, 2)).toBe(0);
    expect(rig.read(0x3c, 4)).toBe(0);
  });
});

describe('the size of a queue', () => {
  test('may be any power of two up to the largest', () => {
    rig.select(0);
    for (let chosen = 1; chosen <= 64; chosen *= 2) {
      rig.write(Common.queueSize, 2, chosen);
      expect(size()).toBe(chosen);
    }
  });

  test('is never shown as anything but 0 or a power of two (PCI-022)', () => {
    rig.select(0);
    for (let written = 0; written <= 70; written++) {
      rig.write(Common.queueSize, 2, written);
      expect(size() & (size() - 1)).toBe(0);
      expect(size()).toBeLessThanOrEqual(64);
    }
  });

  test('larger than the largest is ignored', () => {
    rig.select(0);
    rig.write(Common.queueSize, 2, 32);
    for (const written of [65, 128, 0x8000, 0xffff]) {
      rig.write(Common.queueSize, 2, written);
      expect(size()).toBe(32);
    }
  });

  test.each([0, 3, 63])('of %i fails the device when the queue is used (BASIC-002)', (wrong) => {
    rig.negotiate();
    rig.describeQueue(0, { ...layoutAt(rig.allocate(layoutLength(64)), 64), queueSize: wrong });
    rig.write(Common.queueEnable, 2, 1);
    rig.driverOk();
    rig.notify(0);
    rig.pump();
    expect(needsReset()).toBe(true);
    expect(rig.device.taken).toBe(0);
  });
});

describe('a queue that cannot be', () => {
  const sound = () => layoutAt(rig.allocate(layoutLength(8)), 8);

  test.each([
    ['a descriptor table that is not aligned to 16', { descriptorTable: 0x10008 }],
    ['an available ring that is not aligned to 2', { availableRing: 0x10001 }],
    ['a used ring that is not aligned to 4', { usedRing: 0x10002 }],
    ['a descriptor table that leaves RAM', { descriptorTable: 1024 * 1024 - 112 }],
    ['an available ring that leaves RAM', { availableRing: 1024 * 1024 - 20 }],
    ['a used ring that leaves RAM', { usedRing: 1024 * 1024 - 68 }],
    ['no descriptor table', { descriptorTable: 0 }],
    ['no available ring', { availableRing: 0 }],
    ['no used ring', { usedRing: 0 }],
    ['no address at all', { descriptorTable: 0, availableRing: 0, usedRing: 0 }],
    ['an address near 4 GiB', { usedRing: 0xfffffffc }],
    ['an address beyond 4 GiB whose low half is sound', { descriptorTable: 2 ** 32 + 0x10000 }],
    ['an address of 64 bits whose low half is sound', { availableRing: 0xffffffff * 2 ** 32 }],
  ])('%s: the device needs a reset, and RAM stays as it is (BASIC-002)', (_, part) => {
    rig.negotiate();
    const layout = { ...sound(), ...part };
    const before = rig.ram.bytes.slice();
    rig.describeQueue(0, layout);
    rig.write(Common.queueEnable, 2, 1);
    rig.driverOk();
    rig.notify(0);
    rig.pump();
    expect(needsReset()).toBe(true);
    expect(Buffer.compare(rig.ram.bytes, before)).toBe(0);
  });
});

describe('an enabled queue', () => {
  test('shows that it is, and cannot be disabled by writing 0', () => {
    rig.negotiate();
    rig.enableQueue(0);
    expect(enabled()).toBe(1);
    rig.write(Common.queueEnable, 2, 0);
    expect(enabled()).toBe(1);
  });

  test('is enabled by 1 only', () => {
    rig.select(0);
    rig.write(Common.queueEnable, 2, 2);
    rig.write(Common.queueEnable, 2, 0xffff);
    expect(enabled()).toBe(0);
  });

  test('does not change its size or its addresses', () => {
    rig.negotiate();
    const { layout } = rig.enableQueue(0, 8);
    rig.describeQueue(0, layoutAt(rig.allocate(layoutLength(16)), 16));
    expect(size()).toBe(8);
    expect(rig.read(Common.queueDescriptorTable, 4)).toBe(layout.descriptorTable);
    expect(rig.read(Common.queueDriver, 4)).toBe(layout.availableRing);
    expect(rig.read(Common.queueDevice, 4)).toBe(layout.usedRing);
  });

  test('that is enabled again goes on as it was', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    rig.pump();
    rig.select(0);
    rig.write(Common.queueEnable, 2, 1);
    rig.pump();
    driver.add([rig.buffer('y')]);
    rig.notify(0);
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(2);
    expect(rig.device.taken).toBe(2);
  });

  test('works with every size', () => {
    for (let chosen = 1; chosen <= 64; chosen *= 2) {
      const driver = rig.start([Feature.version1, Feature.eventIndex], chosen);
      const question = rig.buffer('q');
      for (let round = 0; round < 3 * chosen; round++) {
        driver.usedEvent = driver.collectedIndex;
        driver.add([question]);
        rig.notify(0);
        rig.pump();
        expect(driver.collectUsed()).toHaveLength(1);
        expect(rig.readIsr()).toBe(ISR_QUEUE);
      }
      rig.reset();
    }
  });

  test('may be enabled after DRIVER_OK as well; what is in it already is found', () => {
    rig.start();
    const layout = layoutAt(rig.allocate(layoutLength(4)), 4);
    rig.describeQueue(1, layout);
    rig.memory.write16(layout.availableRing + 2, 0);
    rig.write(Common.queueEnable, 2, 1);
    rig.pump();
    const driver = rig.enableQueue(1, 4);
    expect(driver.layout).not.toEqual(layout); // it stays where it was
    expect(rig.runtime.queues[1].queueSize).toBe(4);
    expect(rig.runtime.queues[0].queueSize).toBe(8);
  });
});

describe('the reset of one queue (VIRTIO_F_RING_RESET)', () => {
  const FEATURES = [Feature.version1, Feature.ringReset];
  const resetting = () => rig.read(Common.queueReset, 2);

  function resetQueue(queue: number): void {
    rig.select(queue);
    rig.write(Common.queueReset, 2, 1);
  }

  test('is ignored when it was not negotiated', () => {
    const driver = rig.start();
    resetQueue(0);
    expect([resetting(), enabled()]).toEqual([0, 1]);
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(1);
  });

  test('reads as 1 while it goes on, then 0 with queue_enable 0 (PCI-018, PCI-019, PCI-020)', () => {
    rig.start(FEATURES);
    resetQueue(0);
    expect([resetting(), enabled()]).toEqual([1, 0]);
    expect(resetting()).toBe(1);
    rig.poll();
    expect([resetting(), enabled()]).toEqual([0, 0]);
  });

  test('is not seen at another queue', () => {
    rig.start(FEATURES);
    resetQueue(0);
    rig.select(1);
    expect(resetting()).toBe(0);
  });

  test('puts size and addresses back (BASIC-012)', () => {
    rig.start(FEATURES);
    resetQueue(0);
    rig.poll();
    expect(size()).toBe(64);
    for (let offset = 0x20; offset < 0x38; offset += 4) expect(rig.read(offset, 4)).toBe(0);
  });

  test('puts back what was written to a queue that is not enabled, too (PCI-018)', () => {
    rig.start(FEATURES);
    rig.describeQueue(1, layoutAt(0x10000, 16));
    rig.write(Common.queueReset, 2, 1);
    expect(resetting()).toBe(0);
    expect(size()).toBe(128);
    expect(rig.read(Common.queueDevice, 4)).toBe(0);
  });

  test('is done at once before DRIVER_OK: the worker has nothing of the queue', () => {
    rig.negotiate(FEATURES);
    rig.enableQueue(0);
    resetQueue(0);
    expect([resetting(), enabled()]).toEqual([0, 0]);
    rig.driverOk();
    rig.pump();
    expect(rig.runtime.queues[0].queueSize).toBe(0);
  });

  test('forgets requests: none is carried out or used afterwards (BASIC-011)', () => {
    rig.device.holding = true;
    const driver = rig.start(FEATURES);
    driver.add([rig.buffer('held')], [rig.space(4)]);
    rig.notify(0);
    rig.pump();
    driver.add([rig.buffer('rung for, not taken')], [rig.space(4)]);
    rig.notify(0);
    resetQueue(0);
    rig.poll();
    expect(rig.device.held).toHaveLength(1);
    rig.device.release(0);
    rig.pump();
    expect(driver.usedIndex).toBe(0);
    expect(rig.readIsr()).toBe(0);
    expect(rig.device.taken).toBe(1);
  });

  test('notifies for nothing that was published just before (BASIC-011)', () => {
    const driver = rig.start(FEATURES);
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    rig.poll();
    rig.link.sync();
    rig.poll();
    expect(driver.usedIndex).toBe(1);
    resetQueue(0);
    rig.pump();
    expect(rig.interrupted).toBe(false);
  });

  test('leaves the other queues at work', () => {
    rig.negotiate(FEATURES);
    rig.enableQueue(0);
    const other = rig.enableQueue(1);
    rig.driverOk();
    rig.pump();
    resetQueue(0);
    other.add([rig.buffer('x')]);
    rig.notify(1);
    rig.pump();
    expect(other.collectUsed()).toHaveLength(1);
    expect(rig.readIsr()).toBe(ISR_QUEUE);
  });

  test('lets the driver set it up anew, elsewhere and with another size (BASIC-013, PCI-017)', () => {
    const before = rig.start(FEATURES, 8);
    for (let round = 0; round < 5; round++) {
      before.add([rig.buffer('x')]);
      rig.notify(0);
      rig.pump();
      before.collectUsed();
    }
    rig.readIsr();
    resetQueue(0);
    rig.poll();
    expect(resetting()).toBe(0);
    const after = rig.enableQueue(0, 32);
    expect([resetting(), enabled()]).toEqual([0, 1]);
    rig.pump();
    const answer = rig.space(5);
    after.add([rig.buffer('again')], [answer]);
    rig.notify(0);
    rig.pump();
    expect(after.collectUsed()).toHaveLength(1);
    expect(rig.text(answer)).toBe('again');
    expect(rig.readIsr()).toBe(ISR_QUEUE);
    expect(before.usedIndex).toBe(5);
  });

  test('that goes on keeps the queue from being enabled', () => {
    rig.start(FEATURES);
    resetQueue(0);
    rig.write(Common.queueEnable, 2, 1);
    expect(enabled()).toBe(0);
  });

  test('ends with a reset of the device (PCI-016)', () => {
    rig.start(FEATURES);
    resetQueue(0);
    rig.reset();
    rig.select(0);
    expect(resetting()).toBe(0);
    const base = rig.control.queueBase(0);
    expect(rig.control.load(base + QueueWord.enabled)).toBe(0);
  });
});
