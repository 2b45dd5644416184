/** One entry of an archive. */
export interface CpioEntry {
  /** Relative to the archive's root; ASCII. Folders come before what is in them. */
  path: string;
  /** Type and permissions, as in `st_mode`. */
  mode: number;
  /** A file's content or a link's target; nothing for a folder. */
  content?: Buffer | string;
}

/** Types of entries, to be combined with permissions. */
export const CpioType = { folder: 0o040000, file: 0o100000, link: 0o120000 } as const;

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';

/** Everything is aligned to this many bytes. */
const ALIGNMENT = 4;

/**
 * An archive in cpio's "newc" format, which Linux unpacks an initramfs from (its
 * Documentation/driver-api/early-userspace/buffer-format.rst). All belongs to root, and nothing
 * has a time, so that the same entries make the same bytes.
 */
export function makeCpio(entries: readonly CpioEntry[]): Buffer {
  const all = [...entries, { path: TRAILER, mode: 0 }];
  return Buffer.concat(all.flatMap((entry, index) => encodeEntry(entry, index + 1)));
}

function encodeEntry({ path, mode, content = '' }: CpioEntry, number: number): Buffer[] {
  const name = Buffer.from(`${path}\0`, 'latin1');
  const data = Buffer.from(content);
  const fields = [
    ...[number, mode, 0, 0, 1, 0], // inode, mode, owner, group, links, time
    ...[data.length, 0, 0, 0, 0], // size, device of the file system, device of the entry
    ...[name.length, 0], // length of the name, checksum
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return [padded(Buffer.concat([Buffer.from(header, 'latin1'), name])), padded(data)];
}

function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % ALIGNMENT;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(ALIGNMENT - rest)]);
}
