import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Header, STATUS_INTERRUPT } from '../../../src/pci/configuration-space.ts';
import { DeviceLink } from '../../../src/transport/device-link.ts';
import { Feature } from '../../../src/transport/features.ts';
import type { Driver } from '../../support/driver.ts';
import { Common, DEVICE_CONFIGURATION, ISR, ISR_CONFIGURATION, ISR_QUEUE, Rig } from './rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  rig.ram.checkCanaries();
  vi.restoreAllMocks();
});

/** Makes `count` requests and lets them be answered. */
function requests(driver: Driver, count = 1): void {
  for (let request = 0; request < count; request++) driver.add([rig.space(1)]);
  rig.notify(0);
  rig.pump();
}

describe('the ISR status', () => {
  test('has its bit before the line rises; reading clears it and lowers the line (PCI-033, PCI-035)', () => {
    const driver = rig.start();
    expect(rig.readIsr()).toBe(0);
    requests(driver);
    expect(rig.interrupted).toBe(true);
    expect(rig.readIsr()).toBe(ISR_QUEUE);
    expect(rig.interrupted).toBe(false);
    expect(rig.readIsr()).toBe(0);
  });

  test('gathers both reasons (PCI-032)', () => {
    const driver = rig.start();
    requests(driver);
    rig.changeConfiguration(0, [1]);
    rig.syncPoint();
    expect(rig.readIsr()).toBe(ISR_QUEUE | ISR_CONFIGURATION);
    expect(rig.interrupted).toBe(false);
  });

  test('shows in bit 3 of the PCI status (PCI-034)', () => {
    const driver = rig.start();
    const bit = () => rig.readConfig(Header.status, 2) & STATUS_INTERRUPT;
    expect(bit()).toBe(0);
    requests(driver);
    expect(bit()).toBe(STATUS_INTERRUPT);
    expect(rig.interrupted).toBe(true); // looking there clears nothing
    rig.readIsr();
    expect(bit()).toBe(0);
  });

  test('is cleared by a read of any width at its address, and by no other', () => {
    const driver = rig.start();
    for (const width of [1, 2, 4]) {
      requests(driver);
      driver.collectUsed();
      for (const offset of [0x40, 0x42, 0x43, 0x45, 0x48]) expect(rig.read(offset, 4)).toBe(0);
      expect(rig.interrupted).toBe(true);
      expect(rig.read(ISR, width)).toBe(ISR_QUEUE);
      expect(rig.interrupted).toBe(false);
    }
  });

  test('cannot be written', () => {
    const driver = rig.start();
    rig.write(ISR, 1, 0xff);
    expect(rig.interrupted).toBe(false);
    requests(driver);
    rig.write(ISR, 1, 0);
    expect(rig.readIsr()).toBe(ISR_QUEUE);
  });

  test('keeps an interrupt that is disabled in the command register for later', () => {
    const driver = rig.start();
    const command = rig.readConfig(Header.command, 2);
    rig.writeConfig(Header.command, 2, command | 0x400);
    requests(driver);
    expect(rig.interrupted).toBe(false);
    rig.writeConfig(Header.command, 2, command);
    expect(rig.interrupted).toBe(true);
  });
});

