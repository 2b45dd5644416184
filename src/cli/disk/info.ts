import { realpathSync } from 'node:fs';
import { formatSize } from '../../../guest/build/progress.ts';
import { FORMAT_VERSION, PAGE_SIZE } from '../../devices/block/store/format.ts';
import { recover } from '../../devices/block/store/recovery.ts';
import { hasJournal } from '../disk-journal.ts';
import { checkReadableFile } from '../input-files.ts';
import { CompressedSource, unpackGzip, unpackZstd } from './compressed-source.ts';
import { DescriptorFile } from './descriptor-file.ts';
import { type DiskFormat, recognizeFormat } from './formats.ts';
import { readProblem } from './problems.ts';
import { withProgress } from './progress.ts';
import { readQcow2Header } from './qcow2.ts';
import type { DiskSource } from './source.ts';
import { watched } from './watch.ts';

/** What `ringbox disk info` tells; null is what the format does not say. */
export interface DiskInfo {
  file: string;
  format: DiskFormat;
  version: number | null;
  /** Bytes of the disk. */
  size: number;
  /** Bytes of the disk that are in the file; the others are zeros, or the base's. */
  stored: number | null;
  /** Bytes of the file, and those that it takes on its medium. */
  fileSize: number;
  allocated: number;
  /** What the disk has where nothing was written; '' for zeros. */
  base: string | null;
  /** Whether nothing is left that the next opening has to complete. */
  clean: boolean | null;
  /** What is left: pages of a store's log. */
  logPages: number | null;
}

/** Inspecting leaves nothing behind that would have to be undone: a signal may just end it. */
const NEVER = new AbortController().signal;

/** Inspects a file, which stays as it is. @throws RunError when it is damaged or of no use */
export async function inspectDisk(name: string): Promise<DiskInfo> {
  checkReadableFile(name);
  const file = new DescriptorFile(name, 'r');
  try {
    const format = recognizeFormat(name, file);
    const { allocated } = file;
    const common = { file: name, format, fileSize: file.getSize(), allocated };
    return { ...common, ...NOT_SAID, ...(await inspect(name, format, file)) };
  } catch (error) {
    throw readProblem(name, error);
  } finally {
    file.close();
  }
}

const NOT_SAID = {
  version: null,
  size: 0,
  stored: null,
  base: null,
  clean: null,
  logPages: null,
};
type Said = Pick<DiskInfo, 'size'> & Partial<DiskInfo>;

async function inspect(name: string, format: DiskFormat, file: DescriptorFile): Promise<Said> {
  switch (format) {
    case 'raw': {
      const size = file.getSize();
      const stored = Math.min(size, file.allocated);
      return { size, stored, clean: !hasJournal(realpathSync(name)) };
    }
    case 'gzip':
      return readThrough(name, new CompressedSource(file, unpackGzip));
    case 'zstd':
      return readThrough(name, new CompressedSource(file, (packed) => unpackZstd(packed, NEVER)));
    case 'store':
      return inspectStore(file);
    case 'qcow2': {
      const { version, size, base, clean } = readQcow2Header(name, file);
      return { version, size, base, clean };
    }
  }
}

function inspectStore(file: DescriptorFile): Said {
  const { superblock, map, logPages } = recover(file);
  return {
    version: FORMAT_VERSION,
    size: superblock.size,
    stored: map.size * PAGE_SIZE,
    base: superblock.base,
    clean: logPages.length === 0,
    logPages: logPages.length,
  };
}

/** What is compressed tells its size only at the end. */
async function readThrough(name: string, source: DiskSource): Promise<Said> {
  return withProgress(`Reading ${name}`, async (progress) => {
    let size = 0;
    let stored = 0;
    for await (const { length, data } of watched({ name, source, signal: NEVER }, progress)) {
      size += length;
      if (data !== null) stored += length;
    }
    return { size, stored };
  });
}

/** Lines for a person. */
export function describeDisk(info: DiskInfo): string {
  const lines = [
    ['format', info.version === null ? info.format : `${info.format}, version ${info.version}`],
    ['size', bytes(info.size)],
    ['stored', info.stored === null ? undefined : describeStored(info, info.stored)],
    ['file', `${bytes(info.fileSize)}, of which ${bytes(info.allocated)} are on the medium`],
    ['base', info.base === '' ? 'none' : (info.base ?? undefined)],
    ['clean', info.clean === null ? undefined : describeState(info)],
  ];
  const said = lines.filter(([, text]) => text !== undefined);
  return said.map(([title, text]) => `${`${title}:`.padEnd(8)}${text}\n`).join('');
}

function describeStored({ format, base }: DiskInfo, stored: number): string {
  const isOverlay = format === 'store' && base !== '';
  return isOverlay ? `${bytes(stored)}, all that was changed since its base` : bytes(stored);
}

function describeState({ clean, format, logPages }: DiskInfo): string {
  if (clean) return 'yes';
  switch (format) {
    case 'store':
      return `no, its log of ${logPages} page${logPages === 1 ? '' : 's'} is replayed at its next opening`;
    case 'raw':
      return 'no, an interrupted run has half written its changes; the next run completes that';
    default:
      return 'no, it was not closed';
  }
}

function bytes(count: number): string {
  return count < 1000 ? `${count} bytes` : `${count} bytes (${formatSize(count)})`;
}
