import { Emulator, type EmulatorHooks, OutOfMemoryError } from '../emulator/emulator.ts';
import { UnknownEmulatorError } from '../emulator/shared-wasm.ts';
import { ByteRing } from '../link/byte-ring.ts';
import { Attention } from '../link/control-block.ts';
import { FREE_SLOTS, PciBus } from '../pci/bus.ts';
import { Pvpanic } from '../pci/pvpanic.ts';
import { Patience } from '../transport/patience.ts';
import { DeviceBay, type DeviceHooks, type DevicePlan } from './device-bay.ts';
import { emulatorModule } from './emulator-module.ts';
import { MachineError } from './errors.ts';
import type { DiskOptions, OfferOptions } from './options.ts';

/** Bytes that a console port holds in each direction. */
const PORT_RING = 256 * 1024;

/** Milliseconds that waiting for workers may add to a turn of the CPU, which takes about three. */
const LONGEST_WAIT_PER_TURN = 5;

/** Virtio devices that fit the PCI bus, where pvpanic takes a slot as well. */
const MAXIMUM_DEVICES = FREE_SLOTS - 1;

/** The hardware of a machine, wired up, switched off. */
export interface Hardware {
  emulator: Emulator;
  bus: PciBus;
  pvpanic: Pvpanic;
  attention: Attention;
  bay: DeviceBay;
  /** What the guest may make the page wait for its devices. */
  patience: Patience;
}

/** Rings of one console port, which the page and the device share. */
export interface PortRings {
  name: string;
  output: ByteRing;
  input: ByteRing;
}

export interface HardwareHooks extends EmulatorHooks, DeviceHooks {
  panicked(): void;
}

/** The console with its ports: port 0 is hvc0. */
export function planConsole(names: string[]): { plan: DevicePlan; rings: PortRings[] } {
  const rings = ['console', ...names].map((name) => ({
    name,
    output: ByteRing.create(PORT_RING),
    input: ByteRing.create(PORT_RING),
  }));
  const ports = rings.map(({ name, output, input }) => {
    return { name, output: output.buffer, input: input.buffer };
  });
  return {
    plan: { name: 'The console', kind: 'console', options: { ports }, transfer: [] },
    rings,
  };
}

/** The disk that comes after `index` others. */
export function planDisk(disk: DiskOptions, index: number, offer: OfferOptions = {}): DevicePlan {
  const { image } = disk;
  const transfer = image instanceof ReadableStream ? [image as unknown as Transferable] : [];
  const { queueSize, requestQueues } = offer;
  const source = image instanceof URL ? image.href : image;
  const options = { ...disk, image: source, queueSize, requestQueues };
  return { name: `Disk ${diskName(disk, index)}`, kind: 'block', options, transfer };
}

/** What messages call a disk: its own name, or what the guest calls it. */
export function diskName({ name }: DiskOptions, index: number): string {
  const letter = (number: number) => String.fromCharCode('a'.charCodeAt(0) + number);
  const first = index < 26 ? '' : letter(Math.floor(index / 26) - 1);
  return name ?? `vd${first}${letter(index % 26)}`;
}

export function planRng(): DevicePlan {
  return { name: 'The random number generator', kind: 'rng', options: {}, transfer: [] };
}

/**
 * Makes the hardware: the emulator, the bus, and a worker for each device.
 * @throws MachineError when something cannot be had
 */
export async function assemble(
  memory: number,
  plans: DevicePlan[],
  offer: OfferOptions,
  hooks: HardwareHooks,
): Promise<Hardware> {
  checkRoom(plans.length, plans.filter(({ kind }) => kind !== 'block').length);
  const emulator = await makeEmulator(memory, hooks);
  const bus = new PciBus(emulator.ports, emulator, () => {
    emulator.stop();
    hooks.rebootRequested();
  });
  const attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
  const patience = new Patience(LONGEST_WAIT_PER_TURN);
  const bay = new DeviceBay({ emulator, bus, attention, patience, offer, hooks });
  await bay.add(plans).catch(async (error) => {
    await emulator.dispose();
    throw error;
  });
  const pvpanic = new Pvpanic(emulator.mappedMemory, () => hooks.panicked());
  bus.plug(pvpanic.function);
  return { emulator, bus, pvpanic, attention, bay, patience };
}

/**
 * @param others devices among them that are no disks
 * @throws MachineError when so many devices do not fit
 */
export function checkRoom(devices: number, others: number): void {
  if (devices <= MAXIMUM_DEVICES) return;
  throw new MachineError(
    'too-many-devices',
    `A machine with ${devices} virtio devices does not fit its PCI bus.`,
    `Attach at most ${MAXIMUM_DEVICES - others} disks.`,
  );
}

async function makeEmulator(memory: number, hooks: EmulatorHooks): Promise<Emulator> {
  try {
    return await Emulator.create({ module: await emulatorModule(), memory, hooks });
  } catch (cause) {
    if (cause instanceof UnknownEmulatorError) {
      const remedy = 'Run `npm ci`, which installs the version that this release was made for.';
      throw new MachineError('unknown-emulator', cause.message, remedy, cause);
    }
    if (cause instanceof OutOfMemoryError) {
      const remedy = 'Choose less memory, or close other tabs.';
      throw new MachineError('memory-unavailable', `Sorry: ${cause.message}.`, remedy, cause);
    }
    throw cause;
  }
}