describe('what a driver that polls is to be told, while the CPU takes no interrupts,', () => {
  let driver: Driver;

  beforeEach(() => {
    rig = new Rig({ polledQueues: [0] });
    driver = rig.start([Feature.version1, Feature.eventIndex]);
    rig.processor.interruptsOff = true;
    requests(driver);
    expect(driver.collectUsed()).toHaveLength(1);
    expect([rig.link.undecided, rig.interrupted]).toEqual([true, false]);
  });

  test('is not told when it has seen it by itself', () => {
    driver.usedEvent = driver.collectedIndex;
    rig.processor.interruptsOff = false;
    rig.pci.serviceAtSyncPoint();
    expect([rig.link.undecided, rig.readIsr()]).toEqual([false, 0]);
    rig.pump();
    expect(rig.interrupted).toBe(false);
  });

  test('is told as soon as the CPU takes interrupts, when it has not', () => {
    rig.pci.serviceAtSyncPoint();
    expect([rig.link.undecided, rig.interrupted]).toEqual([true, false]);
    rig.processor.interruptsOff = false;
    rig.pci.serviceAtSyncPoint();
    expect([rig.link.undecided, rig.readIsr()]).toEqual([false, ISR_QUEUE]);
  });

  test('is decided at its next doorbell as well', () => {
    driver.usedEvent = driver.collectedIndex;
    rig.notify(0);
    expect([rig.link.undecided, rig.interrupted]).toEqual([false, false]);
  });

  test('is forgotten with the driver', () => {
    rig.reset();
    expect(rig.link.undecided).toBe(false);
  });

  test('is told at once on a queue that nobody polls', () => {
    rig = new Rig({ polledQueues: [1] });
    driver = rig.start([Feature.version1, Feature.eventIndex]);
    rig.processor.interruptsOff = true;
    requests(driver);
    expect([rig.link.undecided, rig.interrupted]).toEqual([false, true]);
  });
});

describe('a used buffer notification', () => {
  test('comes only at a sync point after the worker has published', () => {
    const driver = rig.start();
    driver.add([rig.space(1)]);
    rig.notify(0);
    rig.poll(); // works, asks for a sync
    expect(rig.interrupted).toBe(false);
    expect(driver.usedIndex).toBe(0);
    rig.syncPoint(); // makes the sync
    expect(driver.usedIndex).toBe(0);
    expect(rig.interrupted).toBe(false);
    rig.poll(); // publishes
    expect(driver.usedIndex).toBe(1);
    expect(rig.interrupted).toBe(false);
    rig.syncPoint();
    expect(rig.interrupted).toBe(true);
  });

  test('is one for a batch', () => {
    const driver = rig.start();
    requests(driver, 5);
    expect(rig.readIsr()).toBe(ISR_QUEUE);
    rig.pump();
    expect(rig.readIsr()).toBe(0);
  });

  describe('without EVENT_IDX', () => {
    test('is sent with flags of 0, whatever used_event says (SPLIT-006, SPLIT-008)', () => {
      const driver = rig.start();
      driver.usedEvent = 1234;
      requests(driver);
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });

    test('is not sent with NO_INTERRUPT (SPLIT-007)', () => {
      const driver = rig.start();
      driver.availableFlags = 1;
      requests(driver);
      expect(driver.collectUsed()).toHaveLength(1);
      expect(rig.readIsr()).toBe(0);
    });

    test('is not sent late for what came with NO_INTERRUPT', () => {
      const driver = rig.start();
      driver.availableFlags = 1;
      requests(driver);
      driver.availableFlags = 0;
      rig.pump();
      expect(rig.readIsr()).toBe(0);
      requests(driver);
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });

    test('the flag counts at the sync point, not when the worker published', () => {
      const driver = rig.start();
      driver.availableFlags = 1;
      driver.add([rig.space(1)]);
      rig.notify(0);
      rig.poll();
      rig.syncPoint();
      rig.poll();
      driver.availableFlags = 0;
      rig.syncPoint();
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });
  });

  describe('with EVENT_IDX', () => {
    let driver: Driver;

    beforeEach(() => {
      driver = rig.start([Feature.version1, Feature.eventIndex], 16);
    });

    test('is sent when the used index passes used_event (SPLIT-010)', () => {
      for (let round = 0; round < 20; round++) {
        driver.usedEvent = driver.collectedIndex;
        requests(driver);
        driver.collectUsed();
        expect(rig.readIsr()).toBe(ISR_QUEUE);
      }
    });

    test('is sent at the event inside a batch and not before it (SPLIT-010, SPLIT-011)', () => {
      driver.usedEvent = 5;
      requests(driver, 5); // elements 0 to 4
      expect(rig.readIsr()).toBe(0);
      requests(driver, 3); // elements 5 to 7
      expect(rig.readIsr()).toBe(ISR_QUEUE);
      driver.collectUsed();
      requests(driver, 8);
      expect(rig.readIsr()).toBe(0);
    });

    test('ignores the flags (SPLIT-009)', () => {
      driver.availableFlags = 1;
      requests(driver);
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });

    test('used_event counts at the sync point, not when the worker published', () => {
      driver.usedEvent = 100;
      driver.add([rig.space(1)]);
      rig.notify(0);
      rig.poll();
      rig.syncPoint();
      rig.poll();
      driver.usedEvent = 0;
      rig.syncPoint();
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });

    test('goes right round the 16 bits of the index (SPLIT-010, SPLIT-011)', () => {
      const question = rig.space(1);
      const batch = () => {
        for (let chain = 0; chain < 16; chain++) driver.add([question]);
        rig.notify(0);
        rig.poll();
        rig.syncPoint();
        rig.poll();
        rig.syncPoint();
        if (driver.collectUsed().length !== 16) throw new Error('a batch was not answered');
      };
      driver.usedEvent = 0xfffe;
      for (let round = 0; round < 65536 / 16 - 1; round++) batch();
      expect(rig.readIsr()).toBe(0);
      batch(); // 0xfff0 to 0xffff
      expect(rig.readIsr()).toBe(ISR_QUEUE);
      driver.usedEvent = 3;
      batch(); // 0 to 15
      expect(rig.readIsr()).toBe(ISR_QUEUE);
    });
  });
});

