import { fileMissing } from './failure.ts';
import { GZIP_MAGIC_LENGTH, isGzip } from './recognize.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Told how many bytes have just come. */
export type OnBytes = (count: number) => void;

/** What a server that knows ranges says of one behind the end of a file, which may be empty. */
const RANGE_NOT_SATISFIABLE = 416;

/**
 * Requests a file from the page's own host.
 * @param options of `fetch`
 * @throws MachineError that names the file
 */
export async function request(
  url: URL,
  name: string,
  signal: AbortSignal,
  options: RequestInit = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...options, signal });
  } catch (reason) {
    signal.throwIfAborted();
    throw fileMissing(name, `${url.pathname} could not be reached`, reason);
  }
  if (!response.ok && response.status !== RANGE_NOT_SATISFIABLE) {
    throw fileMissing(name, `the server answered ${response.status}`);
  }
  // Development servers answer a missing file with the page itself.
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw fileMissing(name, 'the server answered with a web page instead');
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

export function counted(stream: ReadableStream<Bytes>, onBytes: OnBytes): ReadableStream<Bytes> {
  return stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
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
  if (!isGzip(Uint8Array.from(magic))) return whole;
  return whole.pipeThrough(new DecompressionStream('gzip') as TransformStream<Bytes, Bytes>);
}
