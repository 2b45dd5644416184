import { MachineError } from '../machine/errors.ts';
import { gunzip, isGzip } from '../machine/gzip.ts';
import type { DiskOptions, KernelOptions } from '../machine/options.ts';

/** What the package was built with; put in by `bin/pack.ts`. */
declare const PACKED_GUEST: {
  /** Bytes of the root disk; its image is shorter. */
  rootDiskSize: number;
  /** Changes when the image does. */
  rootDiskVersion: string;
  commandLine: string;
};

type Bytes = Uint8Array<ArrayBuffer>;

/** The options of a machine with the default guest. */
export interface DefaultGuest extends KernelOptions {
  /** The root disk alone, writable; what is written is in memory. */
  disks: DiskOptions[];
  agent: true;
}

/** Files under gzip, as they are, by what they are. */
const files = new Map<string, Promise<Blob>>();

/**
 * The default guest of this package: a small Linux with busybox, whose console is hvc0 and whose root
 * disk is vda; 3.5 MB, fetched once for all machines of a page. The result is for one machine, and may
 * be changed:
 *
 *     const guest = await defaultGuest();
 *     const machine = await Machine.create({ ...guest, memory: 64 });
 *
 * @throws MachineError 'guest-file-missing' when a file of the package is not where its script is
 */
export async function defaultGuest(): Promise<DefaultGuest> {
  const [kernel, rootDisk] = await Promise.all([
    file('kernel', new URL('../guest/vmlinux.gzip', import.meta.url)),
    file('root disk', new URL('../guest/rootfs.ext4.gzip', import.meta.url)),
  ]);
  const { commandLine, rootDiskSize, rootDiskVersion } = PACKED_GUEST;
  return {
    kernel: await new Response(await unpacked(kernel)).blob(),
    commandLine,
    disks: [
      {
        image: await unpacked(rootDisk),
        size: rootDiskSize,
        name: 'root',
        imageVersion: rootDiskVersion,
      },
    ],
    agent: true,
  };
}

function file(name: string, url: URL): Promise<Blob> {
  const fetched = files.get(name) ?? fetchFile(name, url);
  files.set(name, fetched);
  // A failure is not kept: the next machine tries again.
  fetched.catch(() => files.delete(name));
  return fetched;
}

async function fetchFile(name: string, url: URL): Promise<Blob> {
  const response = await fetch(url);
  // Some hosts answer with a page, whatever is asked for.
  const isPage = response.headers.get('Content-Type')?.startsWith('text/html') === true;
  if (response.ok && !isPage) return response.blob();
  throw new MachineError(
    'guest-file-missing',
    `The default guest's ${name} is not at ${url} (HTTP ${response.status}).`,
    'Serve the package’s folder `dist` as it is, or let your bundler find its files: see its README.',
  );
}

/** By the bytes, not by the name: some hosts serve such a file in a way that browsers unpack. */
async function unpacked(blob: Blob): Promise<ReadableStream<Bytes>> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const stream = blob.stream() as ReadableStream<Bytes>;
  return isGzip(head) ? gunzip(stream) : stream;
}
