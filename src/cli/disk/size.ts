import { MAXIMUM_DISK_SIZE } from '../../devices/block/disk-size.ts';
import { SECTOR_SIZE } from '../../devices/block/layout.ts';
import { usageError } from '../run-error.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};

/** Reads `8G`, `512M`, `4096`. @returns bytes @throws RunError when no disk has such a size */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMGT]?)$/i.exec(text) ?? [];
  if (digits === undefined) {
    throw usageError(`--size takes bytes, or a number with K, M, G or T such as 8G, not '${text}'`);
  }
  const size = Number(digits) * UNITS[unit.toUpperCase()];
  checkDiskSize('--size', size);
  return size;
}

/** @param name what has that many bytes @throws RunError when no disk can have them */
export function checkDiskSize(name: string, size: number): void {
  if (size === 0)
    throw usageError(`${name}: 0 bytes are no disk; it needs at least ${SECTOR_SIZE}`);
  if (size > MAXIMUM_DISK_SIZE) {
    throw usageError(`${name}: that is too large; a disk may have ${MAXIMUM_DISK_SIZE} bytes`);
  }
  if (size % SECTOR_SIZE === 0) return;
  throw usageError(
    `${name}: ${size} bytes are no multiple of ${SECTOR_SIZE}, as a disk's size must be; ` +
      `${Math.ceil(size / SECTOR_SIZE) * SECTOR_SIZE} would be`,
  );
}