describe('the device configuration space', () => {
  const generation = () => rig.read(Common.configGeneration, 1);

  test('can be read at every width and alignment, and is 0 beyond its end', () => {
    const bytes = Array.from({ length: 16 }, (_, index) => 0xf1 - index);
    rig.changeConfiguration(0, bytes);
    for (const width of [1, 2, 4]) {
      for (let offset = 0; offset < 24; offset++) {
        let expected = 0;
        for (let byte = 0; byte < width; byte++) {
          expected += (bytes[offset + byte] ?? 0) * 2 ** (8 * byte);
        }
        expect(rig.read(DEVICE_CONFIGURATION + offset, width)).toBe(expected);
      }
    }
    expect(rig.read(0x1ff, 4)).toBe(0);
  });

  test('has another generation after each change that was read (PCI-013)', () => {
    for (let change = 1; change < 600; change++) {
      const before = generation();
      rig.changeConfiguration(0, [change & 0xff]);
      expect(rig.read(DEVICE_CONFIGURATION, 1)).toBe(change & 0xff);
      expect(generation()).not.toBe(before);
    }
  });

  test('keeps its generation while nothing changes', () => {
    const before = generation();
    rig.write(DEVICE_CONFIGURATION, 4, 1);
    rig.pump();
    expect(generation()).toBe(before);
  });

  test('is never seen half changed: until it is whole, the old one is there (PCI-013)', () => {
    rig.changeConfiguration(0, [1, 1, 1, 1]);
    const before = [generation(), rig.read(DEVICE_CONFIGURATION, 4)];
    rig.runtime.changeConfiguration((configuration) => {
      configuration.set([2, 2]);
      // The worker is interrupted here, and the driver reads.
      expect([generation(), rig.read(DEVICE_CONFIGURATION, 4)]).toEqual(before);
      configuration.set([2, 2], 2);
      expect([generation(), rig.read(DEVICE_CONFIGURATION, 4)]).toEqual(before);
    });
    expect(rig.read(DEVICE_CONFIGURATION, 4)).toBe(0x02020202);
    expect(generation()).not.toBe(before[0]);
  });

  test('is there from the start, also when its first reading meets a change', () => {
    rig.control.configuration.set([7, 7, 7, 7]);
    const nobody = () => {};
    const link = new DeviceLink(0, rig.control, rig.memory, rig.attention, nobody);
    rig.runtime.changeConfiguration(() => {
      expect([...link.configuration.subarray(0, 4)]).toEqual([7, 7, 7, 7]);
    });
  });

  test('that changes while it is looked at is not seen half changed either (PCI-013)', () => {
    rig.changeConfiguration(0, [1, 1, 1, 1]);
    const { load } = Atomics;
    vi.spyOn(Atomics, 'load').mockImplementation(((words: Int32Array, index: number) => {
      if (words === (rig.control.configuration as unknown) && index === 2) {
        vi.restoreAllMocks();
        rig.changeConfiguration(0, [2, 2, 2, 2]);
      }
      return load(words, index);
    }) as typeof Atomics.load);
    expect([0, 0x01010101, 0x02020202]).toContain(rig.read(DEVICE_CONFIGURATION, 4));
    expect(rig.read(DEVICE_CONFIGURATION, 4)).toBe(0x02020202);
  });

  test('interrupts when it has changed, at a sync point, once (PCI-032)', () => {
    rig.start();
    rig.changeConfiguration(4, [9]);
    expect(rig.interrupted).toBe(false);
    rig.syncPoint();
    expect(rig.interrupted).toBe(true);
    expect(rig.readIsr()).toBe(ISR_CONFIGURATION);
    rig.attention.request(5);
    rig.syncPoint();
    expect(rig.interrupted).toBe(false);
  });

  test('does not interrupt for what changed before DRIVER_OK', () => {
    rig.changeConfiguration(0, [1]);
    rig.negotiate();
    rig.changeConfiguration(0, [2]);
    rig.syncPoint();
    rig.driverOk();
    rig.pump();
    expect(rig.interrupted).toBe(false);
  });

  test.each([
    ['a sync point before DRIVER_OK', () => rig.syncPoint()],
    ['a look at its status', () => void rig.status],
  ])(
    'interrupts after DRIVER_OK for what changed since the driver first looked, with %s',
    (_, between) => {
      rig.negotiate();
      rig.read(DEVICE_CONFIGURATION, 4);
      rig.changeConfiguration(0, [2]);
      between();
      rig.driverOk();
      rig.pump();
      expect(rig.readIsr()).toBe(ISR_CONFIGURATION);
      rig.reset();
      rig.negotiate();
      rig.read(DEVICE_CONFIGURATION, 4);
      rig.driverOk();
      rig.pump();
      expect(rig.interrupted).toBe(false);
    },
  );

  test('passes the driver’s writes on, in order, with offset, width and value', () => {
    rig.device.calls.length = 0;
    rig.write(DEVICE_CONFIGURATION + 3, 1, 0xab);
    rig.write(DEVICE_CONFIGURATION + 14, 2, 0xcdef);
    rig.write(DEVICE_CONFIGURATION, 4, 0xffffffff);
    rig.poll();
    expect(rig.device.calls).toEqual(['write 3 1 171', 'write 14 2 52719', 'write 0 4 4294967295']);
  });

  test('does not pass on what reaches beyond its end', () => {
    rig.device.calls.length = 0;
    for (const [offset, width] of [
      [13, 4],
      [15, 2],
      [16, 1],
      [0xff, 1],
    ]) {
      rig.write(DEVICE_CONFIGURATION + offset, width, 1);
    }
    rig.poll();
    expect(rig.device.calls).toEqual([]);
  });

  test('drops writes, and nothing else, when the worker does not hear them', () => {
    rig.device.calls.length = 0;
    for (let write = 0; write < 256 + 3; write++) rig.write(DEVICE_CONFIGURATION, 2, write);
    rig.poll();
    expect(rig.device.calls).toHaveLength(256);
    expect(rig.device.calls.at(-1)).toBe('write 0 2 255');
    rig.write(DEVICE_CONFIGURATION, 2, 999);
    rig.poll();
    expect(rig.device.calls.at(-1)).toBe('write 0 2 999');
  });
});
