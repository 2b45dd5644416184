import { GZIP_MAGIC_LENGTH, gunzip, isGzip } from '../machine/gzip.ts';
import { downloadFailed, fileMissing } from './failure.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Told how many bytes have just come. */
export type OnBytes = (count: number) => void;

/** Options of `fetch`, and whose file it is. */
export interface RequestOptions extends Pick<RequestInit, 'headers' | 'cache'> {
  /** One of Ringbox's own guest, not one that the page's address names. */
  isOwn?: boolean;
}

/** What a server that knows ranges says of one behind the end of a file, which may be empty. */
const RANGE_NOT_SATISFIABLE = 416;
/** Statuses of a server that may have the file, but not now: too slow, too busy, in trouble. */
const FOR_NOW = [408, 429];

/**
 * Requests a file from the page's own host.
 * @throws MachineError that names the file
 */
export async function request(
  url: URL,
  name: string,
  signal: AbortSignal,
  { isOwn = false, ...options }: RequestOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...options, signal });
  } catch (reason) {
    signal.throwIfAborted();
    throw downloadFailed(name, 'its host could not be reached', reason);
  }
  const { ok, status, headers } = response;
  if (!ok && status !== RANGE_NOT_SATISFIABLE) {
    const why = `the server answered ${status}`;
    const isForNow = status >= 500 || FOR_NOW.includes(status);
    throw isForNow ? downloadFailed(name, why) : fileMissing(name, why, isOwn);
  }
  // Development servers answer a missing file with the page itself.
  if (headers.get('content-type')?.startsWith('text/html')) {
    throw fileMissing(name, 'the server answered with a web page instead', isOwn);
  }
  return response;
}

/** What asking for the beginning of a file has brought. */
export type Beginning =
  /** The file can be read in parts, which are as they lie on the disk. */
  | { kind: 'parts'; compressed: boolean }
  /** The server has sent the whole file. */
  | { kind: 'whole'; response: Response }
  /** The server has sent a part that is of no use. */
  | { kind: 'useless' };

/**
 * Asks for the first bytes of a file.
 * @throws MachineError that names the file
 */
export async function requestBeginning(url: URL, signal: AbortSignal): Promise<Beginning> {
  const response = await request(url, url.pathname, signal, {
    headers: { Range: `bytes=0-${GZIP_MAGIC_LENGTH - 1}` },
    cache: 'no-store',
  });
  const { status, headers } = response;
  if (status === 200) return { kind: 'whole', response };
  const head = new Uint8Array(await response.arrayBuffer());
  const usable = status === 206 && headers.has('content-range') && !headers.has('content-encoding');
  return usable ? { kind: 'parts', compressed: isGzip(head) } : { kind: 'useless' };
}

export function announcedSize(response: Response): number | null {
  const length = response.headers.get('content-length');
  // With an encoding, the length is that of other bytes than the ones we count.
  if (length === null || response.headers.has('content-encoding')) return null;
  return Number(length);
}

export function bodyOf(response: Response): ReadableStream<Bytes> {
  return (response.body ?? new Blob().stream()) as ReadableStream<Bytes>;
}

/**
 * The same stream, of which is told how much has come.
 * @param explain what the stream fails with, for what it failed with
 */
export function counted(
  stream: ReadableStream<Bytes>,
  onBytes: OnBytes,
  explain: (reason: unknown) => unknown,
): ReadableStream<Bytes> {
  const reader = stream.getReader();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await reader.read().catch((reason) => {
        throw explain(reason);
      });
      if (done) {
        controller.close();
        return;
      }
      onBytes(value.length);
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * All that a stream gives. (A Response would do that as well, but tells of any failure that something
 * could not be fetched.)
 * @throws what the stream fails with
 */
export async function readAll(stream: ReadableStream<Bytes>): Promise<Bytes> {
  const chunks: Bytes[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
  }
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const chunk of chunks) {
    whole.set(chunk, filled);
    filled += chunk.length;
  }
  return whole;
}

/** Puts chunks that were already taken back before the rest of a stream. */
function rejoined(
  head: readonly Bytes[],
  rest: ReadableStreamDefaultReader<Bytes>,
): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    start(controller) {
      for (const chunk of head) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await rest.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => rest.cancel(reason),
  });
}

/**
 * The stream, unpacked if it is gzip. It goes by the bytes, not by the name: some hosts serve a
 * .gz file as an encoding of its content, and then the browser has unpacked it already.
 */
export async function unpacked(stream: ReadableStream<Bytes>): Promise<ReadableStream<Bytes>> {
  const reader = stream.getReader();
  const head: Bytes[] = [];
  const magic: number[] = [];
  while (magic.length < GZIP_MAGIC_LENGTH) {
    const { done, value } = await reader.read();
    if (done) break;
    head.push(value);
    magic.push(...value.subarray(0, GZIP_MAGIC_LENGTH));
  }
  const whole = rejoined(head, reader);
  return isGzip(Uint8Array.from(magic)) ? gunzip(whole) : whole;
}
