import { request } from './download.ts';
import { downloadFailed, fileMissing } from './failure.ts';

const MANIFEST_PATH = 'guest/manifest.json';

/** A file of Ringbox's own guest. */
export interface GuestFile {
  url: URL;
  /** Bytes, as it lies at its host. */
  size: number;
  /** Of the same, in hexadecimal. */
  sha256: string;
}

/** Which files make Ringbox's own guest; guest/manifest.json, with its URLs resolved. */
export interface Manifest {
  version: string;
  /** A vmlinux under gzip. */
  kernel: GuestFile;
  /** An ext4 image under gzip. */
  rootfs: GuestFile & {
    /** Bytes of the disk. */
    diskSize: number;
    /** Changes when the image does, whatever becomes of the other files. */
    version: string;
  };
  firmware: GuestFile;
  commandLine: string;
}

/** The manifest as it lies in the file. */
interface ManifestFile extends Pick<Manifest, 'version' | 'commandLine'> {
  kernel: Unresolved<GuestFile>;
  rootfs: Unresolved<Manifest['rootfs']>;
  firmware: Unresolved<GuestFile>;
}

type Unresolved<File extends GuestFile> = Omit<File, 'url'> & { url: string };

export async function requestManifest(page: string, signal: AbortSignal): Promise<Manifest> {
  const address = new URL(MANIFEST_PATH, page);
  const response = await request(address, MANIFEST_PATH, signal, { isOwn: true });
  const { version, kernel, rootfs, firmware, commandLine } = await parse(response, signal);
  return {
    version,
    kernel: { ...kernel, url: new URL(kernel.url, page) },
    rootfs: { ...rootfs, url: new URL(rootfs.url, page) },
    firmware: { ...firmware, url: new URL(firmware.url, page) },
    commandLine,
  };
}

async function parse(response: Response, signal: AbortSignal): Promise<ManifestFile> {
  try {
    return await response.json();
  } catch (reason) {
    signal.throwIfAborted();
    if (reason instanceof SyntaxError) {
      throw fileMissing(MANIFEST_PATH, 'what is there is no JSON', true, reason);
    }
    throw downloadFailed(MANIFEST_PATH, 'the connection broke in the middle', reason);
  }
}
