import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * A static host that knows nothing of what it serves: a folder below some path, with the types of
 * its files and no other headers, unless told. Like most, it compresses text and answers ranges.
 */
export class PlainHost {
  /** Where the folder is, with a slash at the end. */
  readonly address: string;
  readonly folder: string;
  /** What was asked for, as paths below the address, and how many bytes went there for it. */
  readonly answers: { path: string; bytes: number }[] = [];
  /** Of files whose paths match, the first half comes, and then the connection ends. */
  breakOff: RegExp | null = null;
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  #server: Server | null;

  private constructor(folder: string, server: Server, headers: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#headers = headers;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.address = `http://localhost:${this.#port}/some/where/`;
    server.on('request', (...given) => this.#answer(...given));
  }

  /** @param headers go with every file */
  static async start(
    folder: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PlainHost> {
    return new PlainHost(folder, await listen(0), headers);
  }

  /** Nobody answers any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Answers again, after `stop`. */
  async startAgain(): Promise<void> {
    this.#server = await listen(this.#port);
    this.#server.on('request', (...given) => this.#answer(...given));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.address);
    const root = new URL(this.address).pathname;
    const path = pathname.startsWith(root) ? pathname.slice(root.length) || 'index.html' : '../';
    const content = await readFile(join(this.folder, path)).catch(() => null);
    if (content === null || path.startsWith('..')) {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<title>Not found</title>');
      return;
    }
    for (const header of Object.entries(this.#headers)) response.setHeader(...header);
    const type = TYPES[extname(path)];
    if (type !== undefined) response.setHeader('Content-Type', type);
    const body = this.#encode(
      content,
      type !== undefined && type !== 'image/png',
      request,
      response,
    );
    this.answers.push({ path, bytes: body.length });
    response.setHeader('Content-Length', body.length);
    if (this.breakOff?.test(path)) {
      const half = body.subarray(0, body.length / 2);
      response.write(half, () => response.destroy());
    } else response.end(body);
  }

  #encode(content: Buffer, isText: boolean, request: IncomingMessage, response: ServerResponse) {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range !== null) {
      const [first, last] = [Number(range[1]), Math.min(Number(range[2]), content.length - 1)];
      response.statusCode = 206;
      response.setHeader('Content-Range', `bytes ${first}-${last}/${content.length}`);
      return content.subarray(first, last + 1);
    }
    if (!isText) return content;
    response.setHeader('Content-Encoding', 'gzip');
    return gzipSync(content);
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, 'localhost');
  await once(server, 'listening');
  return server;
}
