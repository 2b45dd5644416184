/**
 * What holds a disk: its bytes as they are, the same compressed, a store of ours, or QEMU's.
 * All but `raw` are recognised by their content.
 */
export type ImageFormat = 'raw' | 'gzip' | 'zstd' | 'store' | 'qcow2';

/** Bytes at a place by which a format is known. */
interface Mark {
  offset: number;
  bytes: readonly number[];
}

const STORE = ascii('RINGDISK');

const MARKS: readonly (Mark & { format: ImageFormat })[] = [
  { format: 'gzip', offset: 0, bytes: [0x1f, 0x8b, 0x08] },
  { format: 'zstd', offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: 'qcow2', offset: 0, bytes: [0x51, 0x46, 0x49, 0xfb] },
  // A store has two superblocks, of which a power cut may leave one only.
  { format: 'store', offset: 0, bytes: STORE },
  { format: 'store', offset: 4096, bytes: STORE },
];

/** Formats that would pass for raw images, and be wrong ones. */
const UNREADABLE: readonly (Mark & { name: string })[] = [
  { name: 'xz', offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'bzip2', offset: 0, bytes: ascii('BZh') },
  { name: 'VMDK', offset: 0, bytes: ascii('KDMV') },
  { name: 'VHDX', offset: 0, bytes: ascii('vhdxfile') },
  { name: 'VDI', offset: 0x40, bytes: [0x7f, 0x10, 0xda, 0xbe] },
];

/** Bytes from the beginning of a file that `recognizeImage` looks at. */
export const RECOGNITION_LENGTH = 4096 + STORE.length;

/**
 * Recognises a disk image by its content.
 * @param head its first RECOGNITION_LENGTH bytes, or all of a shorter one
 * @returns null for what has no mark, which is a raw image if it is any; the name of a format that
 *   nobody here can read
 */
export function recognizeImage(
  head: Uint8Array,
): { format: ImageFormat } | { unreadable: string } | null {
  const has = ({ offset, bytes }: Mark) => bytes.every((byte, at) => head[offset + at] === byte);
  const known = MARKS.find(has);
  if (known !== undefined) return { format: known.format };
  const other = UNREADABLE.find(has);
  return other === undefined ? null : { unreadable: other.name };
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
