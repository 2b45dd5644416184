import { beforeEach, expect, test, vi } from 'vitest';
import { BusMap } from '../../../src/bus/bus-map.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { Attention } from '../../../src/link/control-block.ts';
import { DeviceBay, type DevicePlan } from '../../../src/machine/device-bay.ts';
import { PciBus } from '../../../src/pci/bus.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { Patience } from '../../../src/transport/patience.ts';
import { PciGuest } from '../../support/pci-guest.ts';
import { FakeController } from '../pci/fake-controller.ts';
import { FakeWorker } from './fake-worker.ts';

const RAM = 4096;
const FIRST_SLOT = 2;
const EMPTY_SLOT = 0xffffffff;
const PLAN: DevicePlan = { name: 'Disk', kind: 'block', options: {}, transfer: [] };

const hooks = { deviceDied: vi.fn(), deviceTroubled: vi.fn() };
let bay: DeviceBay;
let guest: PciGuest;

beforeEach(() => {
  FakeWorker.stub();
  vi.clearAllMocks();
  const buffer = new SharedArrayBuffer(RAM);
  const ports = new BusMap(9);
  const memory = new GuestMemory(buffer, 0, RAM);
  const emulator = { buffer, ramOffset: 0, memory, ports, dropCode: () => {} };
  const bus = new PciBus(ports, new FakeController(), () => {});
  guest = new PciGuest(ports, FIRST_SLOT);
  bay = new DeviceBay({
    emulator: emulator as unknown as Emulator,
    bus,
    attention: new Attention(new SharedArrayBuffer(Attention.byteLength)),
    patience: new Patience(0),
    offer: {},
    hooks,
  });
  return () => vi.unstubAllGlobals();
});

/** Adds devices. @returns their places */
function add(count: number): Promise<number[]> {
  const adding = bay.add(new Array(count).fill(PLAN));
  for (const worker of FakeWorker.made) worker.isSetUp();
  return adding;
}

test('a place is free again when its device has left', async () => {
  expect(await add(2)).toEqual([0, 1]);
  bay.remove(0);
  expect([bay.taken, bay.all.length]).toEqual([1, 1]);
  expect(guest.readConfig(0, 4)).toBe(EMPTY_SLOT);
  expect(await add(1)).toEqual([0]);
  expect(guest.readConfig(0, 4)).not.toBe(EMPTY_SLOT);
});

test('of devices that are added together none is left when one fails', async () => {
  const adding = bay.add([PLAN, PLAN]);
  const [sound, failing] = FakeWorker.made;
  sound.isSetUp();
  failing.onerror?.({ message: 'no such script' });
  await expect(adding).rejects.toMatchObject({ code: 'device-died' });
  expect([sound.terminated, failing.terminated]).toEqual([true, true]);
  expect(bay.taken).toBe(0);
  expect(guest.readConfig(0, 4)).toBe(EMPTY_SLOT);
  expect(hooks.deviceDied).not.toHaveBeenCalled();
});

test('the end of a device that has left is no death of the one in its place', async () => {
  await add(1);
  const [worker] = FakeWorker.made;
  bay.remove(0);
  await add(1);
  worker.served.reject(new Error('what was written last cannot be kept'));
  await vi.waitUntil(() => worker.terminated);
  expect(hooks.deviceDied).not.toHaveBeenCalled();
});

test('who waits for a device to stand still does not wait for one that leaves', async () => {
  await add(1);
  const pausing = bay.at(0).device.link.pause();
  bay.remove(0);
  await pausing;
});
