import { usageError } from '../run-error.ts';
import type { DescriptorFile } from './descriptor-file.ts';

/** What the header of a qcow2 image says (QEMU, docs/interop/qcow2). */
export interface Qcow2Header {
  version: number;
  /** Bytes of the disk. */
  size: number;
  /** The backing file, '' for none. */
  base: string;
  /** Whether it was closed as it should be: neither dirty nor corrupt. */
  clean: boolean;
  encrypted: boolean;
  /** Its data are in another file. */
  hasDataFile: boolean;
}

/** Byte offsets, of numbers in big-endian order. */
const Field = {
  version: 4,
  baseOffset: 8,
  baseLength: 16,
  size: 24,
  encryption: 32,
  incompatibleFeatures: 72,
} as const;
const HEADER_LENGTH = 104;
/** Version 2 ends here; what is behind is something else. */
const HEADER_LENGTH_2 = 72;
const LONGEST_BASE_NAME = 1023;

const DIRTY = 1 << 0;
const CORRUPT = 1 << 1;
const DATA_FILE = 1 << 2;

/** @param name what messages call the file @throws RunError for what is no whole header */
export function readQcow2Header(name: string, file: DescriptorFile): Qcow2Header {
  const header = Buffer.alloc(HEADER_LENGTH);
  const length = file.read(header, { at: 0 });
  const version = header.readUInt32BE(Field.version);
  if (version !== 2 && version !== 3) {
    throw usageError(`${name}: this is qcow2 of version ${version}; 2 and 3 can be read`);
  }
  if (length < (version === 2 ? HEADER_LENGTH_2 : HEADER_LENGTH)) {
    throw usageError(`${name}: this is qcow2, but its header is cut off; get it once more`);
  }
  // The lower half has all bits that are known.
  const features = version === 2 ? 0 : header.readUInt32BE(Field.incompatibleFeatures + 4);
  return {
    version,
    size: Number(header.readBigUInt64BE(Field.size)),
    base: readBase(header, file),
    clean: (features & (DIRTY | CORRUPT)) === 0,
    encrypted: header.readUInt32BE(Field.encryption) !== 0,
    hasDataFile: (features & DATA_FILE) !== 0,
  };
}

function readBase(header: Buffer, file: DescriptorFile): string {
  const at = Number(header.readBigUInt64BE(Field.baseOffset));
  if (at === 0) return '';
  const length = Math.min(header.readUInt32BE(Field.baseLength), LONGEST_BASE_NAME);
  const name = Buffer.alloc(length);
  file.read(name, { at });
  return name.toString();
}
