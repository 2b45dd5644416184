import { expect, test, vi } from 'vitest';
import { DEVICE_CONFIGURATION, Rig } from './rig.ts';

/** The access window beyond what `access-window.test.ts` has: which access reaches the BAR. */

const PCI_ACCESS = 5;

/** A device whose window is aimed at the device configuration, and where its data is. */
function aimed(length: number): { rig: Rig; data: number } {
  const rig = new Rig();
  rig.changeConfiguration(0, [0x11, 0x22, 0x33, 0x44]);
  let at = rig.readConfig(0x34, 1);
  while (rig.readConfig(at + 3, 1) !== PCI_ACCESS) at = rig.readConfig(at + 1, 1);
  rig.writeConfig(at + 8, 4, DEVICE_CONFIGURATION);
  rig.writeConfig(at + 12, 4, length);
  return { rig, data: at + 16 };
}

test.each([
  [1, 0x11],
  [2, 0x2211],
  [4, 0x44332211],
])(
  'a read of %i bytes is one access of that length, and stores no more (PCI-044)',
  (length, value) => {
    const { rig, data } = aimed(length);
    const read = vi.spyOn(rig.pci, 'read');
    expect(rig.readConfig(data, 4)).toBe(value);
    expect(read.mock.calls).toEqual([[DEVICE_CONFIGURATION, length]]);
  },
);

test.each([
  [1, 0xa1],
  [2, 0xb2a1],
  [4, 0xd4c3b2a1],
])(
  'a write of %i bytes is one access of that length, with its bytes alone (PCI-043)',
  (length, value) => {
    const { rig, data } = aimed(length);
    const write = vi.spyOn(rig.pci, 'write');
    rig.writeConfig(data, 4, 0xd4c3b2a1);
    expect(write.mock.calls).toEqual([[DEVICE_CONFIGURATION, length, value]]);
  },
);
