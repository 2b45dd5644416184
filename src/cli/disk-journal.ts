import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  type FrameHeader,
} from '../headless/change-frames.ts';

const COPY_BYTES = 1 << 20;

/**
 * The changes to a disk on their way into its file. They are first collected beside it, in
 * FILE.ringbox-journal.part, while FILE stays as it was. When all are there and safe on the
 * medium, the journal gets its final name, and only then FILE is written, in place and only where
 * it changed. Whatever interrupts that, the journal is still there and is applied again by the
 * next `ringbox run` with this disk: FILE always ends as either before or after, never between.
 */
export class DiskJournal {
  readonly file: string;
  #part: FileHandle | undefined;
  #size = 0;

  constructor(file: string) {
    this.file = file;
  }

  get #partPath(): string {
    return `${journalPath(this.file)}.part`;
  }

  /** Takes the next bytes of the frames. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#part ??= await open(this.#partPath, 'w', 0o600);
    await this.#part.appendFile(bytes);
    this.#size += bytes.length;
  }

  /** Writes all changes into the file. */
  async commit(): Promise<void> {
    if (!this.#part || this.#size === 0) return this.discard();
    await this.#part.sync();
    await this.#part.close();
    this.#part = undefined;
    await checkFrames(this.#partPath, this.file);
    renameSync(this.#partPath, journalPath(this.file));
    syncFolder(this.file);
    await applyJournal(this.file);
  }

  /** Forgets all changes; the file stays as it was. */
  async discard(): Promise<void> {
    await this.#part?.close();
    this.#part = undefined;
    rmSync(this.#partPath, { force: true });
  }
}

/** Where the complete journal of a disk lies while it is applied. */
export function journalPath(file: string): string {
  return `${file}.ringbox-journal`;
}

/** Whether the writing back of changes was interrupted, so that the file is in between. */
export function hasJournal(file: string): boolean {
  return existsSync(journalPath(file));
}

/** Writes a complete journal into its file, then removes it. May be done any number of times. */
export async function applyJournal(file: string): Promise<void> {
  const journal = await open(journalPath(file), 'r');
  try {
    const disk = await open(file, 'r+');
    try {
      await applyFrames(journal, disk);
      await disk.sync();
    } finally {
      await disk.close();
    }
  } finally {
    await journal.close();
  }
  rmSync(journalPath(file));
  syncFolder(file);
}

/** One range of a journal: where its bytes lie in the journal, and where they belong. */
interface Frame extends FrameHeader {
  position: number;
}

async function* readFrames(journal: FileHandle): AsyncGenerator<Frame> {
  const { size } = await journal.stat();
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  for (let position = 0; position < size; ) {
    await readAll(journal, header, position);
    position += FRAME_HEADER_BYTES;
    const { offset, length } = decodeFrameHeader(header);
    yield { offset, length, position };
    position += length;
  }
}

/** Refuses changes that the file has no place for, while nothing has been written yet. */
async function checkFrames(journalFile: string, file: string): Promise<void> {
  const { size } = statSync(file);
  const journal = await open(journalFile, 'r');
  try {
    for await (const { offset, length } of readFrames(journal)) {
      if (offset + length > size) throw new Error('a change lies behind the end of the file');
    }
  } finally {
    await journal.close();
  }
}

async function applyFrames(journal: FileHandle, disk: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(COPY_BYTES);
  for await (const { offset, length, position } of readFrames(journal)) {
    for (let done = 0; done < length; ) {
      const piece = buffer.subarray(0, Math.min(COPY_BYTES, length - done));
      await readAll(journal, piece, position + done);
      await writeAll(disk, piece, offset + done);
      done += piece.length;
    }
  }
}

async function readAll(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const rest = target.length - done;
    const { bytesRead } = await file.read(target, done, rest, position + done);
    if (bytesRead === 0) throw new Error('the journal of its changes is damaged');
    done += bytesRead;
  }
}

async function writeAll(file: FileHandle, source: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < source.length; ) {
    const rest = source.length - done;
    done += (await file.write(source, done, rest, position + done)).bytesWritten;
  }
}

/** Makes a new name in the folder of `file`, or the removal of one, last. */
export function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
