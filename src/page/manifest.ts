import { request } from './download.ts';
import { fileMissing } from './failure.ts';

const MANIFEST_PATH = 'guest/manifest.json';

/** Which files make Ringbox's own guest; guest/manifest.json, with its URLs resolved. */
export interface Manifest {
  version: string;
  /** A vmlinux under gzip, and the bytes of that. */
  kernel: { url: URL; size: number };
  rootfs: {
    url: URL;
    /** Bytes of the gzip file. */
    size: number;
    /** Bytes of the disk. */
    diskSize: number;
    /** Changes when the image does, whatever becomes of the other files. */
    version: string;
  };
  firmware: { url: URL; size: number };
  commandLine: string;
}

/** The manifest as it lies in the file. */
interface ManifestFile {
  version: string;
  kernel: { url: string; size: number };
  rootfs: { url: string; size: number; diskSize: number; version: string };
  firmware: { url: string; size: number };
  commandLine: string;
}

export async function requestManifest(page: string, signal: AbortSignal): Promise<Manifest> {
  const response = await request(new URL(MANIFEST_PATH, page), MANIFEST_PATH, signal);
  let file: ManifestFile;
  try {
    file = await response.json();
  } catch (reason) {
    throw fileMissing(MANIFEST_PATH, 'what is there is no JSON', reason);
  }
  const { version, kernel, rootfs, firmware, commandLine } = file;
  return {
    version,
    kernel: { ...kernel, url: new URL(kernel.url, page) },
    rootfs: { ...rootfs, url: new URL(rootfs.url, page) },
    firmware: { ...firmware, url: new URL(firmware.url, page) },
    commandLine,
  };
}
