import { describe, expect, test } from 'vitest';
import { Feature } from '../../../src/transport/features.ts';
import { Common, DEVICE_CONFIGURATION, ISR, Rig } from './rig.ts';

const CHOICE = 11;
const SUPPORT = 9;
const OFFSET = 6;
const FLAG = DEVICE_CONFIGURATION + OFFSET;

const BOTH = [Feature.version1, CHOICE, SUPPORT];

/** A device with a flag; its driver has negotiated `features`. */
function rigWith(features: readonly number[] = BOTH): Rig {
  const rig = new Rig({
    features: [CHOICE, SUPPORT],
    driverFlags: [{ offset: OFFSET, feature: CHOICE, setWith: SUPPORT }],
  });
  rig.negotiate(features);
  return rig;
}

describe("a flag of the driver's", () => {
  test.each([
    ['1 with both features', BOTH, 1],
    ['0 without the feature that sets it (BLK-002)', [Feature.version1, CHOICE], 0],
    ['0 without its own', [Feature.version1, SUPPORT], 0],
  ])('begins as %s, as soon as FEATURES_OK is set', (_, features, value) => {
    const rig = rigWith(features);
    expect(rig.read(FLAG, 1)).toBe(value);
    expect(rig.runtime.configuration[OFFSET]).toBe(value);
  });

  test('reads as it was written, at once, and tells nobody', () => {
    const rig = rigWith();
    rig.driverOk();
    rig.pump();
    for (const value of [0, 1, 1, 0]) {
      rig.write(FLAG, 1, value);
      expect(rig.read(FLAG, 1)).toBe(value);
      expect(rig.runtime.configuration[OFFSET]).toBe(value);
    }
    rig.pump();
    expect(rig.read(ISR, 1)).toBe(0);
    expect(rig.device.calls.filter((call) => call.startsWith('write'))).toEqual([]);
  });

  test.each([
    ['another value', 0, 1, 2],
    ['a value with the bit set', 0, 1, 0xff],
    ['two bytes', 0, 2, 0],
    ['two bytes before it', -1, 2, 0],
    ['four bytes with it', -2, 4, 0],
  ])('does not take %s', (_, before, width, value) => {
    const rig = rigWith();
    rig.write(FLAG + before, width, value);
    expect(rig.read(FLAG, 1)).toBe(1);
    rig.pump();
    expect(rig.device.calls.filter((call) => call.startsWith('write'))).toEqual([]);
  });

  test('is read-only without its feature', () => {
    const rig = rigWith([Feature.version1, SUPPORT]);
    rig.write(FLAG, 1, 1);
    expect(rig.read(FLAG, 1)).toBe(0);
  });

  test('is read-only before FEATURES_OK, and after a reset', () => {
    const rig = rigWith();
    rig.reset();
    expect(rig.read(FLAG, 1)).toBe(0);
    rig.write(FLAG, 1, 1);
    expect(rig.read(FLAG, 1)).toBe(0);
  });

  test('is after a reset what it was at first', () => {
    const rig = rigWith();
    rig.write(FLAG, 1, 0);
    rig.reset();
    rig.negotiate(BOTH);
    expect(rig.read(FLAG, 1)).toBe(1);
  });

  test('can be written by a driver that does not wait for the end of a reset', () => {
    const rig = rigWith();
    rig.status = 0;
    rig.acceptFeatures(BOTH);
    rig.write(Common.deviceStatus, 1, 11);
    rig.write(FLAG, 1, 0);
    rig.pump();
    expect(rig.read(FLAG, 1)).toBe(0);
    expect(rig.runtime.hasFeature(CHOICE)).toBe(true);
  });

  test('stays when the device changes its configuration', () => {
    const rig = rigWith();
    rig.write(FLAG, 1, 0);
    rig.changeConfiguration(0, [1, 2, 3]);
    expect(rig.read(FLAG, 1)).toBe(0);
    expect(rig.read(DEVICE_CONFIGURATION, 2)).toBe(0x0201);
  });

  test('changes the generation, as any other change does (PCI-013)', () => {
    const rig = rigWith();
    const generation = () => rig.read(Common.configGeneration, 1);
    const before = generation();
    rig.write(FLAG, 1, 0);
    expect(generation()).not.toBe(before);
    const after = generation();
    rig.write(FLAG, 1, 0);
    expect(generation()).toBe(after);
  });

  test('is at the device before the chains of the next doorbell, whatever it is doing', () => {
    const rig = rigWith();
    const driver = rig.enableQueue(0);
    rig.driverOk();
    rig.pump();
    const served: number[] = [];
    rig.device.onTake = () => {
      served.push(rig.runtime.configuration[OFFSET]);
      if (served.length > 3) return;
      // In the middle of the worker's round: it has looked at everything that came before.
      rig.write(FLAG, 1, 1 - served[served.length - 1]);
      driver.add([rig.buffer('next')]);
      rig.notify(0);
    };
    driver.add([rig.buffer('first')]);
    rig.notify(0);
    rig.poll();
    expect(served).toEqual([1, 0, 1, 0]);
  });
});
