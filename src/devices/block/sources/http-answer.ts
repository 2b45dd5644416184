import { TransientError } from './retry.ts';

/** What tells whether an image at a URL is still the same. */
export interface ImageIdentity {
  /** Bytes. */
  size: number;
  etag: string | null;
  lastModified: string | null;
}

/** What the answer to a request for a range says, its body apart. */
export type Answer =
  | { kind: 'range'; first: number; last: number; identity: ImageIdentity }
  /** The server sends the whole image, or does not say which part of it. */
  | { kind: 'no-ranges'; why: string; identity: Omit<ImageIdentity, 'size'> }
  /** The range lies behind the end of the image. */
  | { kind: 'beyond' }
  /** There is nothing to be had at the URL. */
  | { kind: 'refused'; status: number };

const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);

/** @throws TransientError when the server asks for another try, or could stand one */
export function readAnswer(response: Response): Answer {
  const { status, headers } = response;
  if (status >= 500 || TRANSIENT.has(status)) {
    const delay = 1000 * (Number(headers.get('retry-after')) || 0);
    throw new TransientError(`the server answered ${status}`, { delay });
  }
  if (status === 416) return { kind: 'beyond' };
  if (!response.ok) return { kind: 'refused', status };
  const version = { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
  const range = contentRange(headers.get('content-range'));
  const why = whyNoRange(response);
  if (why !== null || range === null) {
    const reason = why ?? 'its answer has no Content-Range with the size of the whole';
    return { kind: 'no-ranges', why: reason, identity: version };
  }
  const { first, last, size } = range;
  return { kind: 'range', first, last, identity: { size, ...version } };
}

function whyNoRange({ status, headers }: Response): string | null {
  if (status !== 206) return `it sends the whole file (status ${status}) when asked for a part`;
  const encoding = headers.get('content-encoding');
  if (encoding === null || encoding === 'identity') return null;
  return `it encodes the parts (Content-Encoding: ${encoding})`;
}

function contentRange(header: string | null) {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(header ?? '');
  if (match === null) return null;
  const [first, last, size] = match.slice(1).map(Number);
  return first <= last && last < size && Number.isSafeInteger(size) ? { first, last, size } : null;
}

/** What differs between two versions of an image, for a person; null when nothing does. */
export function difference(
  before: ImageIdentity,
  now: Omit<ImageIdentity, 'size'> & { size?: number },
): string | null {
  if (now.size !== undefined && now.size !== before.size) {
    return `it had ${before.size} bytes and has ${now.size} now`;
  }
  if (now.etag !== before.etag) return `its ETag was ${before.etag} and is ${now.etag} now`;
  // A server that computes ETags from the content may well touch its files.
  if (before.etag === null && now.lastModified !== before.lastModified) {
    return `it was of ${before.lastModified} and is of ${now.lastModified} now`;
  }
  return null;
}

/**
 * Fills `target` with the bytes of a body.
 * @param onBytes is told of each piece that comes
 * @throws TransientError when they are fewer or more
 */
export async function readBody(
  response: Response,
  target: Uint8Array,
  onBytes: (count: number) => void,
): Promise<void> {
  const { length } = target;
  let filled = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    onBytes(next.value.length);
    if (filled + next.value.length > length) {
      void reader?.cancel().catch(() => {});
      throw new TransientError(`more than the ${length} bytes came that were asked for`);
    }
    target.set(next.value, filled);
    filled += next.value.length;
  }
  if (filled < length) {
    throw new TransientError(`the connection ended after ${filled} of ${length} bytes`);
  }
}
