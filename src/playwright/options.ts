import { basename } from 'node:path';
import { fileRoute } from '../cli/file-route.ts';
import type { Handler } from '../cli/http-server.ts';
import { checkReadableFile } from '../cli/input-files.ts';
import { type MachinePlan, paths } from './protocol.ts';

/** A disk of a test's machine. What the guest writes to it is the test's own: no file is changed. */
export interface TestDisk {
  /** A raw image; without it the disk is all zeros. */
  file?: string;
  /** Bytes, a multiple of 512: as many as the file has unless told; zeros follow a shorter one. */
  size?: number;
  /** The guest cannot write to it. */
  readOnly?: boolean;
}

/**
 * The machine that tests get, for `test.use`. Files are below the folder in which Playwright is started,
 * unless their paths are absolute.
 */
export interface MachineOptions {
  /** A Linux kernel for i386, a bzImage or a vmlinux; Ringbox's own guest without it. */
  kernel: string | undefined;
  /** An initial RAM disk. */
  initrd: string | undefined;
  /** Disks, as raw images or more: vda and so on, or from vdb on behind the root disk of Ringbox's own guest. */
  disks: readonly (string | TestDisk)[];
  /** Words for the kernel's command line: the whole of it for a kernel of your own, more for Ringbox's. */
  append: string | undefined;
  /** MiB of RAM, from 32 to 2048; 256 unless told. */
  memory: number | undefined;
  /**
   * What the console prints last when the guest has booted; the tests of a worker share that boot. Ringbox's own
   * guest is ready at its prompt, another as soon as it is switched on, unless told.
   */
  ready: string | RegExp | undefined;
}

/** The machine of a project that asks for nothing else. */
export const DEFAULT_OPTIONS: Readonly<MachineOptions> = {
  kernel: undefined,
  initrd: undefined,
  disks: [],
  append: undefined,
  memory: undefined,
  ready: undefined,
};

/** The machine's prompt, when the guest is Ringbox's own. */
const PROMPT = '# ';

/** A machine to be made, and the files that the page asks for. */
export interface PlannedBoot {
  plan: MachinePlan;
  routes: [string, Handler][];
  /** Undefined for a guest of which nothing is known. */
  ready: string | RegExp | undefined;
  /** Whether the guest is Ringbox's own, whose agent answers. */
  hasAgent: boolean;
}

/** Equal for options that make the same machine. */
export function keyOf({ ready, ...options }: MachineOptions): string {
  return JSON.stringify([options, String(ready)]);
}

/** @throws RunError that names a file which cannot be read */
export function planBoot(options: MachineOptions): PlannedBoot {
  const { kernel, initrd, append, memory } = options;
  const disks = options.disks.map((disk) => (typeof disk === 'string' ? { file: disk } : disk));
  const files: [path: string, file: string | undefined, label: string][] = [
    [paths.kernel, kernel, 'kernel'],
    [paths.initrd, initrd, 'initrd'],
    ...disks.map(({ file }, index): [string, string | undefined, string] => {
      return [paths.disk(index), file, `disks[${index}]`];
    }),
  ];
  const plan: MachinePlan = {
    ...(kernel !== undefined && { kernelName: basename(kernel) }),
    ...(initrd !== undefined && { initrdName: basename(initrd) }),
    ...(append !== undefined && { append }),
    ...(memory !== undefined && { memory }),
    disks: disks.map(({ file, size, readOnly = false }, index) => ({
      name: file === undefined ? `disks[${index}]` : basename(file),
      hasImage: file !== undefined,
      ...(size !== undefined && { size }),
      readOnly,
    })),
  };
  const isOwn = kernel === undefined;
  return {
    plan,
    routes: files.flatMap(([path, file, label]) =>
      file === undefined ? [] : [route(path, file, label)],
    ),
    ready: options.ready ?? (isOwn ? PROMPT : undefined),
    hasAgent: isOwn,
  };
}

function route(path: string, file: string, label: string): [string, Handler] {
  checkReadableFile(file, `${label}: ${file}`);
  return [`GET ${path}`, fileRoute(file)];
}
