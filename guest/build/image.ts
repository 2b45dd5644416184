import {
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  lutimesSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand, runCommand } from './command.ts';
import { SetupError } from './errors.ts';
import { ensurePackages, imageRequirements } from './packages.ts';

/** Bytes of a block of the file system: the guest's page size. */
const BLOCK_SIZE = 4096;

/** Fixed, so that the same tree gives the same image. */
const IDENTITY = '52494e47-424f-5842-8000-000000000001';

/**
 * No checksums of metadata (the guest would compute them with emulated instructions), no room for
 * growing, no backup superblocks, nothing left for the guest to initialise in the background; all
 * metadata at the front, so that the rest of the file is zeros that can be cut off.
 */
const FEATURES = '^metadata_csum,^64bit,^huge_file,^resize_inode,sparse_super2';
const EXTENDED = [
  'root_owner=0:0',
  'packed_meta_blocks=1',
  'num_backup_sb=0',
  'lazy_itable_init=0',
  'lazy_journal_init=0',
  `hash_seed=${IDENTITY}`,
];

/**
 * Makes an ext4 image of `size` bytes (a multiple of 4096) at `output` that holds what is in
 * `folder`, all of it owned by root. Needs no root and mounts nothing. Existing files are
 * replaced; an image without room for the folder is an error.
 */
export async function buildExt4Image(folder: string, size: number, output: string): Promise<void> {
  if (size % BLOCK_SIZE !== 0) throw new SetupError(`${size} is no multiple of ${BLOCK_SIZE}.`);
  await ensurePackages(imageRequirements, 'make a disk image');
  rmSync(output, { force: true });
  const file = openSync(output, 'w');
  ftruncateSync(file, size);
  closeSync(file);
  const journal = size >= 64 * 2 ** 20 ? ['-J', 'size=4'] : ['-O', '^has_journal'];
  await runCommand(requireCommand('mke2fs'), [
    ...['-q', '-F', '-t', 'ext4', '-b', `${BLOCK_SIZE}`, '-i', '16384', '-m', '0'],
    ...['-L', 'ringbox', '-U', IDENTITY, '-O', FEATURES, '-E', EXTENDED.join(',')],
    ...[...journal, '-d', folder, output],
  ]);
  if (hasOtherOwners(folder)) await giveToRoot(folder, output);
}

function hasOtherOwners(folder: string): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((path) => {
    const { uid, gid } = lstatSync(join(folder, path));
    return uid !== 0 || gid !== 0;
  });
}

/** mke2fs keeps the owners that files have outside, and its `root_owner` is for the root alone. */
async function giveToRoot(folder: string, image: string): Promise<void> {
  const script = join(tmpdir(), `ringbox-owners-${process.pid}`);
  const commands = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => [
    `set_inode_field "/${path}" uid 0`,
    `set_inode_field "/${path}" gid 0`,
  ]);
  writeFileSync(script, `${commands.join('\n')}\n`);
  try {
    await runCommand(requireCommand('debugfs'), ['-w', '-f', script, image]);
  } finally {
    rmSync(script);
  }
}

function requireCommand(name: string): string {
  const path = findCommand(name);
  if (!path) throw new SetupError(`${name} is missing (Debian package e2fsprogs).`);
  return path;
}

/** Gives everything in a folder the same time of last change, in milliseconds since 1970. */
export function setTimes(folder: string, time: number): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lutimesSync(join(folder, path), time / 1000, time / 1000);
  }
}

/** Cuts the zeros at the end of a file off, in whole blocks; answers the bytes that remain. */
export function cutTrailingZeros(path: string): number {
  const file = openSync(path, 'r+');
  try {
    const block = Buffer.alloc(BLOCK_SIZE);
    const zeros = Buffer.alloc(BLOCK_SIZE);
    let size = fstatSync(file).size;
    while (size >= BLOCK_SIZE) {
      readSync(file, block, 0, BLOCK_SIZE, size - BLOCK_SIZE);
      if (!block.equals(zeros)) break;
      size -= BLOCK_SIZE;
    }
    ftruncateSync(file, size);
    return size;
  } finally {
    closeSync(file);
  }
}
