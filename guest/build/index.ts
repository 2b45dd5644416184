import { basename, join } from 'node:path';
import { findFirmware, provideFirmware } from './firmware.ts';
import { findKernel, provideKernel } from './kernel.ts';
import { cacheDirectory } from './paths.ts';
import { findRootfs, provideRootfs, ROOT_DISK_SIZE } from './rootfs.ts';

export { buildBootDisk, makeMenuWait } from './boot-disk.ts';
export { findChromium, provideChromium } from './chromium.ts';
export { SetupError } from './errors.ts';
export { buildExt4Image } from './image.ts';
export { cacheDirectory } from './paths.ts';
export { buildGuestProgram } from './program.ts';
export { provideStockKernel, type StockKernel } from './stock-kernel.ts';

/**
 * What the default guest starts with: the console and the root disk, both virtio. `tsc=reliable`
 * is needed: on a busy machine the kernel's watchdog would find that v86's time-stamp counter
 * and timer drift apart, and read the time from the timer's ports from then on, which is slow.
 */
export const DEFAULT_COMMAND_LINE = 'console=hvc0 root=/dev/vda rw quiet tsc=reliable';

/** The files of the default guest, as absolute paths into the cache. */
export interface GuestFiles {
  /** A vmlinux without symbols: nothing is left for the guest to unpack. */
  kernel: string;
  /** `kernel` under gzip, for the web page. */
  kernelCompressed: string;
  /** The same kernel as a bzImage, for boot loaders. */
  kernelImage: string;
  /** A raw ext4 image whose trailing zeros are cut off. */
  rootfs: string;
  /** Bytes of the disk: `rootfs` is to be extended to it with zeros. */
  rootfsSize: number;
  /** Changes when `rootfs` does. */
  rootfsVersion: string;
  /** `rootfs` under gzip, for the web page. */
  rootfsCompressed: string;
  /** A PC BIOS, for disks that start by themselves. */
  firmware: string;
  /** The folder that all of them are below. */
  directory: string;
  /** The kernel command line to start it with. */
  commandLine: string;
  /** Changes when any of the files does. */
  version: string;
}

/** The folders in the cache: the kernel's, the root file system's, the firmware's. */
type Folders = [kernel: string, rootfs: string, firmware: string];

function firmwareIn(folder: string): string {
  return join(folder, 'seabios.bin');
}

function toGuestFiles(folders: Folders): GuestFiles {
  const [kernelFolder, rootfsFolder, firmwareFolder] = folders;
  return {
    kernel: join(kernelFolder, 'vmlinux'),
    kernelCompressed: join(kernelFolder, 'vmlinux.gz'),
    kernelImage: join(kernelFolder, 'bzImage'),
    rootfs: join(rootfsFolder, 'rootfs.ext4'),
    rootfsSize: ROOT_DISK_SIZE,
    rootfsVersion: basename(rootfsFolder),
    rootfsCompressed: join(rootfsFolder, 'rootfs.ext4.gz'),
    firmware: firmwareIn(firmwareFolder),
    directory: cacheDirectory(),
    commandLine: DEFAULT_COMMAND_LINE,
    version: folders.map((path) => basename(path)).join('-'),
  };
}

/** The default guest if it is built and whole, otherwise undefined. Builds nothing. */
export function guestFilesIfBuilt(): GuestFiles | undefined {
  const kernel = findKernel();
  const rootfs = findRootfs();
  const firmware = findFirmware();
  return kernel && rootfs && firmware ? toGuestFiles([kernel, rootfs, firmware]) : undefined;
}

/** The firmware alone: the path of a PC BIOS, which is fetched first if need be. */
export async function prepareFirmware(): Promise<string> {
  return firmwareIn(await provideFirmware());
}

/**
 * The default guest, built first if need be (minutes the first time, with progress on standard
 * error). Throws a SetupError that says what is missing on this machine.
 */
export async function prepareGuest(): Promise<GuestFiles> {
  const built = guestFilesIfBuilt();
  if (built !== undefined) return built;
  return toGuestFiles([await provideKernel(), await provideRootfs(), await provideFirmware()]);
}
