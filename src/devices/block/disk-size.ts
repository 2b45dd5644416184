import { DeviceError } from '../errors.ts';
import { SECTOR_SIZE } from './layout.ts';

/** The most bytes that a disk may have, used or not: 2 TiB. */
export const MAXIMUM_DISK_SIZE = 2 ** 41;

/**
 * Bytes of a disk with such an image.
 * @param wanted bytes, without which the disk is as large as its image
 * @throws DeviceError when no disk can have them, or the image does not fit
 */
export function diskSize(name: string, imageSize: number, wanted?: number): number {
  const size = wanted ?? imageSize;
  checkSize(name, size);
  if (imageSize > size) throw imageTooLong(name, size);
  return size;
}

/** @throws DeviceError when no disk can have so many bytes */
export function checkSize(name: string, size: number): void {
  if (size === 0) throw new DeviceError('disk-size', `${name} is empty: a disk needs some bytes`);
  if (!Number.isSafeInteger(size) || size < 0 || size % SECTOR_SIZE !== 0) {
    const message = `${name} has ${size} bytes, which is no multiple of ${SECTOR_SIZE}`;
    throw new DeviceError('disk-size', message);
  }
  if (size > MAXIMUM_DISK_SIZE) {
    const message = `${name} has ${size} bytes; the most is ${MAXIMUM_DISK_SIZE}`;
    throw new DeviceError('disk-size', message);
  }
}

/** @throws DeviceError when a disk of `from` bytes cannot be made one of `to` */
export function checkGrowth(name: string, from: number, to: number): void {
  checkSize(name, to);
  if (to >= from) return;
  const message = `${name} has ${from} bytes and cannot be made one of ${to}`;
  throw new DeviceError('disk-shrink', message);
}

export function imageTooLong(name: string, size: number): DeviceError {
  const message = `the image of ${name} is longer than the disk of ${size} bytes`;
  return new DeviceError('disk-size', message);
}
