/**
 * Changed ranges of a disk as bytes: for each its position (8 bytes), its length (4 bytes), both
 * little-endian, and its bytes. The same format travels from the page and lies in a journal.
 */

/** Bytes before each range. */
export const FRAME_HEADER_BYTES = 12;

export interface FrameHeader {
  offset: number;
  length: number;
}

export function encodeFrameHeader({ offset, length }: FrameHeader): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setBigUint64(0, BigInt(offset), true);
  view.setUint32(8, length, true);
  return header;
}

export function decodeFrameHeader(header: Uint8Array): FrameHeader {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return { offset: Number(view.getBigUint64(0, true)), length: view.getUint32(8, true) };
}
