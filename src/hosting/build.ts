/** What the service worker knows of the build that it belongs to. */
export interface Build {
  /** Changes when any file does. */
  version: string;
  files: readonly KnownFile[];
}

export interface KnownFile {
  /** Below the page. */
  path: string;
  /** SHA-256 of its content, in hexadecimal. */
  sha256: string;
}

/** The page itself, which hosts also serve as the folder that it is in. */
export const PAGE_PATH = 'index.html';

/** By this the service worker tells Ringbox's page from any other that came to be at its address. */
export const PAGE_MARK = 'name="application-name" content="Ringbox"';

/** What the page sends its service worker: now is the time to keep all files. */
export const KEEP_FILES = 'keep-files';

/** Where the service worker is, beside the page: it may see requests below its own folder only. */
export const SERVICE_WORKER_PATH = 'service-worker.js';

/** Files whose names change with their content, so that one at a name is right for every build. */
export function isNamedByContent(path: string): boolean {
  return /^(assets|guest)\/.+-[\w-]{8,}(\.\w+)*$/.test(path);
}
