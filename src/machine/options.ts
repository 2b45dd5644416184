import { MAXIMUM_QUEUE_SIZE } from '../ring/layout.ts';
import type { FeatureName } from './offer.ts';
import type { OutsideDeviceOptions } from './outside-device.ts';

/** Guest RAM that a machine may have, in MiB: whole numbers from least to most. */
export const MEMORY_LIMITS = { least: 32, most: 2048, standard: 256 } as const;

/** Entries that a queue may have, a power of two (VIRTIO 1.4, 2.7), and queues that a disk may. */
export const QUEUE_LIMITS = {
  leastSize: 2,
  mostSize: MAXIMUM_QUEUE_SIZE,
  mostRequestQueues: 64,
} as const;

/**
 * What the devices offer their drivers, where it is to be other than usual: for those who test,
 * teach or study drivers. A machine gets no better by it.
 */
export interface OfferOptions {
  /**
   * Features that no device offers (VIRTIO 1.4, 2.2), by the names that the specification has for
   * their bits: VIRTIO_F_INDIRECT_DESC (2.7.5.3), VIRTIO_F_EVENT_IDX (2.7.7), VIRTIO_F_RING_RESET
   * (2.6.1), and those of the disks (5.2.3) and the console (5.3.3).
   */
  withheldFeatures?: readonly FeatureName[];
  /**
   * The largest size that a driver may choose for each queue of each device (4.1.4.3): a power of
   * two within QUEUE_LIMITS. Without it, what each device finds fitting. Linux takes the largest,
   * and its console fills each receive queue with pages: 4 KiB of memory for each entry.
   */
  queueSize?: number;
  /** Request queues of each disk (5.2.2), from 1, without VIRTIO_BLK_F_MQ, to QUEUE_LIMITS. */
  requestQueues?: number;
}

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
   * it the disk is as large as the image. A disk that was kept with more bytes keeps them, and one
   * with fewer grows.
   */
  size?: number;
  /** The guest cannot write to the disk. */
  readOnly?: boolean;
  /** What the guest reads as the disk's serial number: at most 20 ASCII characters. */
  serial?: string;
  /** What messages call the disk, for example its file name. */
  name?: string;
  /**
   * Changes are kept in this browser under this name, in the private storage of the page's origin,
   * and are there again when a disk with the same name and image is made: what the guest has
   * flushed survives whatever happens to the tab. One machine at a time can have it. See also
   * kept-disks.ts. Without a name, changes are in memory.
   */
  keep?: string;
  /** With `keep` and a stream: tells the image from others, such as its checksum. */
  imageVersion?: string;
}

/** What runs when the machine is switched on: a kernel, or firmware that starts a disk. */
export type Software = KernelOptions | FirmwareOptions;

export interface KernelOptions {
  /**
   * A Linux kernel for i386: a bzImage, or an uncompressed `vmlinux`, which starts sooner. It is
   * started at its 32-bit entry point; no firmware is involved.
   */
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
  /**
   * The guest has Ringbox's agent, by which `machine.exec` and `machine.files` work: it gets a port
   * `ringbox.agent`, and that word on its kernel's command line. The default guest starts its agent then;
   * another has to start the program `ringbox-agent` itself, of which the package has a copy.
   */
  agent?: boolean;
  /** Devices that are none of this package's, after all others on the PCI bus: see `serveDevice`. */
  devices?: OutsideDeviceOptions[];
  /** What a reboot of the guest does: start it again (`reset`, the standard) or `stop`. */
  onReboot?: 'reset' | 'stop';
  /** What the devices offer, where it is to be other than usual. */
  offer?: OfferOptions;
}
