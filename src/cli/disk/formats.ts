import { extname } from 'node:path';
import { usageError } from '../run-error.ts';
import type { DescriptorFile } from './descriptor-file.ts';

/** What holds a disk: its bytes as they are, the same compressed, a store of ours, or QEMU's. */
export const diskFormats = ['raw', 'gzip', 'zstd', 'store', 'qcow2'] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** What a file's name says about its format. */
const EXTENSIONS: Readonly<Record<string, DiskFormat>> = {
  '.img': 'raw',
  '.raw': 'raw',
  '.gz': 'gzip',
  '.zst': 'zstd',
  '.ringdisk': 'store',
  '.qcow2': 'qcow2',
};

/** Bytes at a place by which a format is known. */
interface Mark {
  offset: number;
  bytes: number[] | string;
}

const MARKS: readonly (Mark & { format: DiskFormat })[] = [
  { format: 'gzip', offset: 0, bytes: [0x1f, 0x8b, 0x08] },
  { format: 'zstd', offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: 'qcow2', offset: 0, bytes: [0x51, 0x46, 0x49, 0xfb] },
  // A store has two superblocks, of which a power cut may leave one only.
  { format: 'store', offset: 0, bytes: 'RINGDISK' },
  { format: 'store', offset: 4096, bytes: 'RINGDISK' },
];

/** Formats that would pass for raw images, and be wrong ones. */
const UNREADABLE: readonly (Mark & { name: string })[] = [
  { name: 'xz', offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'bzip2', offset: 0, bytes: 'BZh' },
  { name: 'VMDK', offset: 0, bytes: 'KDMV' },
  { name: 'VHDX', offset: 0, bytes: 'vhdxfile' },
  { name: 'VDI', offset: 0x40, bytes: [0x7f, 0x10, 0xda, 0xbe] },
];

/** The format that a file's name stands for; undefined when it stands for none. */
export function formatOfName(name: string): DiskFormat | undefined {
  return EXTENSIONS[extname(name).toLowerCase()];
}

/** The format to write a file in. @throws RunError when neither option nor name says it */
export function formatToWrite(name: string, format: DiskFormat | undefined): DiskFormat {
  const known = format ?? formatOfName(name);
  if (known !== undefined) return known;
  throw usageError(
    `${name}: the name does not tell the format; give it with --format, ` +
      `or a name that ends in ${Object.keys(EXTENSIONS).join(', ')}`,
  );
}

/**
 * The format of a file by its content; what has no mark is a raw image, except that a file which
 * is called a store has to be one. @throws RunError for what is known and cannot be read
 */
export function recognizeFormat(name: string, file: DescriptorFile): DiskFormat {
  const has = (mark: Mark) => hasMark(file, mark);
  const format = MARKS.find(has)?.format;
  if (format !== undefined) return format;
  const other = UNREADABLE.find(has);
  if (other === undefined) return formatOfName(name) === 'store' ? 'store' : 'raw';
  throw usageError(
    `${name}: this is ${other.name}, which cannot be read; unpack it, or make a raw image of it`,
  );
}

function hasMark(file: DescriptorFile, { offset, bytes }: Mark): boolean {
  const expected = Buffer.from(bytes as string, 'latin1');
  const found = new Uint8Array(expected.length);
  return file.read(found, { at: offset }) === found.length && expected.equals(found);
}
