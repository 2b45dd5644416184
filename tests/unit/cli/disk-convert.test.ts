import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertDisk } from '../../../src/cli/disk/convert.ts';
import { createDisk } from '../../../src/cli/disk/create.ts';
import { DescriptorFile } from '../../../src/cli/disk/descriptor-file.ts';
import { inspectDisk } from '../../../src/cli/disk/info.ts';
import type { ConvertOptions } from '../../../src/cli/disk/options.ts';
import { OutputFile } from '../../../src/cli/disk/output-file.ts';
import { journalPath } from '../../../src/cli/disk-journal.ts';
import { lockDisk } from '../../../src/cli/disk-lock.ts';
import { ZEROS } from '../../../src/devices/block/store/page-map.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { refusal } from './usage.ts';

const MIB = 1 << 20;
const BLOCK = 4096;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-disk-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

function convert(input: string, output: string, more: Partial<ConvertOptions> = {}): Promise<void> {
  const defaults = {
    command: 'convert' as const,
    format: undefined,
    base: undefined,
    force: false,
  };
  return convertDisk({ ...defaults, input: at(input), output: at(output), ...more });
}

function make(name: string, bytes: Uint8Array): Buffer {
  writeFileSync(at(name), bytes);
  return Buffer.from(bytes);
}

/** 5 MiB and a sector, mostly zeros, with data at the edges of what is read at once, and the end. */
function sparseDisk(): Buffer {
  const disk = Buffer.alloc(5 * MIB + 512);
  for (const edge of [0, BLOCK, MIB, 3 * MIB]) disk.fill(1 + edge / BLOCK, edge, edge + 100);
  disk.fill(7, MIB - 10 * BLOCK, MIB - BLOCK);
  disk.fill(8, 5 * MIB, 5 * MIB + 512);
  return disk;
}

/** A store in which every kind of block is, over a base, and not closed as it should be. */
function makeStore(name: string, size: number, base: string): void {
  const file = new DescriptorFile(at(name), 'wx+');
  const store = Store.create(file, size, base);
  store.buffer.fill(5);
  store.write(2, 3);
  store.flush();
  store.buffer.fill(6, 0, BLOCK);
  store.write(3, 1);
  store.clear(6, 2, ZEROS);
  store.flush();
  store.buffer.fill(9); // not flushed: never on the disk
  store.write(2, 1);
  file.close();
}

