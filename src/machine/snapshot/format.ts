import { checksum } from '../../devices/block/store/checksum.ts';

/** The beginning of the file: what it is, and the version of its form. */
export const MAGIC = 'ringsnap';
export const FORMAT_VERSION = 1;
/** Bytes. */
export const HEADER_LENGTH = 16;

/** Bytes of a record's payload before it is packed, at most; and packed, which may make it longer. */
export const PIECE_LENGTH = 1024 * 1024;
const LONGEST_STORED = PIECE_LENGTH + 4096;

/** What a record holds: see README.md. */
export const RecordKind = { info: 1, text: 2, bytes: 3, end: 4 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** Bytes before the payload of a record. */
export const RECORD_HEADER_LENGTH = 32;
/** Words of that. The others are 0. */
const Field = { kind: 0, position: 1, stored: 2, length: 3, isPacked: 4, checksum: 5 } as const;

/** The first words of a record. */
export interface RecordHeader {
  kind: number;
  /** Which record of the file it is, from 0 on. */
  position: number;
  /** Bytes of the payload as it is in the file, and as it was before it was packed. */
  stored: number;
  length: number;
  isPacked: boolean;
}

/** A whole file header. */
export function fileHeader(): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_LENGTH);
  header.set(new TextEncoder().encode(MAGIC));
  new DataView(header.buffer).setUint32(MAGIC.length, FORMAT_VERSION, true);
  return header;
}

/** A whole record, its padding included. */
export function makeRecord(header: RecordHeader, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(RECORD_HEADER_LENGTH + paddedLength(header.stored));
  record.set(payload, RECORD_HEADER_LENGTH);
  const words = new Uint32Array(record.buffer);
  words[Field.kind] = header.kind;
  words[Field.position] = header.position;
  words[Field.stored] = header.stored;
  words[Field.length] = header.length;
  words[Field.isPacked] = header.isPacked ? 1 : 0;
  words[Field.checksum] = checksum(words, 0, words.length);
  return record;
}

/** What a record says of itself, which may be damaged; null for what no record can say. */
export function readRecordHeader(bytes: Uint8Array<ArrayBuffer>): RecordHeader | null {
  const words = new Uint32Array(bytes.slice(0, RECORD_HEADER_LENGTH).buffer);
  const stored = words[Field.stored];
  const length = words[Field.length];
  if (stored > LONGEST_STORED || length > PIECE_LENGTH) return null;
  const isPacked = words[Field.isPacked] === 1;
  return { kind: words[Field.kind], position: words[Field.position], stored, length, isPacked };
}

/** Whether a whole record, padding included, is as it was made. */
export function isSound(record: Uint8Array<ArrayBuffer>): boolean {
  // It may be a part of anything, and words begin at multiples of 4.
  const { buffer, byteOffset, length } = record.byteOffset % 4 === 0 ? record : record.slice();
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  const saved = words[Field.checksum];
  words[Field.checksum] = 0;
  const sum = checksum(words, 0, words.length);
  words[Field.checksum] = saved;
  return sum === saved;
}

/** Payloads are filled up with zeros: the checksum takes 16 bytes at a time. */
export function paddedLength(length: number): number {
  return Math.ceil(length / 16) * 16;
}
