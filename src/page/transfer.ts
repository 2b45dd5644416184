import { announcedSize, type Bytes, bodyOf, counted, type OnBytes, request } from './download.ts';
import { fileMissing } from './failure.ts';

export interface LoadingContext {
  /** Shows that a file is on its way; the answer is told of its bytes. */
  onTransfer(name: string, total: number | null): OnBytes;
  signal: AbortSignal;
}

/**
 * Downloads a file from the page's own host, in sight of the visitor.
 * @param name what the visitor reads
 * @param size bytes, if they are known before
 * @throws MachineError that names the file
 */
export async function download(
  url: URL,
  name: string,
  context: LoadingContext,
  size?: number,
): Promise<ReadableStream<Bytes>> {
  const response = await request(url, url.pathname, context.signal);
  return receive(response, name, context, size);
}

/**
 * Downloads all of a file from the page's own host, as it lies there, in sight of the visitor.
 * @param size bytes that it has at least
 * @throws MachineError that names the file, also when it is cut short
 */
export async function downloadWhole(
  url: URL,
  name: string,
  context: LoadingContext,
  size: number,
): Promise<Blob> {
  const file = await new Response(await download(url, name, context, size)).blob();
  if (file.size >= size) return file;
  throw fileMissing(url.pathname, `only ${file.size} of its ${size} bytes arrived`);
}

/** The body of an answer, whose arrival the visitor sees. */
export function receive(
  response: Response,
  name: string,
  context: LoadingContext,
  size?: number,
): ReadableStream<Bytes> {
  const total = size ?? announcedSize(response);
  return counted(bodyOf(response), context.onTransfer(name, total));
}
