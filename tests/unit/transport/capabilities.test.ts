import { beforeEach, describe, expect, test } from 'vitest';
import { Header, STATUS_CAPABILITIES } from '../../../src/pci/configuration-space.ts';
import { Feature } from '../../../src/transport/features.ts';
import { BAR_LENGTH, DEVICE_CONFIGURATION, ISR, NOTIFY, Rig } from './rig.ts';

const VENDOR_SPECIFIC = 9;
const Type = { common: 1, notify: 2, isr: 3, device: 4, pciAccess: 5 } as const;

interface Capability {
  at: number;
  length: number;
  type: number;
  bar: number;
  id: number;
  offset: number;
  structureLength: number;
}

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

/** Walks the list as a driver does (VIRTIO 1.4, 4.1.4). */
function walk(): Capability[] {
  const found: Capability[] = [];
  const seen = new Set<number>();
  let at = rig.readConfig(Header.capabilities, 1) & 0xfc;
  while (at !== 0) {
    if (seen.has(at)) throw new Error('the list of capabilities goes round in circles');
    seen.add(at);
    if (rig.readConfig(at, 1) === VENDOR_SPECIFIC) {
      found.push({
        at,
        length: rig.readConfig(at + 2, 1),
        type: rig.readConfig(at + 3, 1),
        bar: rig.readConfig(at + 4, 1),
        id: rig.readConfig(at + 5, 1),
        offset: rig.readConfig(at + 8, 4),
        structureLength: rig.readConfig(at + 12, 4),
      });
    }
    at = rig.readConfig(at + 1, 1) & 0xfc;
  }
  return found;
}

function find(type: number): Capability {
  const capability = walk().find((one) => one.type === type);
  if (capability === undefined) throw new Error(`no capability of type ${type}`);
  return capability;
}

describe('identity', () => {
  test('vendor 0x1AF4, device 0x1040 + type, revision and subsystem of a modern device (PCI-002, PCI-003, PCI-004, PCI-005)', () => {
    expect(rig.readConfig(Header.vendorId, 2)).toBe(0x1af4);
    expect(rig.readConfig(Header.deviceId, 2)).toBe(0x1040 + rig.device.description.type);
    expect(rig.readConfig(Header.revisionId, 1)).toBeGreaterThanOrEqual(1);
    expect(rig.readConfig(Header.subsystemId, 2)).toBeGreaterThanOrEqual(0x40);
    expect(rig.readConfig(Header.interruptPin, 1)).toBe(1);
  });
});

describe('the list of capabilities (PCI-001)', () => {
  test('is announced, ends, and stays in the configuration space at multiples of 4', () => {
    expect(rig.readConfig(Header.status, 1) & STATUS_CAPABILITIES).toBe(STATUS_CAPABILITIES);
    for (const { at, length } of walk()) {
      expect(at % 4).toBe(0);
      expect(at).toBeGreaterThanOrEqual(0x40);
      expect(at + length).toBeLessThanOrEqual(0x100);
    }
  });

  test('capabilities do not overlap: cap_len covers all that belongs to each (PCI-007)', () => {
    const byPlace = walk().sort((one, other) => one.at - other.at);
    for (const [index, { at, length }] of byPlace.slice(0, -1).entries()) {
      expect(at + length).toBeLessThanOrEqual(byPlace[index + 1].at);
    }
    expect(find(Type.common).length).toBe(16);
    expect(find(Type.isr).length).toBe(16);
    expect(find(Type.device).length).toBe(16);
    expect(find(Type.notify).length).toBe(20);
    expect(find(Type.pciAccess).length).toBe(20);
  });

  test('there is one of each kind (PCI-010, PCI-024, PCI-031, PCI-042)', () => {
    const types = walk().map(({ type }) => type);
    expect(types.sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('structures lie in BAR 0, without overlapping (PCI-009, PCI-025, PCI-036)', () => {
    const structures = walk().filter(({ type }) => type !== Type.pciAccess);
    for (const { bar, id, offset, structureLength, type } of structures) {
      expect([bar, id]).toEqual([0, 0]);
      if (type !== Type.isr) expect(offset % 4).toBe(0);
      expect(structureLength).toBeGreaterThan(0);
      expect(offset + structureLength).toBeLessThanOrEqual(BAR_LENGTH);
    }
    structures.sort((one, other) => one.offset - other.offset);
    for (const [index, { offset, structureLength }] of structures.slice(0, -1).entries()) {
      expect(offset + structureLength).toBeLessThanOrEqual(structures[index + 1].offset);
    }
  });

  test('the BAR is as large as they need, and has a size that tells', () => {
    rig.writeConfig(Header.command, 2, 0);
    rig.writeConfig(Header.baseAddress0, 4, 0xffffffff);
    expect((~(rig.readConfig(Header.baseAddress0, 4) & ~3) + 1) >>> 0).toBe(BAR_LENGTH);
  });

  test('one address notifies every queue (PCI-026, PCI-027)', () => {
    const { at, offset, structureLength } = find(Type.notify);
    expect(rig.readConfig(at + 16, 4)).toBe(0); // notify_off_multiplier
    expect(structureLength).toBeGreaterThanOrEqual(2);
    for (let queue = 0; queue < 2; queue++) {
      rig.select(queue);
      expect(rig.read(0x1e, 2)).toBe(0); // queue_notify_off
    }
    expect(offset).toBe(NOTIFY);
  });

  test('the structures are where the rest of these tests looks for them', () => {
    expect(find(Type.common)).toMatchObject({ offset: 0, structureLength: 0x40 });
    expect(find(Type.isr).offset).toBe(ISR);
    expect(find(Type.device)).toMatchObject({
      offset: DEVICE_CONFIGURATION,
      structureLength: rig.device.description.configurationLength,
    });
  });

  test('is read-only but for the fields of the access window', () => {
    const before = walk();
    const { at } = find(Type.pciAccess);
    for (let register = 0x40; register < 0x100; register += 4) {
      if (register < at + 4 || register >= at + 20) rig.writeConfig(register, 4, 0xffffffff);
    }
    expect(walk()).toEqual(before);
  });
});

test('nothing is offered that goes with MSI-X, shared memory or SR-IOV: there is none of it (BASIC-027)', () => {
  expect(walk().every(({ type }) => type <= Type.pciAccess)).toBe(true);
  const transport = rig.offeredFeatures() >> 24n;
  const mine = [
    Feature.indirectDescriptors,
    Feature.eventIndex,
    Feature.version1,
    Feature.ringReset,
  ].reduce((sum, bit) => sum | (1n << BigInt(bit - 24)), 0n);
  expect(transport).toBe(mine);
});
