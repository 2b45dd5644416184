import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskFile } from '../../../src/cli/disk-file.ts';
import { journalPath } from '../../../src/cli/disk-journal.ts';
import { RunError } from '../../../src/cli/run-error.ts';
import { encodeFrameHeader } from '../../../src/headless/change-frames.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-journal-test-'));
  file = join(folder, 'disk.img');
  writeFileSync(file, Buffer.alloc(4096, 'a'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Frames that write `text` at each of the positions. */
function frames(text: string, ...offsets: number[]): Buffer {
  const bytes = Buffer.from(text);
  const header = (offset: number) => encodeFrameHeader({ offset, length: bytes.length });
  return Buffer.concat(offsets.flatMap((offset) => [header(offset), bytes]));
}

function openDisk(readOnly = false): Promise<DiskFile> {
  return DiskFile.open({ file, readOnly });
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RunError);
  return (error as RunError).message;
}

describe('DiskFile', () => {
  it('writes changes at their places, however they were cut on their way', async () => {
    const disk = await openDisk();
    const bytes = frames('xyz', 0, 512, 4093);
    for (let at = 0; at < bytes.length; at += 5) await disk.append(bytes.subarray(at, at + 5));
    expect(readFileSync(file)).toEqual(Buffer.alloc(4096, 'a'));
    await disk.commit();
    await disk.close();
    const expected = Buffer.alloc(4096, 'a');
    for (const at of [0, 512, 4093]) expected.write('xyz', at);
    expect(readFileSync(file)).toEqual(expected);
    expect(existsSync(journalPath(file))).toBe(false);
    expect(existsSync(`${journalPath(file)}.part`)).toBe(false);
  });

  it('leaves the file alone when nothing was committed', async () => {
    const disk = await openDisk();
    await disk.append(frames('xyz', 0));
    await disk.close();
    expect(readFileSync(file)).toEqual(Buffer.alloc(4096, 'a'));
    expect(existsSync(`${journalPath(file)}.part`)).toBe(false);
  });

  it('refuses changes that have no place, before it writes any', async () => {
    const disk = await openDisk();
    await disk.append(frames('xyz', 0, 4094));
    expect(await refusal(disk.commit())).toContain('as it was before');
    await disk.close();
    expect(readFileSync(file)).toEqual(Buffer.alloc(4096, 'a'));
    expect(existsSync(journalPath(file))).toBe(false);
  });

  it('completes what an earlier run was interrupted in', async () => {
    writeFileSync(journalPath(file), frames('xyz', 8));
    const disk = await openDisk();
    await disk.close();
    expect(readFileSync(file, 'latin1').slice(7, 12)).toBe('axyza');
    expect(existsSync(journalPath(file))).toBe(false);
  });

  it('does not complete it on a disk that is not to be written, but says so', async () => {
    writeFileSync(journalPath(file), frames('xyz', 8));
    expect(await refusal(openDisk(true))).toContain('without ,ro once');
    expect(readFileSync(file)).toEqual(Buffer.alloc(4096, 'a'));
  });

  it('keeps the journal when the file cannot take it', async () => {
    const bytes = frames('xyz', 8);
    writeFileSync(journalPath(file), bytes);
    truncateSync(journalPath(file), bytes.length - 1);
    expect(await refusal(openDisk())).toContain('the next run with it completes that');
    expect(existsSync(journalPath(file))).toBe(true);
  });

  it('lets one write or many read', async () => {
    const writer = await openDisk();
    expect(await refusal(openDisk())).toContain('in use');
    expect(await refusal(openDisk(true))).toContain('in use');
    await writer.close();
    const readers = [await openDisk(true), await openDisk(true)];
    expect(await refusal(openDisk())).toContain('in use');
    for (const reader of readers) await reader.close();
    await (await openDisk()).close();
  });
});
