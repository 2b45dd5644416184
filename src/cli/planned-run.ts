import { basename } from 'node:path';
import { prepareGuest } from '../../guest/build/index.ts';
import type { Plan, PlannedDisk } from '../headless/protocol.ts';
import { defaultCommandLine, ownCommandLine } from './command-line.ts';
import { checkBzImage, checkDisk, checkDistinct, checkReadable } from './input-files.ts';
import type { RunOptions } from './options.ts';
import { shellText } from './quoting.ts';

/** A plan for the page, and the files that it is about. */
export interface PlannedRun {
  plan: Plan;
  kernel: string;
  initrd: string | undefined;
  /** The file of each of the plan's disks. */
  disks: string[];
}

/** Checks the files that were given, before anything takes long. @throws RunError */
export function checkFiles(options: RunOptions): void {
  if (options.kernel !== undefined) checkBzImage(options.kernel);
  if (options.initrd !== undefined) checkReadable('--initrd', options.initrd);
  for (const disk of options.disks) checkDisk(disk);
  checkDistinct(options.disks);
}

/** Decides what machine to make; builds the default guest if that is wanted and not there. */
export async function planRun(options: RunOptions): Promise<PlannedRun> {
  const own = options.disks.map((disk) => plannedDisk(disk.file, checkDisk(disk), disk.readOnly));
  const files = options.disks.map(({ file }) => file);
  if (options.kernel !== undefined) {
    const { text, console } = ownCommandLine(options);
    const plan = { ...common(options), commandLine: text, console, disks: own };
    return {
      plan: { ...plan, kernelName: options.kernel },
      kernel: options.kernel,
      initrd: options.initrd,
      disks: files,
    };
  }
  const guest = await prepareGuest();
  const { text, console } = defaultCommandLine(guest.commandLine, options);
  const root = { name: 'root disk', size: guest.rootfsSize, readOnly: false, save: false };
  const plan = { ...common(options), commandLine: text, console, disks: [root, ...own] };
  return {
    plan: { ...plan, kernelName: basename(guest.kernel) },
    kernel: guest.kernel,
    initrd: options.initrd,
    disks: [guest.rootfs, ...files],
  };
}

function plannedDisk(name: string, size: number, readOnly: boolean): PlannedDisk {
  return { name, size, readOnly, save: !readOnly };
}

/** What does not depend on whose kernel it is. */
function common(options: RunOptions): Pick<Plan, 'initrdName' | 'memory' | 'command'> {
  return {
    ...(options.initrd !== undefined && { initrdName: options.initrd }),
    ...(options.memory !== undefined && { memory: options.memory }),
    ...(options.command && { command: shellText(options.command) }),
  };
}
