import { encodeFrameHeader } from './change-frames.ts';
import type { Host } from './host.ts';

/** Bytes that go in one request, about. */
const PARCEL_BYTES = 4 << 20;

/** Sends a disk's changed ranges, many in each request. */
export async function saveChanges(
  host: Host,
  path: string,
  changes: AsyncIterable<{ offset: number; bytes: Uint8Array<ArrayBuffer> }>,
): Promise<void> {
  let parcel: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const { offset, bytes } of changes) {
    parcel.push(encodeFrameHeader({ offset, length: bytes.length }), bytes);
    size += bytes.length;
    if (size < PARCEL_BYTES) continue;
    await host.send(path, parcel);
    parcel = [];
    size = 0;
  }
  if (parcel.length > 0) await host.send(path, parcel);
}
