import { extname } from 'node:path';
import {
  type ImageFormat,
  RECOGNITION_LENGTH,
  recognizeImage,
} from '../../devices/block/image-formats.ts';
import { usageError } from '../run-error.ts';
import type { DescriptorFile } from './descriptor-file.ts';

export type DiskFormat = ImageFormat;
export const diskFormats: readonly DiskFormat[] = ['raw', 'gzip', 'zstd', 'store', 'qcow2'];

/** What a file's name says about its format. */
const EXTENSIONS: Readonly<Record<string, DiskFormat>> = {
  '.img': 'raw',
  '.raw': 'raw',
  '.gz': 'gzip',
  '.zst': 'zstd',
  '.ringdisk': 'store',
  '.qcow2': 'qcow2',
};

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
  const head = new Uint8Array(RECOGNITION_LENGTH);
  const recognized = recognizeImage(head.subarray(0, file.read(head, { at: 0 })));
  if (recognized === null) return formatOfName(name) === 'store' ? 'store' : 'raw';
  if ('format' in recognized) return recognized.format;
  throw usageError(
    `${name}: this is ${recognized.unreadable}, which cannot be read; unpack it, or make a raw image of it`,
  );
}
