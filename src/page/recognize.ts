import { gunzip, isGzip } from '../machine/gzip.ts';

/** What a chosen or dropped file can be to a machine. */
export type FileKind = 'kernel' | 'initrd' | 'disk';

const HEAD_LENGTH = 0x206;
const BZIMAGE_MAGIC_OFFSET = 0x202;
/** An executable for the i386 in 32-bit ELF, where a vmlinux has its beginning. */
const ELF_386 = [
  [0, [0x7f, ...ascii('ELF'), 1, 1]],
  [16, [2, 0, 3, 0]],
] as const;

/**
 * The compressions that Linux unpacks an initramfs from, gzip apart, since a disk image in gzip is
 * common: see `recognizeFile`.
 */
const INITRD_MAGICS: readonly (readonly number[])[] = [
  ascii('070701'), // cpio, "newc"
  ascii('070702'), // cpio, "newc" with checksums
  [0xfd, ...ascii('7zXZ'), 0x00],
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0x02, 0x21, 0x4c, 0x18], // lz4, legacy frame
  ascii('BZh'),
  [0x5d, 0x00, 0x00], // lzma
  [0x89, ...ascii('LZO'), 0x00],
];

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function hasBytes(bytes: Uint8Array, offset: number, expected: readonly number[]): boolean {
  return expected.every((value, index) => bytes[offset + index] === value);
}

export function isBzImage(head: Uint8Array): boolean {
  return hasBytes(head, BZIMAGE_MAGIC_OFFSET, ascii('HdrS'));
}

export function isVmlinux(head: Uint8Array): boolean {
  return ELF_386.every(([offset, bytes]) => hasBytes(head, offset, bytes));
}

function isKernel(head: Uint8Array): boolean {
  return isBzImage(head) || isVmlinux(head);
}

function isInitrd(head: Uint8Array): boolean {
  return INITRD_MAGICS.some((magic) => hasBytes(head, 0, magic));
}

async function readHead(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, HEAD_LENGTH).arrayBuffer());
}

/** The first bytes inside a gzip file; fewer, or none, where it is damaged. */
async function readHeadInside(file: Blob): Promise<Uint8Array> {
  const reader = gunzip(file.stream()).getReader();
  try {
    const { value } = await reader.read();
    return value ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Recognises a file by its content alone; whatever has no mark of its own is a disk image. */
export async function recognizeFile(file: Blob): Promise<FileKind> {
  const head = await readHead(file);
  if (isKernel(head)) return 'kernel';
  if (isInitrd(head)) return 'initrd';
  if (isGzip(head)) return isInitrd(await readHeadInside(file)) ? 'initrd' : 'disk';
  return 'disk';
}

export async function isKernelFile(file: Blob): Promise<boolean> {
  return isKernel(await readHead(file));
}

export async function isCompressed(file: Blob): Promise<boolean> {
  return isGzip(await readHead(file));
}
