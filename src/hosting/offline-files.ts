import { hexadecimal } from '../devices/block/digest.ts';
import { type Build, isNamedByContent, type KnownFile, PAGE_MARK, PAGE_PATH } from './build.ts';
import { ISOLATION_HEADERS, PAGE_HEADERS } from './headers.ts';

/** With a file at hand, the network has so many milliseconds for a newer one. */
const PATIENCE = 4000;

/** Statuses whose answers have no body, and of which none may be made. */
const WITHOUT_BODY = [204, 205, 304];

/** Keeps the service worker alive until the work is done. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** What the files need of a service worker's surroundings; tests replace it. */
export interface WorkerSurroundings {
  fetch: typeof fetch;
  caches: CacheStorage;
}

/**
 * The files of one build of the page, as its service worker serves them: with the headers that
 * isolate the page, which not every host can send, and kept in the browser for visits without a
 * network. What is kept is what was built, by its SHA-256, whatever a host or a cache in between
 * sends in its place.
 */
export class OfflineFiles {
  readonly #version: string;
  readonly #files: ReadonlyMap<string, KnownFile>;
  readonly #scope: string;
  readonly #surroundings: WorkerSurroundings;
  /** The page at this address is not Ringbox's any more. */
  readonly #onForeignPage: () => void;
  #completing: Promise<void> | null = null;
  #forgotten = false;

  /** @param scope the address of the page's folder, with a slash at its end */
  constructor(
    build: Build,
    scope: string,
    surroundings: WorkerSurroundings,
    onForeignPage: () => void,
  ) {
    this.#version = build.version;
    this.#files = new Map(build.files.map((file) => [file.path, file]));
    this.#scope = scope;
    this.#surroundings = surroundings;
    this.#onForeignPage = onForeignPage;
  }

  /** The answer to a request; null for one that the browser is to make by itself. */
  answer(request: Request, waitUntil: WaitUntil): Promise<Response> | null {
    // Parts of disk images: they come from where they are, and are no business of ours.
    if (request.method !== 'GET' || request.headers.has('range')) return null;
    const path = this.#pathOf(request);
    const file = this.#files.get(path);
    if (file === undefined) {
      // The newest page may be of another build than this, and its workers need their headers as much.
      const isWorker = request.destination === 'worker' && isNamedByContent(path);
      return isWorker ? this.#fetchIsolated(request) : null;
    }
    if (isNamedByContent(path)) return this.#unchanging(file, request, waitUntil);
    return this.#newest(file, request);
  }

