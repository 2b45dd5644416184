import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { hashOfFile } from './hash.ts';
import { type GuestFiles, guestFilesIfBuilt } from './index.ts';

/** Files of the guest as the page finds them. */
interface ServedFiles {
  kernel: ServedFile;
  rootfs: ServedFile;
  firmware: ServedFile;
}

interface ServedFile {
  /** Below the page, as the manifest names it. It changes with the content, so that no cache is ever wrong. */
  path: string;
  /** In the cache. */
  source: string;
  /** Bytes. */
  size: number;
  /** Of its content, in hexadecimal. */
  sha256: string;
}

/** What is known of files that were hashed, until they change; by path. */
const hashed = new Map<string, { time: number; size: number; sha256: string }>();

const MANIFEST = 'guest/manifest.json';

function served(source: string, name: string, extension = ''): ServedFile {
  const { size, sha256 } = fingerprint(source);
  return { path: `guest/${name}-${sha256.slice(0, 16)}${extension}`, source, size, sha256 };
}

/** The development server asks at every request: what has not changed is not read again. */
function fingerprint(source: string): { size: number; sha256: string } {
  const { mtimeMs: time, size } = statSync(source);
  const before = hashed.get(source);
  if (before?.time === time && before.size === size) return before;
  const now = { time, size, sha256: hashOfFile(source) };
  hashed.set(source, now);
  return now;
}

function servedFiles({ kernelCompressed, rootfsCompressed, firmware }: GuestFiles): ServedFiles {
  return {
    // Not .gz: hosts take that for an encoding, and browsers unpack it on its way.
    kernel: served(kernelCompressed, 'vmlinux', '.gzip'),
    rootfs: served(rootfsCompressed, 'rootfs', '.ext4.gzip'),
    firmware: served(firmware, 'seabios', '.bin'),
  };
}

/** What the page reads first of the default guest: where its files are, and how large. */
function manifest(guest: GuestFiles, files: ServedFiles): string {
  const place = ({ path, size, sha256 }: ServedFile) => ({ url: path, size, sha256 });
  const { version, commandLine, rootfsSize, rootfsVersion } = guest;
  return JSON.stringify({
    version,
    kernel: place(files.kernel),
    rootfs: { ...place(files.rootfs), diskSize: rootfsSize, version: rootfsVersion },
    firmware: place(files.firmware),
    commandLine,
  });
}

/**
 * Gives the page the default guest: the files come from the cache while the development server
 * runs, and are copied into the folder that is built. Without a built guest there are none, and
 * the page says which command makes them.
 */
export function guestFiles(): Plugin {
  return {
    name: 'ringbox-guest-files',
    configureServer(server) {
      server.middlewares.use(serve);
    },
    generateBundle() {
      const guest = guestFilesIfBuilt();
      if (guest === undefined) return;
      const files = servedFiles(guest);
      for (const { path, source } of Object.values(files)) {
        this.emitFile({ type: 'asset', fileName: path, source: readFileSync(source) });
      }
      this.emitFile({ type: 'asset', fileName: MANIFEST, source: manifest(guest, files) });
    },
  };
}

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
  if (!path.startsWith('guest/')) {
    next();
    return;
  }
  const guest = guestFilesIfBuilt();
  if (guest !== undefined && send(guest, path, response)) return;
  response.statusCode = 404;
  response.end();
}

/** @returns whether there is such a file */
function send(guest: GuestFiles, path: string, response: ServerResponse): boolean {
  const files = servedFiles(guest);
  if (path === MANIFEST) {
    response.setHeader('Content-Type', 'application/json');
    response.end(manifest(guest, files));
    return true;
  }
  const file = Object.values(files).find((served) => served.path === path);
  if (file === undefined) return false;
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Content-Length', file.size);
  createReadStream(file.source).pipe(response);
  return true;
}
