import {
  type ConfigurationSpace,
  Header,
  STATUS_CAPABILITIES,
} from '../pci/configuration-space.ts';
import { COMMON_CONFIGURATION_LENGTH } from './common-configuration.ts';

/** Types of virtio capabilities (VIRTIO 1.4, 4.1.4). */
const CapabilityType = { common: 1, notify: 2, isr: 3, device: 4, pciAccess: 5 } as const;

const VENDOR_SPECIFIC = 0x09;
const PLAIN_LENGTH = 16;
/** The notify capability and the access capability have four bytes more. */
const LONG_LENGTH = 20;
const FIRST_CAPABILITY = 0x40;

/**
 * The structures in BAR 0, which is in I/O space: port accesses end a block of compiled code, so
 * that an interrupt may be raised while they are handled, which a memory-mapped access does not.
 */
export const Structure = {
  common: { offset: 0x000, length: COMMON_CONFIGURATION_LENGTH },
  /** One address for all queues: notify_off_multiplier is 0. */
  notify: { offset: 0x040, length: 4 },
  isr: { offset: 0x044, length: 1 },
  device: { offset: 0x100, length: 0x100 },
} as const;

/** Bytes of BAR 0. */
export const BAR_SIZE = 0x200;

/** Where the fields of the PCI configuration access capability lie (4.1.4.9). */
export interface AccessWindow {
  bar: number;
  offset: number;
  length: number;
  data: number;
}

/**
 * Writes the five capabilities into `space` (VIRTIO 1.4, 4.1.4).
 * @param configurationLength bytes of the device configuration space; without any there is no
 *   capability for it
 * @returns where the access window's fields are
 */
export function addCapabilities(
  space: ConfigurationSpace,
  configurationLength: number,
): AccessWindow {
  const device = { offset: Structure.device.offset, length: configurationLength };
  const capabilities = [
    { type: CapabilityType.common, size: PLAIN_LENGTH, ...Structure.common },
    { type: CapabilityType.notify, size: LONG_LENGTH, ...Structure.notify },
    { type: CapabilityType.isr, size: PLAIN_LENGTH, ...Structure.isr },
    ...(configurationLength > 0
      ? [{ type: CapabilityType.device, size: PLAIN_LENGTH, ...device }]
      : []),
    { type: CapabilityType.pciAccess, size: LONG_LENGTH, offset: 0, length: 0 },
  ];
  space.set(Header.status, 1, STATUS_CAPABILITIES);
  space.set(Header.capabilities, 1, FIRST_CAPABILITY);
  let at = FIRST_CAPABILITY;
  let last = at;
  for (const [index, { type, size, offset, length }] of capabilities.entries()) {
    const next = index + 1 < capabilities.length ? at + size : 0;
    space.set(at, 4, VENDOR_SPECIFIC | (next << 8) | (size << 16) | (type << 24));
    space.set(at + 8, 4, offset);
    space.set(at + 12, 4, length);
    last = at;
    at += size;
  }
  return allowAccessWindow(space, last);
}

function allowAccessWindow(space: ConfigurationSpace, at: number): AccessWindow {
  space.allow(at + 4, 1, 0xff);
  space.allow(at + 8, 4, 0xffffffff);
  space.allow(at + 12, 4, 0xffffffff);
  space.allow(at + 16, 4, 0xffffffff);
  return { bar: at + 4, offset: at + 8, length: at + 12, data: at + 16 };
}
