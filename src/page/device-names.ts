import { diskName } from '../machine/assembly.ts';
import type { DeviceSnapshot } from '../machine/index.ts';

/** What a device is called in an address and in lessons: `console`, `rng`, and disks as Linux calls them, `vda`. */
export function deviceName(device: DeviceSnapshot, devices: readonly DeviceSnapshot[]): string {
  if (device.kind !== 'block') return device.kind;
  const disks = devices.filter(({ kind }) => kind === 'block');
  return diskName(
    {},
    disks.findIndex(({ place }) => place === device.place),
  );
}

/** The device of that name; null when the machine has none. */
export function findDevice(
  name: string,
  devices: readonly DeviceSnapshot[],
): DeviceSnapshot | null {
  return devices.find((device) => deviceName(device, devices) === name) ?? null;
}

/** Names of the devices that are held. */
export function heldNames(devices: readonly DeviceSnapshot[]): string[] {
  return devices.filter(({ held }) => held).map((device) => deviceName(device, devices));
}
