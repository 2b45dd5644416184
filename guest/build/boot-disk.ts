import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { hashOfFile, keyOf } from './hash.ts';
import { buildExt4Image } from './image.ts';
import { provideKernel } from './kernel.ts';
import { bootLoaderRequirements, ensurePackages } from './packages.ts';
import { inStep } from './progress.ts';
import { makeRootTree, rootTreeKey } from './rootfs.ts';

const SECTOR = 512;
/** Where the one partition begins, as partitioning programs have it; GRUB lies before it. */
const PARTITION_START = 2048;
const PARTITION_SIZE = 32 * 2 ** 20;
/** The partition table in the first sector, behind the boot code and the disk's signature. */
const PARTITION_TABLE = 446;
const BOOT_CODE_LENGTH = 440;
const BOOT_SIGNATURE = [0x55, 0xaa];
const ACTIVE = 0x80;
const LINUX_PARTITION = 0x83;
/** Addresses by cylinder, head and sector that say: see the sector numbers. */
const NO_GEOMETRY = [0xfe, 0xff, 0xff];

const GRUB = '/usr/lib/grub/i386-pc';
/** What GRUB needs to read its configuration and the kernel from the partition. */
const GRUB_MODULES = ['biosdisk', 'part_msdos', 'ext2', 'normal', 'linux', 'test', 'reboot'];

/** The menu goes on by itself; with `${WAITS}` instead, which is as long, it waits for a key. */
const GOES_ON = 'set timeout=02';
const WAITS = 'set timeout=-1';
const GRUB_CONFIGURATION = `${GOES_ON}
menuentry "Ringbox on hvc0" {
  linux /boot/bzImage console=hvc0 root=/dev/vda1 rw quiet tsc=reliable
}
menuentry "Ringbox on ttyS0" {
  linux /boot/bzImage console=ttyS0 root=/dev/vda1 rw quiet tsc=reliable
}
`;

/**
 * A disk that a PC starts from by itself: GRUB in its first sectors, and a partition with our
 * kernel and root file system. Made with GRUB's own tools, without mounting anything.
 * @returns the path of the image in the cache
 */
export async function buildBootDisk(): Promise<string> {
  await ensurePackages(bootLoaderRequirements, 'make a disk that starts by itself');
  const kernel = await provideKernel();
  const recipe = hashOfFile(fileURLToPath(import.meta.url));
  const folder = await provideArtifact({
    name: 'boot-disk',
    key: keyOf(recipe, basename(kernel), rootTreeKey()),
    async build(target) {
      await inStep('Making a disk that starts by itself', () => makeDisk(kernel, target));
      return {};
    },
  });
  return join(folder, 'boot.img');
}

/** Makes the menu of a copy of the disk wait for a key, so that nobody has to be in time for it. */
export function makeMenuWait(image: string): void {
  const at = readFileSync(image).indexOf(GOES_ON);
  const file = openSync(image, 'r+');
  writeSync(file, WAITS, at);
  closeSync(file);
}

async function makeDisk(kernel: string, folder: string): Promise<void> {
  const image = join(folder, 'boot.img');
  const partition = join(folder, 'partition');
  await makePartition(kernel, join(folder, 'tree'), partition);
  const core = await makeGrubCore(folder);
  writeFileSync(image, bootSector());
  const file = openSync(image, 'r+');
  writeSync(file, readFileSync(core), 0, undefined, SECTOR);
  closeSync(file);
  // Appended by a program that leaves holes where zeros are.
  truncateSync(image, PARTITION_START * SECTOR);
  await runCommand('dd', [
    ...[`if=${partition}`, `of=${image}`, 'bs=1M', 'conv=sparse,notrunc', 'status=none'],
    ...['oflag=seek_bytes', `seek=${PARTITION_START * SECTOR}`],
  ]);
  truncateSync(image, PARTITION_START * SECTOR + PARTITION_SIZE);
  for (const path of [partition, core]) rmSync(path);
}

async function makePartition(kernel: string, tree: string, output: string): Promise<void> {
  await makeRootTree(tree);
  mkdirSync(join(tree, 'boot/grub'), { recursive: true });
  copyFileSync(join(kernel, 'bzImage'), join(tree, 'boot/bzImage'));
  writeFileSync(join(tree, 'boot/grub/grub.cfg'), GRUB_CONFIGURATION);
  await buildExt4Image(tree, PARTITION_SIZE, output);
  rmSync(tree, { recursive: true });
}

/** GRUB beyond its first sector, with the modules it needs; it must fit before the partition. */
async function makeGrubCore(folder: string): Promise<string> {
  const core = join(folder, 'core.img');
  const place = ['-O', 'i386-pc', '-d', GRUB, '-p', '(hd0,msdos1)/boot/grub'];
  await runCommand('grub-mkimage', [...place, '-o', core, ...GRUB_MODULES]);
  const room = (PARTITION_START - 1) * SECTOR;
  if (statSync(core).size > room) throw new Error(`GRUB does not fit into ${room} bytes`);
  return core;
}

/** GRUB's first sector, which reads on from the sector after it, and a table of one partition. */
function bootSector(): Buffer {
  const sector = Buffer.alloc(SECTOR);
  readFileSync(join(GRUB, 'boot.img')).copy(sector, 0, 0, BOOT_CODE_LENGTH);
  sector.set([ACTIVE, ...NO_GEOMETRY, LINUX_PARTITION, ...NO_GEOMETRY], PARTITION_TABLE);
  sector.writeUInt32LE(PARTITION_START, PARTITION_TABLE + 8);
  sector.writeUInt32LE(PARTITION_SIZE / SECTOR, PARTITION_TABLE + 12);
  sector.set(BOOT_SIGNATURE, SECTOR - BOOT_SIGNATURE.length);
  return sector;
}
