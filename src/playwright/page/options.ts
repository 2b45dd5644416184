import { defaultCommandLine, ownCommandLine } from '../../cli/command-line.ts';
import type { Host } from '../../headless/host.ts';
import type { ConsoleName } from '../../headless/protocol.ts';
import { defaultGuest } from '../../library/default-guest.ts';
import type { DiskOptions, HardwareOptions, MachineOptions } from '../../machine/options.ts';
import { type MachinePlan, type PlannedDisk, paths } from '../protocol.ts';

/** What to make a machine of, and the console that its kernel uses. */
export interface PlannedMachine {
  options: MachineOptions;
  console: ConsoleName;
}

/** Fetches what the plan names. */
export async function readPlan(host: Host, plan: MachinePlan): Promise<PlannedMachine> {
  const { kernelName, initrdName, append, memory } = plan;
  const initrd =
    initrdName === undefined ? {} : { initrd: await host.file(paths.initrd, initrdName) };
  const disks = await Promise.all(plan.disks.map((disk, index) => readDisk(host, disk, index)));
  const common: HardwareOptions = { ...(memory !== undefined && { memory }), agent: true };
  const words = { append, console: undefined, command: undefined };
  if (kernelName !== undefined) {
    const { text, console } = ownCommandLine(words);
    const kernel = await host.file(paths.kernel, kernelName);
    return { options: { ...common, kernel, ...initrd, commandLine: text, disks }, console };
  }
  const guest = await defaultGuest();
  const { text, console } = defaultCommandLine(guest.commandLine, words);
  const all = [...guest.disks, ...disks];
  return { options: { ...common, ...guest, ...initrd, commandLine: text, disks: all }, console };
}

async function readDisk(host: Host, disk: PlannedDisk, index: number): Promise<DiskOptions> {
  const { name, size, readOnly, hasImage } = disk;
  const image = hasImage ? { image: await host.file(paths.disk(index), name) } : {};
  return { name, readOnly, ...image, ...(size !== undefined && { size }) };
}
