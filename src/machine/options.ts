/** Guest RAM that a machine may have, in MiB: whole numbers from least to most. */
export const MEMORY_LIMITS = { least: 32, most: 2048, standard: 256 } as const;

/** One disk; the guest sees them as vda, vdb, ... in order. */
export interface DiskOptions {
  /**
   * The image's bytes. A Blob or File is read in place. Of an http or https URL parts are fetched
   * as the guest wants them, so its server must answer Range requests. A stream is read into
   * memory, once, while the machine is made. Without an image the disk is all zeros.
   */
  image?: Blob | ReadableStream<Uint8Array<ArrayBuffer>> | URL;
  /**
   * Bytes of the disk, a multiple of 512; an image that is shorter is followed by zeros. Without
   * it the disk is as large as the image.
   */
  size?: number;
  /** The guest cannot write to the disk. */
  readOnly?: boolean;
  /** What the guest reads as the disk's serial number: at most 20 ASCII characters. */
  serial?: string;
  /** What messages call the disk, for example its file name. */
  name?: string;
}

/** What runs when the machine is switched on: a kernel, or firmware that starts a disk. */
export type Software = KernelOptions | FirmwareOptions;

export interface KernelOptions {
  /** A Linux bzImage. It is started at its 32-bit entry point; no firmware is involved. */
  kernel: Blob;
  /** An initial RAM disk. */
  initrd?: Blob;
  /** The kernel's command line: ASCII, at most 2047 characters. */
  commandLine: string;
}

export interface FirmwareOptions {
  /**
   * A PC BIOS of at most 128 KiB, such as SeaBIOS: it starts the first disk. There is no screen:
   * firmware and boot loader use the first serial port as their console, `machine.serial`.
   */
  firmware: Blob;
}

export type MachineOptions = Software & HardwareOptions;

export interface HardwareOptions {
  /** MiB of RAM: see MEMORY_LIMITS. */
  memory?: number;
  disks?: DiskOptions[];
  /**
   * Names of further virtio-console ports, which the guest finds in /sys/class/virtio-ports and
   * the page in `machine.ports`. Port 0 is always the console, hvc0.
   */
  ports?: string[];
  /** What a reboot of the guest does: start it again (`reset`, the standard) or `stop`. */
  onReboot?: 'reset' | 'stop';
}
