import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { type GuestFiles, guestFilesIfBuilt } from './index.ts';

interface ServedFile {
  /** Below the page, as the manifest names it. */
  path: string;
  /** In the cache. */
  source: string;
}

function servedFiles(guest: GuestFiles): ServedFile[] {
  return [
    { path: 'guest/bzImage', source: guest.kernel },
    { path: 'guest/rootfs.ext4.gz', source: guest.rootfsCompressed },
    { path: 'guest/seabios.bin', source: guest.firmware },
  ];
}

/** What the page reads first of the default guest: where its files are, and how large. */
function manifest(guest: GuestFiles): string {
  const [kernel, rootfs, firmware] = servedFiles(guest).map(({ path, source }) => {
    return { url: path, size: statSync(source).size };
  });
  const { version, commandLine, rootfsSize, rootfsVersion } = guest;
  return JSON.stringify({
    version,
    kernel,
    rootfs: { ...rootfs, diskSize: rootfsSize, version: rootfsVersion },
    firmware,
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
      for (const { path, source } of servedFiles(guest)) {
        this.emitFile({ type: 'asset', fileName: path, source: readFileSync(source) });
      }
      this.emitFile({ type: 'asset', fileName: 'guest/manifest.json', source: manifest(guest) });
    },
  };
}

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const guest = guestFilesIfBuilt();
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
  const file = guest && servedFiles(guest).find((served) => served.path === path);
  if (guest !== undefined && path === 'guest/manifest.json') {
    response.setHeader('Content-Type', 'application/json');
    response.end(manifest(guest));
  } else if (file !== undefined) {
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Content-Length', statSync(file.source).size);
    createReadStream(file.source).pipe(response);
  } else if (path.startsWith('guest/')) {
    response.statusCode = 404;
    response.end();
  } else {
    next();
  }
}
