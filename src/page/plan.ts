import { MachineError } from '../machine/errors.ts';
import { MEMORY_LIMITS } from '../machine/options.ts';
import { isCompressed, isKernelFile } from './recognize.ts';

/** Where a file comes from: chosen by the user, or beside the page. */
export type Source = File | URL;

/** A disk that is kept in this browser, by its name. */
export interface KeptSource {
  kept: string;
}

export interface DiskPlan {
  source: Source | KeptSource;
  readOnly: boolean;
}

/** The name that changes to Ringbox's own root disk are kept under. */
export const ROOT_DISK = 'root disk';

/** What becomes of the changes to Ringbox's own root disk. */
export type RootPlan =
  /** They are kept in the browser under that name, if it can. */
  | { kind: 'kept'; name: string }
  /** The disk is what is kept under that name now, and changes to it are not kept. */
  | { kind: 'look'; name: string }
  /** The disk is as it was made, and changes to it are not kept. */
  | { kind: 'fresh' };

/**
 * What is started: a kernel; Ringbox's own, null; or none, but firmware, which starts what is on
 * the first disk.
 */
export type KernelPlan = Source | 'firmware' | null;

/** The machine that is wanted, before any byte of it is loaded; null stands for Ringbox's own. */
export interface MachinePlan {
  kernel: KernelPlan;
  initrd: Source | null;
  /** With Ringbox's own kernel they follow its root disk, so they start at vdb. */
  disks: readonly DiskPlan[];
  /** See `wholeCommandLine`. */
  commandLine: string | null;
  /** MiB. */
  memory: number;
  /** Ringbox's own root disk, which only its own kernel has. */
  root: RootPlan;
}

export const DEFAULT_PLAN: MachinePlan = {
  kernel: null,
  initrd: null,
  disks: [],
  commandLine: null,
  memory: MEMORY_LIMITS.standard,
  root: { kind: 'kept', name: ROOT_DISK },
};

/** What is wrong with a plan, by the field that is to blame. */
export type PlanProblems = Partial<Record<'kernel' | 'disks' | 'memory', string>>;

export const SECTOR_SIZE = 512;

export function sourceName(source: Source | KeptSource): string {
  if ('kept' in source) return source.kept;
  if (source instanceof File) return source.name;
  const name = source.pathname.split('/').at(-1) || source.pathname;
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A percent sign that encodes nothing.
  }
}

/** What is started, for a person. */
export function kernelName(kernel: KernelPlan): string {
  if (kernel === null) return 'Ringbox’s own';
  return kernel === 'firmware' ? 'None: firmware starts vda' : sourceName(kernel);
}

/** What Ringbox's own root disk is, for a person. */
export function rootName(root: RootPlan): string {
  if (root.kind === 'look') return `Ringbox’s own, a look at “${root.name}”`;
  if (root.kind === 'kept' && root.name !== ROOT_DISK)
    return `Ringbox’s own, kept as “${root.name}”`;
  return 'Ringbox’s own';
}

/** Names of the kept disks that a machine of this plan has, and nobody else meanwhile. */
export function keptDisksOf({ kernel, root, disks }: MachinePlan): string[] {
  const own = kernel === null && root.kind === 'kept' ? [root.name] : [];
  return [...own, ...disks.flatMap(({ source }) => ('kept' in source ? source.kept : []))];
}

/** The name the guest gives a disk of the plan. */
export function diskName(plan: Pick<MachinePlan, 'kernel'>, index: number): string {
  const position = index + (plan.kernel === null ? 1 : 0);
  return `vd${String.fromCharCode('a'.charCodeAt(0) + position)}`;
}

/** The command line of a kernel that is not ours and for which none was given. */
export function standardCommandLine(plan: Pick<MachinePlan, 'disks' | 'initrd'>): string {
  const hasRootDisk = plan.disks.length > 0 && plan.initrd === null;
  return hasRootDisk ? 'console=hvc0 root=/dev/vda rw' : 'console=hvc0';
}

/**
 * What the kernel is told. With Ringbox's own kernel the words of the plan follow Ringbox's own,
 * without which it would find neither its console nor its root disk; Linux goes by the last of two
 * contradicting words, so nothing is lost. With another kernel they are the whole line.
 */
export function wholeCommandLine(plan: MachinePlan, ownCommandLine: string): string {
  if (plan.kernel !== null) return plan.commandLine ?? standardCommandLine(plan);
  return plan.commandLine === null ? ownCommandLine : `${ownCommandLine} ${plan.commandLine}`;
}

/** Whether /dev/console is the serial port: Linux goes by the last `console=`. */
export function usesSerialConsole(commandLine: string): boolean {
  const consoles = commandLine.split(/\s+/).filter((word) => word.startsWith('console='));
  return consoles.at(-1)?.startsWith('console=ttyS') ?? false;
}

export function memoryProblem(memory: number): string | undefined {
  const { least, most } = MEMORY_LIMITS;
  if (Number.isInteger(memory) && memory >= least && memory <= most) return undefined;
  return `Memory must be a whole number of MiB from ${least} to ${most}.`;
}

export function checkMemory(memory: number, given: string): void {
  const problem = memoryProblem(memory);
  if (problem === undefined) return;
  throw new MachineError(
    'memory-out-of-range',
    `A machine cannot have “${given}” MiB of memory.`,
    problem,
  );
}

/**
 * Looks at what can be looked at without loading anything, so that a mistake in the sheet is told
 * while the old machine still runs. Files beside the page are judged when they arrive.
 */
export async function findProblems(plan: MachinePlan): Promise<PlanProblems> {
  const problems: PlanProblems = {};
  if (plan.kernel === 'firmware' && plan.disks.length === 0) {
    problems.disks = 'Firmware starts what is on the first disk: add one.';
  }
  if (plan.kernel instanceof File && !(await isKernelFile(plan.kernel))) {
    problems.kernel = `${plan.kernel.name} is no Linux kernel: neither a bzImage nor a vmlinux for i386.`;
  }
  for (const { source } of plan.disks) {
    if (!(source instanceof File)) continue;
    const whole = source.size > 0 && source.size % SECTOR_SIZE === 0;
    if (whole || (source.size > 0 && (await isCompressed(source)))) continue;
    problems.disks =
      `${source.name} has ${source.size.toLocaleString('en')} bytes, ` +
      `which is no multiple of ${SECTOR_SIZE}: a disk consists of whole sectors.`;
  }
  const memory = memoryProblem(plan.memory);
  if (memory !== undefined) problems.memory = memory;
  return problems;
}
