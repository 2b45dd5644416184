import emulatorUrl from 'v86/build/v86.wasm?url';
import type { SharedParts } from '../devices/service.ts';
import {
  compileEmulator,
  Emulator,
  type EmulatorHooks,
  OutOfMemoryError,
} from '../emulator/emulator.ts';
import { UnknownEmulatorError } from '../emulator/shared-wasm.ts';
import { ByteRing } from '../link/byte-ring.ts';
import { Attention } from '../link/control-block.ts';
import { FREE_SLOTS, PciBus } from '../pci/bus.ts';
import { Pvpanic } from '../pci/pvpanic.ts';
import { DeviceLink } from '../transport/device-link.ts';
import { Patience } from '../transport/patience.ts';
import { VirtioPciDevice } from '../transport/virtio-pci.ts';
import { DeviceHost } from './device-host.ts';
import { MachineError } from './errors.ts';
import { adjustOffer } from './offer.ts';
import type { DiskOptions, OfferOptions } from './options.ts';

/** Bytes that a console port holds in each direction. */
const PORT_RING = 256 * 1024;

/** Milliseconds that waiting for workers may add to a slice of the CPU, which takes about one. */
const LONGEST_WAIT_PER_SLICE = 5;

/** Virtio devices that fit the PCI bus, where pvpanic takes a slot as well. */
const MAXIMUM_DEVICES = FREE_SLOTS - 1;

/** The hardware of a machine, wired up, switched off. */
export interface Hardware {
  emulator: Emulator;
  bus: PciBus;
  pvpanic: Pvpanic;
  attention: Attention;
  hosts: DeviceHost[];
  devices: VirtioPciDevice[];
  /** What the guest may make the page wait for its devices. */
  patience: Patience;
}

/** Rings of one console port, which the page and the device share. */
export interface PortRings {
  name: string;
  output: ByteRing;
  input: ByteRing;
}

/** One virtio device to be plugged in. */
export interface DevicePlan {
  /** What messages call it, at the beginning of a sentence. */
  name: string;
  kind: string;
  options: object;
  transfer: Transferable[];
}

export interface HardwareHooks extends EmulatorHooks {
  panicked(): void;
  /** @param name of the device's plan */
  deviceDied(name: string, index: number, reason: string): void;
  /** The device could not do something for the guest, which was told that it failed. */
  deviceTroubled(name: string, error: MachineError): void;
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
  if (plans.length > MAXIMUM_DEVICES) {
    const others = plans.filter(({ kind }) => kind !== 'block').length;
    throw new MachineError(
      'too-many-devices',
      `A machine with ${plans.length} virtio devices does not fit its PCI bus.`,
      `Attach at most ${MAXIMUM_DEVICES - others} disks.`,
    );
  }
  const emulator = await makeEmulator(memory, hooks);
  const bus = new PciBus(emulator.ports, emulator, () => {
    emulator.stop();
    hooks.rebootRequested();
  });
  const attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
  const parts = {
    ram: emulator.buffer,
    ramOffset: emulator.ramOffset,
    ramSize: emulator.memory.size,
    attention: attention.words.buffer,
  };
  const hosts = await startWorkers(plans, parts, hooks).catch(async (error) => {
    await emulator.dispose();
    throw error;
  });
  const patience = new Patience(LONGEST_WAIT_PER_SLICE);
  const devices = hosts.map((host, index) => {
    const dropCode = (address: number, length: number) => emulator.dropCode(address, length);
    const description = adjustOffer(host.description, offer);
    const link = new DeviceLink(
      index,
      host.control,
      emulator.memory,
      attention,
      dropCode,
      description.polledQueues,
      patience,
    );
    const device = new VirtioPciDevice(link, description, emulator.ports, bus);
    bus.plug(device.function);
    return device;
  });
  const pvpanic = new Pvpanic(emulator.mappedMemory, () => hooks.panicked());
  bus.plug(pvpanic.function);
  return { emulator, bus, pvpanic, attention, hosts, devices, patience };
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

let compiled: Promise<WebAssembly.Module> | null = null;

/** The emulator's module, loaded and compiled once for all machines of the page. */
function emulatorModule(): Promise<WebAssembly.Module> {
  compiled ??= fetchEmulator().then(compileEmulator);
  // A failure is not kept: the next machine tries again.
  compiled.catch(() => {
    compiled = null;
  });
  return compiled;
}

async function fetchEmulator(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(emulatorUrl);
  if (!response.ok) {
    const message = `The emulator, ${emulatorUrl}, could not be loaded (HTTP ${response.status}).`;
    throw new MachineError('guest-file-missing', message, 'Build the page again: `npm start`.');
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** All workers start side by side; when one fails, the others are ended. */
async function startWorkers(
  plans: DevicePlan[],
  parts: Omit<SharedParts, 'index'>,
  hooks: HardwareHooks,
): Promise<DeviceHost[]> {
  const starting = plans.map(({ name, kind, options, transfer }, index) => {
    return DeviceHost.create(kind, options, { ...parts, index }, transfer, {
      onDeath: (reason) => hooks.deviceDied(name, index, reason),
      onTrouble: (error) => hooks.deviceTroubled(name, error),
    });
  });
  const results = await Promise.allSettled(starting);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure === undefined) {
    return results.map((result) => (result as PromiseFulfilledResult<DeviceHost>).value);
  }
  for (const result of results) if (result.status === 'fulfilled') result.value.terminate();
  throw failure.reason;
}