  /**
   * Keeps all files. Those that an earlier build has kept as well are not fetched again.
   * @throws Error when one cannot be had as it was built; what is kept by then is kept
   */
  complete(): Promise<void> {
    this.#completing ??= this.#complete().finally(() => {
      this.#completing = null;
    });
    return this.#completing;
  }

  async #complete(): Promise<void> {
    if (await this.#kept(PAGE_PATH)) return;
    const page = this.#files.get(PAGE_PATH);
    const others = [...this.#files.values()].filter((file) => file !== page);
    // The page comes last: where it is, all the others are.
    for (const file of [...others, ...(page ? [page] : [])]) await this.#provide(file);
  }

  /** Deletes what other builds at this address have kept. */
  async forgetOtherBuilds(): Promise<void> {
    const { caches } = this.#surroundings;
    await Promise.all((await this.#otherBuilds()).map((name) => caches.delete(name)));
  }

  /** Deletes what all builds at this address have kept; nothing is kept from then on. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    await this.forgetOtherBuilds();
    await this.#surroundings.caches.delete(this.#cacheName);
  }

  /** Caches are of the whole origin, where there may be other pages, and other Ringboxes. */
  get #cacheName(): string {
    return `${this.#cachePrefix}${this.#version}`;
  }

  get #cachePrefix(): string {
    return `ringbox ${this.#scope} `;
  }

  async #otherBuilds(): Promise<string[]> {
    const names = await this.#surroundings.caches.keys();
    return names.filter((name) => name.startsWith(this.#cachePrefix) && name !== this.#cacheName);
  }

  /** Below the page's folder; the parameters of the page's address are the page's own. */
  #pathOf(request: Request): string {
    const [address] = request.url.split(request.mode === 'navigate' ? /[?#]/ : '#');
    if (address === this.#scope) return PAGE_PATH;
    return address.startsWith(this.#scope) ? address.slice(this.#scope.length) : '';
  }

  #addressOf({ path }: KnownFile): string {
    return path === PAGE_PATH ? this.#scope : this.#scope + path;
  }

  async #unchanging(file: KnownFile, request: Request, waitUntil: WaitUntil): Promise<Response> {
    const kept = await this.#kept(file.path);
    if (kept !== undefined) return kept;
    const response = await this.#surroundings.fetch(request);
    if (response.status === 200) {
      const copy = response.clone();
      // Without room for it the page does as well, as long as there is a network.
      waitUntil(this.#keep(file, copy).catch(() => {}));
    }
    return isolated(response);
  }

  /** From the network, so that a visitor has the newest, and what is kept when that fails. */
  async #newest(file: KnownFile, request: Request): Promise<Response> {
    const kept = await this.#kept(file.path);
    if (kept === undefined) return this.#fetchIsolated(request);
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await this.#fetchIsolated(request, { signal });
      if (response.status >= 400) return kept;
      await response.clone().arrayBuffer(); // The network may also fail in the middle.
      return response;
    } catch {
      return kept;
    }
  }

  async #fetchIsolated(request: Request, options?: RequestInit): Promise<Response> {
    const response = await this.#surroundings.fetch(request, options);
    const isPage = request.mode === 'navigate' && response.status === 200;
    if (isPage && !(await response.clone().text()).includes(PAGE_MARK)) {
      this.#onForeignPage();
      return response;
    }
    return isolated(response);
  }

  async #kept(path: string): Promise<Response | undefined> {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    try {
      return await this.#keptBy(this.#cacheName, file);
    } catch {
      // A browser without storage for the page.
      return undefined;
    }
  }

  /** Not by opening the cache, which would make one where there is none. */
  #keptBy(cacheName: string, file: KnownFile): Promise<Response | undefined> {
    return this.#surroundings.caches.match(this.#addressOf(file), { cacheName });
  }

  async #provide(file: KnownFile): Promise<void> {
    if (await this.#kept(file.path)) return;
    for (const name of await this.#otherBuilds()) {
      const response = await this.#keptBy(name, file);
      if (response && (await this.#keep(file, response))) return;
    }
    const address = this.#addressOf(file);
    const cache = isNamedByContent(file.path) ? 'default' : 'no-cache';
    const response = await this.#surroundings.fetch(address, { cache });
    if (response.ok && (await this.#keep(file, response))) return;
    throw new Error(`${address} is not there as it was built (status ${response.status}).`);
  }

  /** @returns whether it is the file that was built, and so is kept */
  async #keep(file: KnownFile, response: Response): Promise<boolean> {
    const content = await response.arrayBuffer();
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
    if (hexadecimal(sha256) !== file.sha256 || this.#forgotten) return false;
    const headers = {
      ...PAGE_HEADERS,
      'Content-Length': `${content.byteLength}`,
      'Content-Type': response.headers.get('content-type') ?? 'application/octet-stream',
    };
    const cache = await this.#surroundings.caches.open(this.#cacheName);
    await cache.put(this.#addressOf(file), new Response(content, { headers }));
    return true;
  }
}

/** The same answer with the headers that isolate a page. */
function isolated(response: Response): Response {
  // A redirection, which the browser follows; nothing may be made of it.
  if (response.type === 'opaqueredirect' || WITHOUT_BODY.includes(response.status)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION_HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