describe('a disk', () => {
  it('is the same after it was a store, gzip, and raw again', async () => {
    const disk = make('a.img', sparseDisk());
    await convert('a.img', 'b.ringdisk');
    await convert('b.ringdisk', 'c.img.gz');
    expect(gunzipSync(readFileSync(at('c.img.gz'))).equals(disk)).toBe(true);
    await convert('c.img.gz', 'd.ringdisk');
    await convert('d.ringdisk', 'e.raw');
    expect(readFileSync(at('e.raw')).equals(disk)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([
      'a.img',
      'b.ringdisk',
      'c.img.gz',
      'd.ringdisk',
      'e.raw',
    ]);
  });

  it('takes room for what is not zeros', async () => {
    make('a.img', sparseDisk());
    truncateSync(at('a.img'), 200 * MIB);
    await convert('a.img', 'b.ringdisk');
    await convert('b.ringdisk', 'c.img');
    expect(statSync(at('a.img')).blocks * 512).toBeGreaterThan(5 * MIB);
    const stored = { stored: 14 * BLOCK, clean: true };
    expect(await inspectDisk(at('b.ringdisk'))).toMatchObject(stored);
    expect(statSync(at('b.ringdisk')).size).toBeLessThan(2 * MIB);
    expect(statSync(at('c.img'))).toMatchObject({ size: 200 * MIB });
    expect(statSync(at('c.img')).blocks * 512).toBeLessThan(MIB);
  });

  it('may be all zeros, or end in them', async () => {
    make('a.img', Buffer.alloc(3 * MIB));
    await convert('a.img', 'b.ringdisk');
    await convert('b.ringdisk', 'c.img');
    expect(readFileSync(at('c.img')).equals(Buffer.alloc(3 * MIB))).toBe(true);
  });

  it('is recognised by its content, whatever its name', async () => {
    const disk = make('a.img', sparseDisk());
    await convert('a.img', 'b.img', { format: 'store' });
    await convert('b.img', 'c.raw', { format: 'gzip' });
    await convert('c.raw', 'd.gz', { format: 'raw' });
    expect(readFileSync(at('d.gz')).equals(disk)).toBe(true);
  });

  it('may be several gzip members, as pigz and bgzip write them', async () => {
    make('a.gz', Buffer.concat([gzipSync(Buffer.alloc(512, 1)), gzipSync(Buffer.alloc(512, 2))]));
    await convert('a.gz', 'b.img');
    const expected = Buffer.concat([Buffer.alloc(512, 1), Buffer.alloc(512, 2)]);
    expect(readFileSync(at('b.img'))).toEqual(expected);
  });

  it('can be made of nothing', async () => {
    const options = { command: 'create' as const, size: 2 ** 33, format: undefined, force: false };
    await createDisk({ ...options, file: at('a.img') });
    await createDisk({ ...options, file: at('a.ringdisk') });
    expect(statSync(at('a.img'))).toMatchObject({ size: 2 ** 33, blocks: 0 });
    expect(await inspectDisk(at('a.ringdisk'))).toMatchObject({ size: 2 ** 33, stored: 0 });
    const gzip = () => createDisk({ ...options, file: at('a.gz') });
    expect(await refusal(gzip)).toContain('create makes raw or store, not gzip');
    expect(await refusal(() => createDisk({ ...options, file: at('a.img') }))).toContain('--force');
  });
});

describe('a store', () => {
  it('is read over its base, as its last flush has left it, and not written to', async () => {
    make('base.gz', gzipSync(Buffer.alloc(9 * BLOCK + 512, 1)));
    makeStore('a.ringdisk', 12 * BLOCK, 'the base');
    const before = readFileSync(at('a.ringdisk'));
    await convert('a.ringdisk', 'b.img', { base: at('base.gz') });
    const expected = Buffer.alloc(12 * BLOCK);
    expected.fill(1, 0, 9 * BLOCK + 512);
    expected.fill(5, 2 * BLOCK, 5 * BLOCK);
    expected.fill(6, 3 * BLOCK, 4 * BLOCK);
    expected.fill(0, 6 * BLOCK, 8 * BLOCK);
    expect(readFileSync(at('b.img')).equals(expected)).toBe(true);
    expect(readFileSync(at('a.ringdisk')).equals(before)).toBe(true);
    // The base ends within a block: what is behind its end is zeros in a store, too.
    await convert('a.ringdisk', 'c.ringdisk', { base: at('base.gz') });
    await convert('c.ringdisk', 'd.img');
    expect(readFileSync(at('d.img')).equals(expected)).toBe(true);
  });

  it('may be smaller than its base', async () => {
    make('base.img', Buffer.alloc(3 * MIB, 1));
    makeStore('a.ringdisk', 8 * BLOCK, 'the base');
    await convert('a.ringdisk', 'b.img', { base: at('base.img') });
    expect(statSync(at('b.img')).size).toBe(8 * BLOCK);
  });

  it('is nothing without its base, and has none that it was not made over', async () => {
    makeStore('a.ringdisk', 12 * BLOCK, 'the base');
    make('base.img', Buffer.alloc(512));
    const without = await refusal(() => convert('a.ringdisk', 'b.img'));
    expect(without).toMatch(/made over 'the base'.* with --base IMAGE/);
    makeStore('c.ringdisk', 12 * BLOCK, '');
    const needless = () => convert('c.ringdisk', 'b.img', { base: at('base.img') });
    expect(await refusal(needless)).toContain('over no base; leave out --base');
    const raw = () => convert('base.img', 'b.img', { base: at('base.img') });
    expect(await refusal(raw)).toContain('this is raw, which has no base');
    const storeBelow = () => convert('a.ringdisk', 'b.img', { base: at('a.ringdisk') });
    expect(await refusal(storeBelow)).toContain("made over 'the base'");
    expect(readdirSync(folder).sort()).toEqual(['a.ringdisk', 'base.img', 'c.ringdisk']);
  });

  it.each([
    ['foreign', (bytes: Buffer) => bytes.fill('x', 0, 8192), /this is no store of Ringbox's/],
    ['of another version', otherVersion, /version: it has version 7, and this is version 1/],
    ['damaged', (bytes: Buffer) => bytes.fill(1, 100, 8000), /neither of its superblocks is whole/],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 3 * BLOCK), /this store is damaged/],
  ])('that is %s is refused by name, and left as it was', async (_, spoil, message) => {
    makeStore('a.ringdisk', 12 * BLOCK, '');
    const spoilt = make('a.ringdisk', spoil(readFileSync(at('a.ringdisk'))));
    for (const work of [
      () => convert('a.ringdisk', 'b.img'),
      () => inspectDisk(at('a.ringdisk')),
    ]) {
      const line = await refusal(work);
      expect(line).toMatch(message);
      expect(line).toContain(at('a.ringdisk'));
    }
    expect(readFileSync(at('a.ringdisk')).equals(spoilt)).toBe(true);
    expect(readdirSync(folder)).toEqual(['a.ringdisk']);
  });
});

