import { basename } from 'node:path';
import { prepareFirmware, prepareGuest } from '../../guest/build/index.ts';
import type { Plan, PlannedDisk } from '../headless/protocol.ts';
import { defaultCommandLine, ownCommandLine } from './command-line.ts';
import type { SoftwareFiles } from './host-routes.ts';
import { checkDisk, checkDistinct, checkKernel, checkReadable } from './input-files.ts';
import type { RunOptions } from './options.ts';
import { shellText } from './quoting.ts';

/** A plan for the page, and the files that it is about. */
export interface PlannedRun {
  plan: Plan;
  software: SoftwareFiles;
  /** The file of each of the plan's disks. */
  disks: string[];
}

/** Checks the files that were given, before anything takes long. @throws RunError */
export function checkFiles(options: RunOptions): void {
  if (options.kernel !== undefined) checkKernel(options.kernel);
  if (options.initrd !== undefined) checkReadable('--initrd', options.initrd);
  for (const disk of options.disks) checkDisk(disk);
  checkDistinct(options.disks);
}

/** Decides what machine to make; builds the default guest if that is wanted and not there. */
export async function planRun(options: RunOptions): Promise<PlannedRun> {
  if (options.bios) return planFirmware(options);
  if (options.kernel !== undefined) return planKernel(options, options.kernel);
  return planDefaultGuest(options);
}

async function planFirmware(options: RunOptions): Promise<PlannedRun> {
  const firmware = await prepareFirmware();
  return {
    plan: {
      software: { firmwareName: basename(firmware) },
      ...common(options),
      console: options.console ?? 'both',
      keyboard: process.stdin.isTTY,
      disks: plannedDisks(options),
    },
    software: { firmware },
    disks: filesOf(options),
  };
}

function planKernel(options: RunOptions, kernel: string): PlannedRun {
  const { text, console } = ownCommandLine(options);
  return {
    plan: {
      software: plannedKernel(options, kernel, text),
      ...common(options),
      console,
      disks: plannedDisks(options),
    },
    software: { kernel, ...initrdOf(options) },
    disks: filesOf(options),
  };
}

async function planDefaultGuest(options: RunOptions): Promise<PlannedRun> {
  const guest = await prepareGuest();
  const { text, console } = defaultCommandLine(guest.commandLine, options);
  const root = { name: 'root disk', size: guest.rootfsSize, readOnly: false, save: false };
  return {
    plan: {
      software: plannedKernel(options, basename(guest.kernel), text),
      ...common(options),
      console,
      disks: [root, ...plannedDisks(options)],
    },
    software: { kernel: guest.kernel, ...initrdOf(options) },
    disks: [guest.rootfs, ...filesOf(options)],
  };
}

function plannedKernel(options: RunOptions, kernelName: string, commandLine: string) {
  const { initrd } = options;
  return { kernelName, ...(initrd !== undefined && { initrdName: initrd }), commandLine };
}

function initrdOf({ initrd }: RunOptions): SoftwareFiles {
  return initrd === undefined ? {} : { initrd };
}

function filesOf(options: RunOptions): string[] {
  return options.disks.map(({ file }) => file);
}

function plannedDisks(options: RunOptions): PlannedDisk[] {
  return options.disks.map((disk) => {
    const { file, readOnly } = disk;
    return { name: file, size: checkDisk(disk), readOnly, save: !readOnly };
  });
}

/** What does not depend on what is started. */
function common(options: RunOptions): Pick<Plan, 'memory' | 'command'> {
  return {
    ...(options.memory !== undefined && { memory: options.memory }),
    ...(options.command && { command: shellText(options.command) }),
  };
}
