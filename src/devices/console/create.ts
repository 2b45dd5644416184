import { ConsoleDevice, type ConsoleOptions } from './console.ts';

/** What the page may ask of a console while it works. */
export interface ConsoleCommands {
  /** The console, port 0, has another size now, in characters (1 to 65535 each). */
  resize(columns: number, rows: number): void;
  /** The guest reads end-of-file from port `port` after what was written so far. */
  hangUp(port: number): void;
  /** Whether there is output of port `port` that has not yet found room in its ring. */
  holdsOutput(port: number): boolean;
}

/** Makes a console. */
export function createConsoleDevice(options: ConsoleOptions): {
  device: ConsoleDevice;
  commands: ConsoleCommands;
} {
  const device = new ConsoleDevice(options);
  const commands = {
    resize: (columns: number, rows: number) => device.resize(columns, rows),
    hangUp: (port: number) => device.hangUp(port),
    holdsOutput: (port: number) => device.holdsOutput(port),
  };
  return { device, commands };
}
