import type { DevicePlan } from './device-bay.ts';
import type { DeviceHost } from './device-host.ts';
import { MachineError } from './errors.ts';

/** The kind of every device that is none of the catalogue. */
export const OUTSIDE = 'outside';

/** A virtio device that is none of ours: its class and its worker's script are elsewhere. */
export interface OutsideDeviceOptions {
  /** What messages call it, at the beginning of a sentence, and its name in `machine.devices`. */
  name: string;
  /**
   * Starts its worker, whose script is to call `serveDevice` (of `ringbox/device`):
   * `() => new Worker(new URL('./my-device.ts', import.meta.url), { type: 'module' })`.
   */
  worker: () => Worker;
  /** What its factory gets: anything that `postMessage` can clone. */
  options?: object;
  /** What of the options moves to the worker instead of being copied. */
  transfer?: Transferable[];
}

/** A device of `MachineOptions.devices`, while its machine is there. */
export class OutsideDevice {
  readonly name: string;
  readonly #host: DeviceHost;

  /** Use `machine.devices`. @internal */
  constructor(name: string, host: DeviceHost) {
    this.name = name;
    this.#host = host;
  }

  /**
   * Calls one of the commands that its factory has given, in its worker.
   * @param args anything that `postMessage` can clone, and so is the result
   * @throws what the command throws; MachineError 'device-died' when there is no device any more
   */
  call<Result = unknown>(command: string, ...args: unknown[]): Promise<Result> {
    return this.#host.call<Result>(command, ...args);
  }
}

/** @throws MachineError 'device-name' when two have the same */
export function planOutsideDevices(devices: readonly OutsideDeviceOptions[]): DevicePlan[] {
  const names = new Set<string>();
  return devices.map(({ name, worker, options = {}, transfer = [] }) => {
    if (names.has(name)) {
      const message = `There are two devices called ${name}.`;
      throw new MachineError('device-name', message, 'Give each a name of its own.');
    }
    names.add(name);
    return { name, kind: OUTSIDE, options, transfer, startWorker: worker };
  });
}
