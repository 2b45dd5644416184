import { hexadecimal } from '../devices/block/digest.ts';
import {
  announcedSize,
  type Bytes,
  bodyOf,
  counted,
  type OnBytes,
  readAll,
  request,
} from './download.ts';
import { downloadDamaged, downloadFailed } from './failure.ts';
import type { GuestFile } from './manifest.ts';

export interface LoadingContext {
  /** Shows that a file is on its way; the answer is told of its bytes. */
  onTransfer(name: string, total: number | null): OnBytes;
  signal: AbortSignal;
}

/** Files that came damaged, by address: they may lie so in the browser's cache. */
const damaged = new Set<string>();

/**
 * Downloads a file from the page's own host, in sight of the visitor.
 * @param name what the visitor reads
 * @throws MachineError that names the file
 */
export async function download(
  url: URL,
  name: string,
  context: LoadingContext,
): Promise<ReadableStream<Bytes>> {
  return receive(await request(url, url.pathname, context.signal), name, context);
}

/**
 * Downloads one of the guest's own files, in sight of the visitor, and sees that it is what was built.
 * @param use begins with what is to become of it; what comes of that counts only if the file is sound
 * @throws MachineError that names the file, also when it is cut short or damaged
 */
export async function downloadWhole<Result>(
  file: GuestFile,
  name: string,
  context: LoadingContext,
  use: (content: Blob) => Promise<Result>,
): Promise<Result> {
  const { url, size } = file;
  const cache = damaged.has(url.href) ? 'reload' : 'default';
  const response = await request(url, url.pathname, context.signal, { isOwn: true, cache });
  const content = await readAll(receive(response, name, context, size));
  const used = use(new Blob([content]));
  // Of a damaged file nothing can come, and that is not what is to be told.
  used.catch(() => {});
  if (!isEncoded(response, content, file)) await check(content, file, name);
  return used;
}

/** A host has taken the file for an encoding of what is in it, and the browser has unpacked that. */
function isEncoded({ headers }: Response, content: Bytes, { size }: GuestFile): boolean {
  return headers.has('content-encoding') && content.length > size;
}

async function check(content: Bytes, file: GuestFile, name: string): Promise<void> {
  const { url, size, sha256 } = file;
  if (content.length < size) {
    throw downloadFailed(name, `only ${content.length} of its ${size} bytes arrived`);
  }
  const digest = await crypto.subtle.digest('SHA-256', content);
  if (hexadecimal(new Uint8Array(digest)) === sha256) return;
  damaged.add(url.href);
  throw downloadDamaged(name);
}

/** The body of an answer, whose arrival the visitor sees. */
export function receive(
  response: Response,
  name: string,
  { onTransfer, signal }: LoadingContext,
  size?: number,
): ReadableStream<Bytes> {
  const total = size ?? announcedSize(response);
  return counted(bodyOf(response), onTransfer(name, total), (reason) =>
    signal.aborted
      ? signal.reason
      : downloadFailed(name, 'the connection broke in the middle', reason),
  );
}
