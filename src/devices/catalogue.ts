import type { DeviceFactory } from './factory.ts';

/**
 * Every device that a machine can have, by kind: how to load the function that makes one. A new
 * device is a folder and one line here. A worker loads only the device that it is to be.
 */
export const devices = {
  block: async () => (await import('./block/create.ts')).createBlockDevice,
  console: async () => (await import('./console/create.ts')).createConsoleDevice,
  rng: async () => (await import('./rng/rng.ts')).createRngDevice,
} satisfies Record<string, () => Promise<DeviceFactory>>;

/** Loads the function that makes devices of `kind`. @throws TypeError when there is no such kind */
export async function loadDevice(kind: string): Promise<DeviceFactory> {
  if (!Object.hasOwn(devices, kind)) throw new TypeError(`no device of kind ${kind}`);
  return devices[kind as DeviceKind]();
}

type FactoryOf<Kind extends DeviceKind> = Awaited<ReturnType<(typeof devices)[Kind]>>;

export type DeviceKind = keyof typeof devices;

/** The options of each kind of device. They cross to the worker as a message. */
export type DeviceOptions = { [Kind in DeviceKind]: Parameters<FactoryOf<Kind>>[0] };

/** The commands of each kind of device. Arguments and results cross as messages. */
export type DeviceCommands = {
  [Kind in DeviceKind]: Awaited<ReturnType<FactoryOf<Kind>>>['commands'];
};
