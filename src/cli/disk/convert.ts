import { resolve } from 'node:path';
import type { DescriptorFile } from './descriptor-file.ts';
import { type DiskFormat, formatToWrite } from './formats.ts';
import { interruptible, type Surroundings } from './interruptible.ts';
import { type Opening, openDisk } from './opened-disk.ts';
import type { ConvertOptions } from './options.ts';
import { OutputFile } from './output-file.ts';
import { scratchBeside } from './part-file.ts';
import { writeProblem } from './problems.ts';
import { withProgress } from './progress.ts';
import type { Segment } from './segments.ts';
import { writeGzip, writeRaw, writeStore, writeZstd } from './targets.ts';
import { requireTool, runTool } from './tools.ts';
import { type WatchedDisk, watched } from './watch.ts';

/**
 * Copies a disk into a file of another format, or of the same one.
 * @throws RunError; then the output is as it was
 */
export async function convertDisk(options: ConvertOptions): Promise<void> {
  await interruptible((surroundings) => convert(options, surroundings));
}

async function convert(options: ConvertOptions, { cleanup, signal }: Surroundings): Promise<void> {
  const { input, base, output: name, force } = options;
  const format = formatToWrite(name, options.format);
  if (format === 'zstd') requireTool('zstd');
  if (format === 'qcow2') requireTool('qemu-img');
  const inputs = base === undefined ? [input] : [input, base];
  const output = await OutputFile.create(name, force, inputs);
  cleanup.add(() => output.discard());
  const scratch = scratchBeside(output.file.path, cleanup);
  const source = await openDisk(input, base, { cleanup, scratch, signal });
  const disk = { name: input, source, signal };
  // A store is made for a size; and what is wrong with the input is better known before.
  const size = format === 'store' ? (source.size ?? (await measure(disk))) : 0;
  try {
    await withProgress(`Writing ${name}`, (progress) => {
      return write(format, output.file, size, watched(disk, progress), { scratch, signal });
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : writeProblem(name, error);
  }
  await output.commit();
}

/** @returns bytes of a disk that has to be read for that */
async function measure(disk: WatchedDisk): Promise<number> {
  return withProgress(`Reading ${disk.name}`, async (progress) => {
    let size = 0;
    for await (const { length } of watched(disk, progress)) size += length;
    return size;
  });
}

/** @param size of the disk, if `format` is store */
async function write(
  format: DiskFormat,
  file: DescriptorFile,
  size: number,
  segments: AsyncIterable<Segment>,
  { scratch, signal }: Pick<Opening, 'scratch' | 'signal'>,
): Promise<void> {
  switch (format) {
    case 'raw':
      return writeRaw(file, segments);
    case 'gzip':
      return writeGzip(file, segments);
    case 'zstd':
      return writeZstd(file, segments, signal);
    case 'store':
      return writeStore(file, size, segments);
    case 'qcow2': {
      const raw = scratch();
      await writeRaw(raw, segments);
      const words = ['convert', '-f', 'raw', '-O', 'qcow2', resolve(raw.path), resolve(file.path)];
      return runTool('qemu-img', words, signal);
    }
  }
}
