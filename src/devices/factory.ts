import type { VirtioDevice } from './device.ts';

/** A device, and what the page may ask of it while it works. */
export interface MadeDevice {
  device: VirtioDevice;
  /** Functions by name. Arguments and results cross as messages. */
  commands: object;
}

/**
 * Makes a device in its worker, of options that have crossed as a message.
 * @throws DeviceError when they cannot be met
 */
export type DeviceFactory = (options: never) => MadeDevice | Promise<MadeDevice>;
