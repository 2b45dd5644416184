import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives the bytes of an image, which may be far larger than memory. */
export interface ServedImage {
  size: number;
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** Something else than a faithful answer. */
export type Misdeed =
  | { status: number; headers?: Record<string, string> }
  /** Sends only so many bytes of the body, then breaks the connection. */
  | { cutAfter: number }
  /** Sends only so many bytes of the body, and says that they are all. */
  | { endAfter: number }
  /** Breaks the connection without an answer. */
  | 'break'
  /** Sends nothing. */
  | 'silence';

interface Cut {
  cutAfter?: number;
  endAfter?: number;
}

export function servedBytes(bytes: Uint8Array): ServedImage {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/**
 * A server of one image, on the loopback interface, at a port that was free. It answers single
 * ranges faithfully, to any origin, unless a test says otherwise.
 */
export class ImageServer {
  image: ServedImage;
  etag: string | null = '"one"';
  lastModified: string | null = null;
  /** Whether ranges are served. */
  ranges = true;
  /** Headers of every answer. */
  headers: Record<string, string> = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Content-Range, ETag',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
  /** What becomes of the next requests; those after them get what they ask for. */
  misdeeds: Misdeed[] = [];
  /** Called before each answer; may wait, and so change the order of answers. */
  beforeAnswer: (offset: number) => Promise<void> = async () => {};
  /** The Range header of every request, in order. */
  readonly requests: (string | undefined)[] = [];
  /** Requests that are being answered, and the most that ever were. */
  underWay = 0;
  mostUnderWay = 0;
  /** Bytes of bodies that were sent. */
  sent = 0;
  readonly #server: Server;

  private constructor(image: ServedImage) {
    this.image = image;
    this.#server = createServer((request, response) => {
      this.underWay++;
      this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
      response.once('close', () => this.underWay--);
      this.#answer(request, response).catch((error) => response.destroy(error));
    });
  }

  static async start(image: ServedImage): Promise<ImageServer> {
    const server = new ImageServer(image);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/disk.img`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { range } = request.headers;
    this.requests.push(range);
    const misdeed = this.misdeeds.shift();
    if (misdeed === 'break') request.socket.destroy();
    if (misdeed === 'break' || misdeed === 'silence') return;
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
    if (misdeed !== undefined && 'status' in misdeed) {
      response.writeHead(misdeed.status, misdeed.headers).end();
      return;
    }
    if (this.etag !== null) response.setHeader('ETag', this.etag);
    if (this.lastModified !== null) response.setHeader('Last-Modified', this.lastModified);
    await this.#send(range, response, misdeed);
  }

  async #send(range: string | undefined, response: ServerResponse, cut: Cut = {}) {
    const { size } = this.image;
    const asked = this.ranges ? /^bytes=(\d+)-(\d+)$/.exec(range ?? '') : null;
    const first = asked === null ? 0 : Number(asked[1]);
    const last = asked === null ? size - 1 : Math.min(Number(asked[2]), size - 1);
    if (first > last) {
      response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
      return;
    }
    await this.beforeAnswer(first);
    const length = last - first + 1;
    if (asked !== null) response.setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
    if (cut.endAfter === undefined) response.setHeader('Content-Length', length);
    response.writeHead(asked === null ? 200 : 206);
    const bytes = await this.image.read(first, cut.cutAfter ?? cut.endAfter ?? length);
    this.sent += bytes.length;
    if (cut.cutAfter === undefined) response.end(bytes);
    else response.write(bytes, () => response.destroy());
  }
}
