import type { ImageOptions } from '../devices/block/create.ts';
import { checkSize } from '../devices/block/disk-size.ts';
import { KEPT_FOLDER, keptFileName, openKeptFile } from '../devices/block/kept-file.ts';
import { privateFolder } from '../devices/block/private-files.ts';
import { PAGE_SIZE } from '../devices/block/store/format.ts';
import { recover } from '../devices/block/store/recovery.ts';
import { Store } from '../devices/block/store/store.ts';
import { type OnProgress, type Watch, Work } from '../devices/block/work.ts';
import { BlobFile } from './blob-file.ts';
import {
  type Content,
  type DiskReader,
  type DiskSource,
  type KeptOptions,
  openChanges,
  openWhole,
} from './disk-source.ts';
import { writeCopy, writeGzip, writeRaw } from './export.ts';
import { type ImportedImage, importImage } from './import.ts';
import { makeKept, renameKept } from './make-kept.ts';
import { ChosenOutput, PrivateOutput } from './output.ts';
import { rebaseKept } from './rebase.ts';
import { storeOf } from './store-of.ts';

/** What a disk is exported as. */
export interface ExportFormat {
  format: 'raw' | 'gzip' | 'store';
  /** With `store`; the others hold all. */
  content: Content;
}

/** A disk that a machine has, which stands still: its page reads it. */
export type AttachedDisk = Omit<DiskSource, 'reader'>;

/**
 * What a worker for disks offers the page, through Comlink: one piece of work, which it is made for. In a
 * worker, since only there files of the private file system are written in place.
 *
 * `temporary` is the name of a temporary disk that the page has leased, and deletes when this is over.
 */
export class DiskWorkService {
  readonly #abortion = new AbortController();

  /** Ends the work early: it rejects. */
  cancel(): void {
    this.#abortion.abort();
  }

  async create(name: string, size: number, temporary: string): Promise<void> {
    checkSize(name, size);
    await makeKept(name, temporary, (file) => {
      Store.create(file, size, '');
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await renameKept(from, to);
  }

  async import(image: ImportedImage, temporary: string, onProgress: OnProgress): Promise<void> {
    await this.#work(onProgress, (work) => {
      return makeKept(image.name, temporary, (file) => importImage(file, image, work));
    });
  }

  /** Copies a kept disk that no machine has. */
  async copy(from: string, to: string, temporary: string, onProgress: OnProgress): Promise<void> {
    await this.#work(onProgress, async (work) => {
      const disk = await openChanges(from);
      try {
        await makeKept(to, temporary, (file) => storeOf(file, disk, 'changes', work));
      } finally {
        await disk.close();
      }
    });
  }

  /** Copies a kept disk that a machine of the page has. */
  async copyAttached(
    disk: AttachedDisk,
    reader: DiskReader,
    to: string,
    temporary: string,
    onProgress: OnProgress,
  ): Promise<void> {
    await this.#work(onProgress, (work) => {
      const source = { ...disk, reader };
      return makeKept(to, temporary, (file) => storeOf(file, source, 'changes', work));
    });
  }

  /** @param to a file that the user has chosen; without it the temporary disk becomes the file */
  async export(
    options: KeptOptions,
    as: ExportFormat,
    to: FileSystemFileHandle | null,
    temporary: string,
    onProgress: OnProgress,
  ): Promise<void> {
    await this.#work(onProgress, async (work) => {
      const changes = as.format === 'store' && as.content === 'changes';
      const disk = await (changes ? openChanges(options.keep) : openWhole(options));
      try {
        await exportDisk(disk, as, to, temporary, work);
      } finally {
        await disk.close();
      }
    });
  }

  async exportAttached(
    disk: AttachedDisk,
    reader: DiskReader,
    as: ExportFormat,
    to: FileSystemFileHandle | null,
    temporary: string,
    onProgress: OnProgress,
  ): Promise<void> {
    await this.#work(onProgress, (work) => {
      return exportDisk({ ...disk, reader }, as, to, temporary, work);
    });
  }

  /** @param onto what the disk is to lie on; null for nothing */
  async rebase(
    disk: KeptOptions,
    onto: ImageOptions | null,
    onProgress: OnProgress,
  ): Promise<void> {
    await rebaseKept(disk, onto, this.#watch(onProgress));
  }

  /** Bytes that were changed on each kept disk, in use or not; null where that cannot be told. */
  async changes(names: string[]): Promise<(number | null)[]> {
    const folder = await privateFolder(KEPT_FOLDER);
    return Promise.all(names.map((name) => changedBytes(folder, name)));
  }

  #watch(onProgress: OnProgress): Watch {
    return { signal: this.#abortion.signal, onProgress };
  }

  async #work(onProgress: OnProgress, perform: (work: Work) => Promise<void>): Promise<void> {
    const work = new Work(this.#watch(onProgress));
    await perform(work);
    work.finish();
  }
}

async function exportDisk(
  disk: DiskSource,
  { format, content }: ExportFormat,
  to: FileSystemFileHandle | null,
  temporary: string,
  work: Work,
): Promise<void> {
  const write = format === 'gzip' ? writeGzip : writeRaw;
  if (to !== null && format !== 'store') {
    return withChosen(to, (output) => write(output, disk, work));
  }
  const file = await openKeptFile(temporary);
  try {
    if (format !== 'store') return await write(new PrivateOutput(file), disk, work);
    await storeOf(file, disk, content, work);
    if (to !== null) await withChosen(to, (output) => writeCopy(output, file, work));
  } finally {
    file.close();
  }
}

/** Writes a file that the user has chosen, all of it or nothing. */
async function withChosen(
  handle: FileSystemFileHandle,
  write: (output: ChosenOutput) => Promise<void>,
): Promise<void> {
  const output = await ChosenOutput.open(handle);
  try {
    await write(output);
  } catch (error) {
    await output.abandon();
    throw error;
  }
  await output.close();
}

async function changedBytes(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<number | null> {
  try {
    const handle = await folder.getFileHandle(keptFileName(name));
    return recover(new BlobFile(await handle.getFile())).map.size * PAGE_SIZE;
  } catch {
    // It is damaged, or was written to meanwhile.
    return null;
  }
}
