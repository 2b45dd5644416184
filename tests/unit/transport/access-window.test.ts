import { beforeEach, describe, expect, test } from 'vitest';
import { Feature, Status } from '../../../src/transport/features.ts';
import { BAR_LENGTH, Common, DEVICE_CONFIGURATION, ISR, ISR_QUEUE, NOTIFY, Rig } from './rig.ts';

/** The PCI configuration access capability (VIRTIO 1.4, 4.1.4.9): BAR 0 without the BAR. */

const PCI_ACCESS = 5;

let rig: Rig;
let at: number;

beforeEach(() => {
  rig = new Rig();
  at = rig.readConfig(0x34, 1);
  while (rig.readConfig(at + 3, 1) !== PCI_ACCESS) at = rig.readConfig(at + 1, 1);
});

function aim(offset: number, length: number, bar = 0): void {
  rig.writeConfig(at + 4, 1, bar);
  rig.writeConfig(at + 8, 4, offset);
  rig.writeConfig(at + 12, 4, length);
}

function readThrough(offset: number, length: number): number {
  aim(offset, length);
  return rig.readConfig(at + 16, length);
}

function writeThrough(offset: number, length: number, value: number): void {
  aim(offset, length);
  rig.writeConfig(at + 16, length, value);
}

describe('reads (PCI-044)', () => {
  test('give what the BAR gives, at every width and aligned offset', () => {
    rig.changeConfiguration(0, [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
    rig.negotiate();
    rig.enableQueue(0);
    for (const width of [1, 2, 4]) {
      for (let offset = 0; offset < BAR_LENGTH; offset += width) {
        expect([offset, readThrough(offset, width)]).toEqual([offset, rig.read(offset, width)]);
      }
    }
  });

  test('happen at each read of the data, and have their effect', () => {
    const driver = rig.start();
    driver.add([rig.space(1)]);
    rig.notify(0);
    rig.pump();
    aim(ISR, 1);
    expect(rig.interrupted).toBe(true); // aiming does nothing
    expect(rig.readConfig(at + 16, 1)).toBe(ISR_QUEUE);
    expect(rig.interrupted).toBe(false);
    expect(rig.readConfig(at + 16, 1)).toBe(0);
  });

  test('put only the bytes of their length into the data', () => {
    rig.changeConfiguration(0, [0x11, 0x22, 0x33, 0x44]);
    aim(DEVICE_CONFIGURATION, 1);
    expect(rig.readConfig(at + 16, 4) & 0xff).toBe(0x11);
    aim(DEVICE_CONFIGURATION + 2, 2);
    expect(rig.readConfig(at + 16, 4) & 0xffff).toBe(0x4433);
  });
});

describe('writes (PCI-043)', () => {
  test('do what a write to the BAR does: a whole set-up goes through', () => {
    writeThrough(Common.deviceStatus, 1, Status.acknowledge);
    writeThrough(Common.deviceStatus, 1, Status.acknowledge | Status.driver);
    writeThrough(Common.driverFeatureSelect, 4, 1);
    writeThrough(Common.driverFeature, 4, 1 << (Feature.version1 - 32));
    writeThrough(Common.deviceStatus, 1, 0x0b);
    expect(readThrough(Common.deviceStatus, 1)).toBe(0x0b);
    writeThrough(Common.queueSelect, 2, 1);
    expect(rig.read(Common.queueSelect, 2)).toBe(1);
    const driver = rig.enableQueue(0);
    driver.add([rig.space(1)]);
    writeThrough(Common.deviceStatus, 1, 0x0f);
    rig.pump();
    driver.add([rig.space(1)]);
    writeThrough(NOTIFY, 2, 0);
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(2);
    expect(readThrough(ISR, 1)).toBe(ISR_QUEUE);
    expect(rig.interrupted).toBe(false);
  });

  test('take the first bytes of the data, however it is written', () => {
    aim(Common.queueSelect, 2);
    rig.writeConfig(at + 16, 4, 0xabcd0001);
    expect(rig.read(Common.queueSelect, 2)).toBe(1);
  });

  test('of another field do nothing to the BAR', () => {
    aim(Common.queueSelect, 2);
    rig.writeConfig(at + 16, 2, 1);
    rig.write(Common.queueSelect, 2, 0);
    aim(Common.queueSelect, 2);
    expect(rig.read(Common.queueSelect, 2)).toBe(0);
  });
});

describe('an aim that is no sound access', () => {
  test.each([
    ['another BAR', 0x14, 1, 1],
    ['a BAR that cannot be', 0x14, 1, 255],
    ['a length of 0', 0x14, 0, 0],
    ['a length of 3', 0x14, 3, 0],
    ['a length of 8', 0, 8, 0],
    ['a huge length', 0x14, 0xffffffff, 0],
    ['an offset that is not aligned to the length', 0x15, 2, 0],
    ['an offset beyond the BAR', BAR_LENGTH, 1, 0],
    ['a huge offset', 0xfffffffc, 4, 0],
  ])('%s: nothing happens', (_, offset, length, bar) => {
    rig.status = Status.acknowledge;
    aim(offset, length, bar);
    rig.writeConfig(at + 16, 4, 0x02020202);
    expect(rig.status).toBe(Status.acknowledge);
    // The data is then only a register.
    expect(rig.readConfig(at + 16, 4)).toBe(0x02020202);
  });
});

test('the aim reads back, and power-on clears it', () => {
  aim(0x1234, 0x5678, 3);
  expect([at + 4, at + 8, at + 12].map((field) => rig.readConfig(field, 4))).toEqual([
    3, 0x1234, 0x5678,
  ]);
  rig.writeConfig(at + 16, 4, 0x99);
  rig.bus.reset();
  expect([4, 8, 12, 16].map((field) => rig.readConfig(at + field, 4))).toEqual([0, 0, 0, 0]);
});

test('works while the BAR is not decoded: that is what it is for', () => {
  rig.writeConfig(0x04, 2, 0);
  expect(() => rig.read(0, 4)).toThrow();
  expect(readThrough(Common.numQueues, 2)).toBe(2);
});
