import { describe, expect, test } from 'vitest';
import { Common, DEVICE_CONFIGURATION, Rig } from './rig.ts';

describe('a field of 64 bits', () => {
  test('of the device configuration is read in halves, in any order (PCI-006)', () => {
    const rig = new Rig();
    rig.changeConfiguration(0, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rig.read(DEVICE_CONFIGURATION + 4, 4)).toBe(0x08070605);
    expect(rig.read(DEVICE_CONFIGURATION, 4)).toBe(0x04030201);
    expect(rig.read(DEVICE_CONFIGURATION + 4, 4)).toBe(0x08070605);
  });

  test.each([
    ['queue_desc', Common.queueDescriptorTable],
    ['queue_driver', Common.queueDriver],
    ['queue_device', Common.queueDevice],
  ])('%s keeps one half when the other is written (PCI-006)', (_, register) => {
    const rig = new Rig();
    rig.select(1);
    rig.write(register + 4, 4, 0x11223344);
    expect([rig.read(register, 4), rig.read(register + 4, 4)]).toEqual([0, 0x11223344]);
    rig.write(register, 4, 0x55667788);
    expect([rig.read(register, 4), rig.read(register + 4, 4)]).toEqual([0x55667788, 0x11223344]);
    rig.write(register + 4, 4, 0);
    expect([rig.read(register, 4), rig.read(register + 4, 4)]).toEqual([0x55667788, 0]);
  });
});