function otherVersion(bytes: Buffer): Buffer {
  for (const superblock of [0, BLOCK]) bytes.writeUInt32LE(7, superblock + 8);
  return bytes;
}

describe('the output', () => {
  it('replaces nothing without --force, and what it replaces is open to no more people', async () => {
    const disk = make('a.img', sparseDisk());
    make('b.img', Buffer.from('precious'));
    chmodSync(at('b.img'), 0o600);
    expect(await refusal(() => convert('a.img', 'b.img'))).toMatch(/there already; give --force/);
    expect(readFileSync(at('b.img'), 'latin1')).toBe('precious');
    await convert('a.img', 'b.img', { force: true });
    expect(readFileSync(at('b.img')).equals(disk)).toBe(true);
    expect(statSync(at('b.img')).mode & 0o777).toBe(0o600);
  });

  it('does not replace what has come meanwhile', async () => {
    const output = await OutputFile.create(at('b.img'), false, []);
    make('b.img', Buffer.from('precious'));
    expect(await refusal(() => output.commit())).toContain('there already');
    expect(readFileSync(at('b.img'), 'latin1')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['b.img']);
  });

  it('goes where a link leads, and the link stays', async () => {
    const disk = make('a.img', sparseDisk());
    make('b.img', Buffer.alloc(512));
    symlinkSync('b.img', at('link.img'));
    await convert('a.img', 'link.img', { force: true });
    expect(readFileSync(at('b.img')).equals(disk)).toBe(true);
    expect(execFileSync('readlink', [at('link.img')], { encoding: 'utf8' })).toBe('b.img\n');
  });

  it('is as it was when the input turns out to be damaged', async () => {
    const packed = gzipSync(sparseDisk().fill('a', 0, MIB));
    make('a.gz', packed.subarray(0, packed.length - 9));
    make('b.img', Buffer.from('precious'));
    const line = await refusal(() => convert('a.gz', 'b.img', { force: true }));
    expect(line).toMatch(/a\.gz: the gzip is damaged or cut off/);
    expect(readFileSync(at('b.img'), 'latin1')).toBe('precious');
    expect(readdirSync(folder).sort()).toEqual(['a.gz', 'b.img']);
  });

  it('cannot be the input, a folder, in no folder, or of no known format', async () => {
    make('a.img', sparseDisk());
    symlinkSync('a.img', at('same.img'));
    const force = { force: true };
    expect(await refusal(() => convert('a.img', 'same.img', force))).toContain('also what is read');
    expect(await refusal(() => convert('a.img', '', { ...force, format: 'raw' }))).toContain(
      'not a regular file',
    );
    expect(await refusal(() => convert('a.img', 'none/b.img'))).toContain('no such folder');
    expect(await refusal(() => convert('a.img', 'b.vmdk'))).toContain('give it with --format');
  });

  it('is no file of a machine that is running, nor one with changes to come', async () => {
    make('a.img', sparseDisk());
    make('b.img', Buffer.alloc(512));
    const lock = await lockDisk(at('b.img'), true);
    const work = () => convert('a.img', 'b.img', { force: true });
    expect(await refusal(work, 1)).toContain('in use by another program');
    await lock?.release();
    make('b.img.ringbox-journal', Buffer.alloc(16));
    expect(await refusal(work, 1)).toContain(journalPath('b.img'));
    expect(readFileSync(at('b.img'))).toEqual(Buffer.alloc(512));
  });
});

describe('the input', () => {
  it('has to be there, and a disk', async () => {
    expect(await refusal(() => convert('none.img', 'b.img'))).toContain('no such file');
    make('odd.img', Buffer.alloc(1000));
    expect(await refusal(() => convert('odd.img', 'b.img'))).toContain(
      '1000 bytes are no multiple',
    );
    make('odd.gz', gzipSync(Buffer.alloc(1000)));
    expect(await refusal(() => convert('odd.gz', 'b.img'))).toContain('1000 bytes are no multiple');
    make('empty.img', Buffer.alloc(0));
    expect(await refusal(() => convert('empty.img', 'b.img'))).toContain('0 bytes are no disk');
    make('a.vmdk', Buffer.from('KDMV'.padEnd(512)));
    expect(await refusal(() => convert('a.vmdk', 'b.img'))).toContain('this is VMDK');
  });

  it('is no file of a machine that is running, nor one with changes to come', async () => {
    make('a.img', sparseDisk());
    const lock = await lockDisk(at('a.img'), false);
    const work = () => convert('a.img', 'b.img');
    expect(await refusal(work, 1)).toContain('in use by another program');
    await lock?.release();
    make('a.img.ringbox-journal', Buffer.alloc(16));
    expect(await refusal(work, 1)).toContain('ringbox run once');
  });
});
