/**
 * For devices of your own: the entry of a device's worker, and what a device is made of.
 * @module ringbox/device
 */
import { VirtioDevice } from '../devices/device.ts';
import type { MadeDevice } from '../devices/factory.ts';
import { serve } from '../devices/serve.ts';

export { type DeviceDescription, type SaveOptions, VirtioDevice } from '../devices/device.ts';
export type { MadeDevice } from '../devices/factory.ts';
export type { DeviceQueue } from '../devices/queue.ts';
export type { DeviceRuntime } from '../devices/runtime.ts';
export type { DriverFlag } from '../link/description.ts';
export { DescriptorChain } from '../ring/chain.ts';
export { ChainCursor } from '../ring/cursor.ts';
export { GuestMemory } from '../ring/guest-memory.ts';

/**
 * Makes the worker that calls it the device of one `MachineOptions.devices`. To be called at once, as the
 * worker's script runs.
 * @param make makes the device, of the `options` that the page has given; what it throws fails
 *   `Machine.create`. With `commands` beside the device, the page calls them by `machine.devices`.
 */
export function serveDevice<Options extends object = object>(
  make: (options: Options) => VirtioDevice | MadeDevice | Promise<VirtioDevice | MadeDevice>,
): void {
  serve(async () => async (options: Options) => {
    const made = await make(options);
    return made instanceof VirtioDevice ? { device: made, commands: {} } : made;
  });
}
