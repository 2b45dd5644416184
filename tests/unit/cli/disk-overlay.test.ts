import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitDisk } from '../../../src/cli/disk/commit.ts';
import { convertDisk } from '../../../src/cli/disk/convert.ts';
import { DescriptorFile } from '../../../src/cli/disk/descriptor-file.ts';
import { describeDisk, inspectDisk } from '../../../src/cli/disk/info.ts';
import type { CommitOptions, RebaseOptions } from '../../../src/cli/disk/options.ts';
import { imageName } from '../../../src/cli/disk/overlay.ts';
import { rebaseDisk } from '../../../src/cli/disk/rebase.ts';
import { lockDisk } from '../../../src/cli/disk-lock.ts';
import { FileSource } from '../../../src/devices/block/sources/file-source.ts';
import { ZEROS } from '../../../src/devices/block/store/page-map.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { refusal } from './usage.ts';

const BLOCK = 4096;
/** The last block is not whole. */
const SIZE = 600 * BLOCK + 512;
const LONG_AGO = new Date(1e12);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-overlay-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

function make(name: string, bytes: Uint8Array): Buffer {
  writeFileSync(at(name), bytes);
  utimesSync(at(name), LONG_AGO, LONG_AGO);
  return Buffer.from(bytes);
}

/** A store over `base` in which every kind of block is; and its disk, over such an image. */
function makeStore(name: string, base: string, below: Uint8Array): Buffer {
  const file = new DescriptorFile(at(name), 'wx+');
  const store = Store.create(file, SIZE, base);
  store.buffer.fill(5);
  store.write(2, 3);
  store.clear(7, 2, ZEROS);
  store.buffer.fill(6, 0, 512);
  store.buffer.fill(0, 512, BLOCK);
  store.write(600, 1);
  store.flush();
  file.close();
  const disk = Buffer.alloc(SIZE);
  disk.set(below.subarray(0, SIZE));
  disk
    .fill(5, 2 * BLOCK, 5 * BLOCK)
    .fill(0, 7 * BLOCK, 9 * BLOCK)
    .fill(6, 600 * BLOCK);
  return disk;
}

/** An image in which each block is another. */
function image(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let block = 0; block * BLOCK < size; block++) {
    bytes.fill(`${seed * (block % 10)} `, block * BLOCK, Math.min(size, (block + 1) * BLOCK));
  }
  return bytes;
}

/** An image `old.img` and a store `a.ringdisk` over it. @returns the disk */
function makeOverlay(size = SIZE): Buffer {
  const below = make('old.img', image(size, 1));
  return makeStore('a.ringdisk', imageName(at('old.img')), below);
}

function commit(more: Partial<CommitOptions> = {}): Promise<void> {
  const options = { store: at('a.ringdisk'), base: at('old.img'), name: undefined, force: false };
  return commitDisk({ command: 'commit', ...options, ...more });
}

function rebase(more: Partial<RebaseOptions> = {}): Promise<void> {
  const options = { store: at('a.ringdisk'), name: undefined, force: false };
  const bases = { base: at('old.img'), onto: undefined };
  return rebaseDisk({ command: 'rebase', ...options, ...bases, ...more });
}

/** All bytes of the store's disk. */
async function diskOver(base?: string): Promise<Buffer> {
  const options = { input: at('a.ringdisk'), output: at('disk.img'), format: undefined };
  await convertDisk({ command: 'convert', ...options, base: base && at(base), force: true });
  const bytes = readFileSync(at('disk.img'));
  rmSync(at('disk.img'));
  return bytes;
}

async function baseOf(name = 'a.ringdisk'): Promise<string | null> {
  return (await inspectDisk(at(name))).base;
}

