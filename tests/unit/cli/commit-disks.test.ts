import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitAll } from '../../../src/cli/commit-disks.ts';
import { DiskFile } from '../../../src/cli/disk-file.ts';
import { RunError } from '../../../src/cli/run-error.ts';
import { encodeFrameHeader } from '../../../src/headless/change-frames.ts';

const SIZE = 4096;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-commit-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A disk on which 'xyz' has been written at `offset`; beyond its end that cannot be committed. */
async function changedDisk(name: string, offset: number): Promise<DiskFile> {
  const file = join(folder, name);
  writeFileSync(file, Buffer.alloc(SIZE, 'a'));
  const disk = await DiskFile.open({ file, readOnly: false });
  await disk.append(Buffer.concat([encodeFrameHeader({ offset, length: 3 }), Buffer.from('xyz')]));
  return disk;
}

async function errorOf(disks: DiskFile[]): Promise<unknown> {
  const error = await commitAll(disks).catch((reason) => reason);
  for (const disk of disks) await disk.close();
  return error;
}

describe('commitAll', () => {
  it('writes the other disks when the first fails, and says which has', async () => {
    const error = await errorOf([await changedDisk('bad', SIZE), await changedDisk('good', 8)]);
    expect(readFileSync(join(folder, 'good'), 'latin1').slice(7, 12)).toBe('axyza');
    expect(error).toBeInstanceOf(RunError);
    const { exitCode, message } = error as RunError;
    expect(exitCode).toBe(1);
    expect(message).toContain(`${join(folder, 'bad')}: its changes could not be written back`);
    expect(message).not.toContain('good');
  });

  it('names each file that failed', async () => {
    const error = await errorOf([await changedDisk('one', SIZE), await changedDisk('two', SIZE)]);
    for (const name of ['one', 'two']) {
      expect((error as RunError).message).toContain(`${join(folder, name)}: `);
    }
  });

  it('is content when all went well', async () => {
    expect(await errorOf([await changedDisk('good', 0)])).toBe(undefined);
  });
});
