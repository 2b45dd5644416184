import { accessSync, constants, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readKernelImage } from '../boot/kernel-image.ts';
import type { DiskArgument } from './options.ts';
import { messageOf, usageError } from './run-error.ts';

const SECTOR_BYTES = 512;

/** What the operating system says, in words, with what to do about it. */
const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'there is no such file; check the path',
  EACCES: 'permission denied; make it readable for this user',
};

/** Checks that a file can be read. @throws RunError that names the option and the file */
export function checkReadable(option: string, file: string): Stats {
  return checkReadableFile(file, `${option} ${file}`);
}

/** Checks that a file can be read. @param label what messages call it @throws RunError */
export function checkReadableFile(file: string, label = file): Stats {
  try {
    const status = statSync(file);
    if (!status.isFile()) throw usageError(`${label}: this is not a regular file`);
    accessSync(file, constants.R_OK);
    return status;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usageError(`${label}: ${REASONS[code] ?? `cannot be read (${code})`}`);
  }
}

/** Checks that a file is a kernel that the machine can start. @throws RunError */
export function checkKernel(file: string): void {
  checkReadable('--kernel', file);
  try {
    readKernelImage(readFileSync(file));
  } catch (error) {
    throw usageError(
      `--kernel ${file}: this is no Linux kernel for i386 (${messageOf(error)}); ` +
        'give its bzImage, such as arch/x86/boot/bzImage, or its vmlinux',
    );
  }
}

/** Checks that a file can be a disk. @returns its size in bytes @throws RunError */
export function checkDisk({ file, readOnly }: DiskArgument): number {
  const { size } = checkReadable('--disk', file);
  if (size === 0 || size % SECTOR_BYTES !== 0) {
    const next = Math.max(1, Math.ceil(size / SECTOR_BYTES)) * SECTOR_BYTES;
    throw usageError(
      `--disk ${file}: ${size} bytes are no multiple of 512, as a disk's size must be; ` +
        `extend it with: truncate -s ${next} ${file}`,
    );
  }
  // The journal of the changes is made beside the file.
  if (!readOnly && !(isWritable(file) && isWritable(dirname(file)))) {
    throw usageError(
      `--disk ${file}: changes could not be written back; ` +
        `make it and its folder writable, or give it as ${file},ro`,
    );
  }
  return size;
}

/** Two disks with one file would overwrite each other's changes. @throws RunError */
export function checkDistinct(disks: DiskArgument[]): void {
  const writers = new Map<string, boolean>();
  for (const { file, readOnly } of disks) {
    const { dev, ino } = statSync(file);
    const identity = `${dev}:${ino}`;
    const before = writers.get(identity);
    if (before !== undefined && !(before && readOnly)) {
      throw usageError(`--disk ${file}: given twice; that is possible only with ,ro on both`);
    }
    writers.set(identity, readOnly);
  }
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