/** Does some work; before each write into one of the files something happens. */
async function whileWriting<Result>(
  name: string,
  happen: () => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const { write } = DescriptorFile.prototype;
  const spy = vi.spyOn(DescriptorFile.prototype, 'write');
  spy.mockImplementation(function (this: DescriptorFile, ...parts) {
    if (this.path.endsWith(name)) happen();
    return write.apply(this, parts);
  });
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

it('calls an image in a file what a browser calls it', async () => {
  make('old.img', Buffer.alloc(512));
  utimesSync(at('old.img'), 1e9, 1e9 + 0.0129);
  const options = { lastModified: 1e12 + 12 };
  const file = new File([readFileSync(at('old.img'))], 'old.img', options);
  expect(imageName(at('old.img'))).toBe(new FileSource(file, 'vda').fingerprint);
});

describe('rebase', () => {
  it('puts a store on another image, and then on none', async () => {
    const disk = makeOverlay();
    make('new.img', image(400 * BLOCK, 2));
    await rebase({ onto: at('new.img') });
    expect(await baseOf()).toBe(imageName(at('new.img')));
    expect((await diskOver('new.img')).equals(disk)).toBe(true);
    await rebase({ base: at('new.img') });
    expect(await inspectDisk(at('a.ringdisk'))).toMatchObject({ base: '', clean: true });
    expect((await diskOver()).equals(disk)).toBe(true);
    await rebase({ base: undefined, onto: at('old.img'), name: 'the old one' });
    expect(await inspectDisk(at('a.ringdisk'))).toMatchObject({ base: 'the old one', clean: true });
    expect((await diskOver('old.img')).equals(disk)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a.ringdisk', 'new.img', 'old.img']);
  });

  it('reads what is compressed, which it unpacks beside the store', async () => {
    const old = image(500 * BLOCK, 1);
    make('old.gz', gzipSync(old));
    const disk = makeStore('a.ringdisk', imageName(at('old.gz')), old);
    const fresh = image(SIZE, 3);
    make('new.gz', gzipSync(fresh));
    await rebase({ base: at('old.gz'), onto: at('new.gz') });
    expect(await baseOf()).toBe(imageName(at('new.gz')));
    expect((await diskOver('new.gz')).equals(disk)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a.ringdisk', 'new.gz', 'old.gz']);
  });

  it('keeps only what the new image has not', async () => {
    const disk = makeOverlay();
    make('new.img', disk);
    await rebase({ onto: at('new.img') });
    expect(await inspectDisk(at('a.ringdisk'))).toMatchObject({ stored: 0 });
    expect(statSync(at('a.ringdisk')).size).toBeLessThan(2 ** 21);
  });

  it('refuses what would spoil the disk, and leaves the store as it was', async () => {
    makeOverlay();
    make('other.img', image(SIZE, 9));
    make('longer.img', Buffer.alloc(SIZE + 512));
    make('odd.img', Buffer.alloc(1000));
    const before = readFileSync(at('a.ringdisk'));
    const cases: [Partial<RebaseOptions>, RegExp][] = [
      [{ base: undefined }, /made over 'old\.img \(.*\)'; give that with --base IMAGE/],
      [{ base: at('other.img') }, /and .*other\.img is 'other\.img .* If it is the same.*--force/],
      [
        { onto: at('longer.img') },
        /longer\.img: it has 2458624 bytes, and the disk .* only 2458112/,
      ],
      [{ onto: at('odd.img') }, /odd\.img: 1000 bytes are no multiple of 512/],
      [{ onto: at('a.ringdisk') }, /this is the store itself/],
      [{ onto: at('none.img') }, /none\.img: there is no such file/],
      [{ store: at('other.img') }, /other\.img: this is raw, and no store/],
    ];
    for (const [options, message] of cases) {
      expect(await refusal(() => rebase(options))).toMatch(message);
    }
    expect(readFileSync(at('a.ringdisk')).equals(before)).toBe(true);
    await rebase();
    const done = readFileSync(at('a.ringdisk'));
    expect(await refusal(() => rebase())).toContain('made over no base; leave out --base');
    expect(await refusal(() => rebase({ base: undefined }))).toContain('needs no base');
    expect(readFileSync(at('a.ringdisk')).equals(done)).toBe(true);
  });

  it('takes an image of another name when it is told to', async () => {
    const disk = makeOverlay();
    make('copy.img', readFileSync(at('old.img')));
    await rebase({ base: at('copy.img'), force: true });
    expect((await diskOver()).equals(disk)).toBe(true);
  });

  it('changes no store that is in use, or of somebody else', async () => {
    makeOverlay();
    for (const name of ['a.ringdisk', 'old.img']) {
      const lock = await lockDisk(at(name), false);
      expect(await refusal(() => rebase(), 1)).toMatch(`${name}: the file is in use`);
      await lock?.release();
    }
    const lock = await lockDisk(at('a.ringdisk'), true);
    expect(await refusal(() => rebase(), 1)).toContain('in use');
    await lock?.release();
  });
});

describe('commit', () => {
  it('writes the changes into the image, and empties the store', async () => {
    const disk = makeOverlay();
    await commit();
    expect(readFileSync(at('old.img')).equals(disk)).toBe(true);
    const info = await inspectDisk(at('a.ringdisk'));
    expect(info).toMatchObject({ stored: 0, clean: true, base: imageName(at('old.img')) });
    expect(statSync(at('old.img')).mtime).not.toEqual(LONG_AGO);
    // It goes on from there.
    await commit({ name: 'a newer one' });
    expect(await baseOf()).toBe('a newer one');
    expect((await diskOver('old.img')).equals(disk)).toBe(true);
  });

  it('makes an image longer that is shorter than the disk', async () => {
    const disk = makeOverlay(100 * BLOCK);
    await commit();
    expect(readFileSync(at('old.img')).equals(disk)).toBe(true);
    expect(await baseOf()).toContain(`(${SIZE} bytes`);
  });

  it('leaves alone what an image has behind the end of the disk', async () => {
    const longer = image(SIZE + 9 * BLOCK, 1);
    const disk = makeOverlay(longer.length);
    await commit();
    const written = readFileSync(at('old.img'));
    expect(written.subarray(0, SIZE).equals(disk)).toBe(true);
    expect(written.subarray(SIZE).equals(longer.subarray(SIZE))).toBe(true);
  });

  it('refuses an image that is another, is not raw, or is in use', async () => {
    makeOverlay();
    make('other.img', image(SIZE, 9));
    make('old.gz', gzipSync(image(SIZE, 1)));
    symlinkSync('a.ringdisk', at('same.ringdisk'));
    makeStore('alone.ringdisk', '', Buffer.alloc(SIZE));
    const names = ['a.ringdisk', 'old.img', 'other.img', 'old.gz', 'alone.ringdisk'];
    const before = names.map((name) => readFileSync(at(name), 'latin1'));
    const cases: [Partial<CommitOptions>, RegExp][] = [
      [{ base: at('other.img') }, /made over 'old\.img .* is 'other\.img .*with --force$/],
      [{ base: at('old.gz'), force: true }, /old\.gz: this is gzip, and only raw images/],
      [{ base: at('same.ringdisk') }, /this is the store itself/],
      [{ store: at('alone.ringdisk') }, /made over no base; convert makes an image of it/],
      [{ base: at('none.img') }, /none\.img: there is no such file/],
    ];
    for (const [options, message] of cases) {
      expect(await refusal(() => commit(options))).toMatch(message);
    }
    const lock = await lockDisk(at('old.img'), true);
    expect(await refusal(() => commit(), 1)).toContain('old.img: the file is in use');
    await lock?.release();
    make('old.img.ringbox-journal', Buffer.alloc(16));
    expect(await refusal(() => commit(), 1)).toContain('ringbox run once');
    expect(names.map((name) => readFileSync(at(name), 'latin1'))).toEqual(before);
  });

  it('that was interrupted says so, and is completed when it is done again', async () => {
    const disk = makeOverlay();
    let writes = 0;
    const interrupt = () => {
      if (++writes === 1) process.emit('SIGTERM', 'SIGTERM');
    };
    const line = await whileWriting('old.img', interrupt, () => refusal(() => commit(), 143));
    expect(line).toMatch(
      /old\.img may be partly written, and .*a\.ringdisk still has all.*--force/,
    );
    expect((await diskOver('old.img')).equals(disk)).toBe(true);
    expect(readFileSync(at('old.img')).equals(disk)).toBe(false);
    expect(await refusal(() => commit())).toContain('with --force');
    await commit({ force: true });
    expect(readFileSync(at('old.img')).equals(disk)).toBe(true);
    expect(await inspectDisk(at('a.ringdisk'))).toMatchObject({ stored: 0 });
  });

  it('tells which file takes no more', async () => {
    const disk = makeOverlay();
    for (const name of ['old.img', 'a.ringdisk']) {
      const fail = () => {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      };
      const line = await whileWriting(name, fail, () => refusal(() => commit({ force: true }), 1));
      expect(line).toMatch(new RegExp(`${name}: there is no room left for it; make some; .*again`));
      expect((await diskOver('old.img')).equals(disk)).toBe(true);
    }
  });
});

it('info tells how much of a store was changed', async () => {
  makeOverlay();
  const lines = describeDisk(await inspectDisk(at('a.ringdisk'))).split('\n');
  expect(lines).toContain('stored: 24576 bytes (25 kB), all that was changed since its base');
});
