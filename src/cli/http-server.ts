import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ISOLATION_HEADERS } from '../hosting/headers.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Handlers by method and path, e.g. `GET plan`. */
export type Routes = ReadonlyMap<string, Handler>;

/** The page gets nothing but what is served here, by a policy that workers keep as well. */
const HEADERS = {
  ...ISOLATION_HEADERS,
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** Codes of errors that mean only that the page has gone, which is noticed elsewhere. */
const PAGE_HAS_LEFT: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/**
 * A server on the loopback interface, at a port that was free. Every program on this machine can
 * reach it, so every path begins with a secret.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #prefix: string;

  private constructor(server: Server, prefix: string) {
    this.#server = server;
    this.#prefix = prefix;
  }

  /** @param onFailure called when a handler throws, other than because the page has left */
  static async start(routes: Routes, onFailure: (error: unknown) => void): Promise<HttpServer> {
    const prefix = `/${randomBytes(16).toString('hex')}/`;
    const server = createServer((request, response) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const path = request.url ?? '';
      const handler = path.startsWith(prefix)
        ? routes.get(`${request.method} ${path.slice(prefix.length)}`)
        : undefined;
      if (handler) {
        handler(request, response).catch((error) => {
          if (!PAGE_HAS_LEFT.has(error.code)) onFailure(error);
          response.destroy();
        });
      } else {
        response.writeHead(404).end();
      }
    });
    // Answers last as long as the machine does.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HttpServer(server, prefix);
  }

  /** Where the paths begin. */
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#prefix}`;
  }

  /** Ends all connections. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Answers a POST that has nothing to say. */
export function acknowledge(response: ServerResponse): void {
  response.writeHead(204).end();
}
