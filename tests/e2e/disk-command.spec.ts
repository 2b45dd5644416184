import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { findCommand } from '../../guest/build/command.ts';
import { buildExt4Image } from '../../guest/build/image.ts';
import { onlyLine, RingboxDisk, type RunEnd, TerminalRun } from '../support/ringbox-run.ts';

// `ringbox disk` from outside, beside the programs whose formats it shares. No browser is needed.

const MIB = 1 << 20;
let images: string;
let folder: string;

/** An ext4 image with files in it, made once. */
const original = () => join(images, 'original.img');
const at = (name: string) => join(folder, name);

test.beforeAll(async () => {
  images = mkdtempSync(join(tmpdir(), 'ringbox-disk-images-'));
  mkdirSync(join(images, 'tree/folder'), { recursive: true });
  writeFileSync(join(images, 'tree/folder/file'), 'content\n'.repeat(100_000));
  copyFileSync(process.execPath, join(images, 'tree/program'));
  await buildExt4Image(join(images, 'tree'), 256 * MIB, original());
});

test.afterAll(() => rmSync(images, { recursive: true }));

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-disk-test-'));
});

test.afterEach(() => rmSync(folder, { recursive: true }));

function disk(...words: string[]): Promise<RunEnd> {
  return new RingboxDisk(words).ended;
}

/** Does what has to go well, and say nothing. */
async function quietly(...words: string[]): Promise<void> {
  expect(await disk(...words)).toEqual({ code: 0, stdout: Buffer.alloc(0), stderr: '' });
}

async function info(file: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await disk('info', '--json', file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout.toString());
}

/** Another program does something; throws when it fails. */
function program(name: string, ...words: string[]): void {
  execFileSync(findCommand(name)!, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function expectSameDisk(file: string): void {
  expect(readFileSync(file).equals(readFileSync(original()))).toBe(true);
  program('e2fsck', '-fn', file);
}

/** Skips the test where a program is missing that is not the project's to bring. */
function needs(name: string, debianPackage: string): void {
  test.skip(
    findCommand(name) === undefined,
    `${name} is missing (Debian package ${debianPackage})`,
  );
}

test('a file system is the same after it was a store, gzip, and raw again', async () => {
  await quietly('convert', original(), at('a.ringdisk'));
  expect(await info(at('a.ringdisk'))).toMatchObject({
    format: 'store',
    version: 1,
    size: 256 * MIB,
    base: '',
    clean: true,
  });
  await quietly('convert', at('a.ringdisk'), at('b.img'));
  expectSameDisk(at('b.img'));
  // 256 MiB of disk, of which less than half is data.
  for (const name of ['a.ringdisk', 'b.img']) {
    expect(statSync(at(name)).blocks * 512).toBeLessThan(160 * MIB);
  }
  await quietly('convert', at('a.ringdisk'), at('c.img.gz'));
  program('gzip', '-t', at('c.img.gz'));
  await quietly('convert', at('c.img.gz'), at('d.img'));
  expectSameDisk(at('d.img'));
  expect(readdirSync(folder).sort()).toEqual(['a.ringdisk', 'b.img', 'c.img.gz', 'd.img']);
});

test('gzip of gzip(1) is read, and a part of it is refused', async () => {
  copyFileSync(original(), at('a.img'));
  program('gzip', '-1', at('a.img'));
  await quietly('convert', at('a.img.gz'), at('b.ringdisk'));
  await quietly('convert', at('b.ringdisk'), at('c.img'));
  expectSameDisk(at('c.img'));
  truncateSync(at('a.img.gz'), MIB);
  const end = await disk('convert', at('a.img.gz'), at('d.img'));
  expect(end.code).toBe(2);
  expect(onlyLine(end)).toMatch(/a\.img\.gz: the gzip is damaged or cut off/);
  expect(readdirSync(folder).sort()).toEqual(['a.img.gz', 'b.ringdisk', 'c.img']);
});

test('zstd is written and read', async () => {
  needs('zstd', 'zstd');
  await quietly('convert', original(), at('a.img.zst'));
  program('zstd', '-tq', at('a.img.zst'));
  expect(await info(at('a.img.zst'))).toMatchObject({ format: 'zstd', size: 256 * MIB });
  await quietly('convert', at('a.img.zst'), at('b.ringdisk'));
  await quietly('convert', at('b.ringdisk'), at('c.img'));
  expectSameDisk(at('c.img'));
  truncateSync(at('a.img.zst'), MIB);
  const end = await disk('convert', at('a.img.zst'), at('d.img'));
  expect(end.code).toBe(2);
  expect(onlyLine(end)).toMatch(/a\.img\.zst: it cannot be read \(zstd: .*premature end/);
});

test('qcow2 is written and read, whole images only', async () => {
  test.slow();
  needs('qemu-img', 'qemu-utils');
  await quietly('convert', original(), at('a.qcow2'));
  program('qemu-img', 'check', '-f', 'qcow2', at('a.qcow2'));
  program('qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', original(), at('a.qcow2'));
  expect(await info(at('a.qcow2'))).toMatchObject({
    format: 'qcow2',
    version: 3,
    size: 256 * MIB,
    base: '',
    clean: true,
  });
  await quietly('convert', at('a.qcow2'), at('b.ringdisk'));
  await quietly('convert', at('b.ringdisk'), at('c.img'));
  expectSameDisk(at('c.img'));

  const over = ['create', '-f', 'qcow2', '-F', 'qcow2', '-b', at('a.qcow2'), at('over.qcow2')];
  program('qemu-img', ...over);
  expect(await info(at('over.qcow2'))).toMatchObject({ base: at('a.qcow2') });
  const end = await disk('convert', at('over.qcow2'), at('d.img'));
  expect(end.code).toBe(2);
  expect(onlyLine(end)).toMatch(/it was made over '.*a\.qcow2', and only whole qcow2 images/);

  // qemu-img alone would read zeros there.
  truncateSync(at('a.qcow2'), MIB);
  const cut = await disk('convert', at('a.qcow2'), at('d.img'));
  expect(cut.code).toBe(2);
  expect(onlyLine(cut)).toMatch(/a\.qcow2: it cannot be read \(qemu-img: /);
  expect(readdirSync(folder).sort()).toEqual(['a.qcow2', 'b.ringdisk', 'c.img', 'over.qcow2']);
});

test('disks are made of any size and cost what is in them', async () => {
  for (const name of ['a.img', 'a.ringdisk']) {
    await quietly('create', at(name), '--size', '8G');
    expect(await info(at(name))).toMatchObject({ size: 2 ** 33, stored: 0, clean: true });
    expect(statSync(at(name)).blocks * 512).toBeLessThan(MIB);
  }
});

test('info tells a person', async () => {
  await quietly('create', at('a.ringdisk'), '--size', '512M');
  const { code, stdout } = await disk('info', at('a.ringdisk'));
  expect(code).toBe(0);
  expect(stdout.toString()).toMatch(
    /^format: store, version 1\nsize: {3}536870912 bytes \(537 MB\)\nstored: 0 bytes\nfile: .*\nbase: {3}none\nclean: {2}yes\n$/,
  );
});

test('a file that is there stays, unless it is to be replaced', async () => {
  writeFileSync(at('a.img'), 'precious');
  const end = await disk('convert', original(), at('a.img'));
  expect(end.code).toBe(2);
  expect(onlyLine(end)).toMatch(/a\.img: the file is there already; give --force to replace it/);
  expect(readFileSync(at('a.img'), 'latin1')).toBe('precious');
  await quietly('convert', '--force', original(), at('a.img'));
  expectSameDisk(at('a.img'));
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  for (const output of ['a.img', 'a.ringdisk', 'a.img.gz']) {
    test(`${signal} leaves nothing of ${output} behind`, async () => {
      writeFileSync(at('precious'), '');
      // What is never at its end: a disk of 1 TiB takes minutes to look at.
      await quietly('create', at('in.img'), '--size', '1T');
      const run = new RingboxDisk(['convert', at('in.img'), at(output)]);
      await expect.poll(() => readdirSync(folder).length).toBe(3);
      run.child.kill(signal);
      expect(await run.ended).toMatchObject({ code, stderr: '' });
      expect(readdirSync(folder).sort()).toEqual(['in.img', 'precious']);
    });
  }
}

test('progress is shown on a terminal', async () => {
  await quietly('create', at('in.img'), '--size', '1T');
  const convert = `$RINGBOX disk convert ${at('in.img')} ${at('a.img')}`;
  // The shell gets Ctrl-C too, and is to go on.
  const run = new TerminalRun(`trap : INT; ${convert}; echo "status $?"`);
  await run.untilOutput(`Writing ${at('a.img')} ...`);
  run.write('\x03');
  await run.untilOutput('status 130');
  run.child.stdin!.end();
  await run.ended;
  expect(existsSync(at('a.img'))).toBe(false);
});

test('wrong usage is answered with 2 and one line', async () => {
  writeFileSync(at('odd.img'), Buffer.alloc(1000));
  writeFileSync(at('foreign.ringdisk'), Buffer.alloc(8192, 'x'));
  const cases: [string[], RegExp][] = [
    [[], /^disk needs a command: create, .* or rebase; see ringbox disk --help$/],
    [['frobnicate'], /^unknown command 'disk frobnicate'/],
    [['create', at('a.img')], /^create needs --size/],
    [['create', at('a.img'), '--size', '1000'], /1000 bytes are no multiple of 512.*1024 would be/],
    [['convert', at('none.img'), at('a.img')], /none\.img: there is no such file/],
    [['convert', at('odd.img'), at('a.ringdisk')], /odd\.img: 1000 bytes are no multiple of 512/],
    [['convert', original(), at('a')], /the name does not tell the format/],
    [['info', at('foreign.ringdisk')], /this is no store of Ringbox's/],
  ];
  for (const [words, message] of cases) {
    const end = await disk(...words);
    expect(end.code).toBe(2);
    expect(onlyLine(end)).toMatch(message);
  }
  expect(readdirSync(folder).sort()).toEqual(['foreign.ringdisk', 'odd.img']);
});

test('--help is printed', async () => {
  const { code, stdout, stderr } = await disk('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.toString()).toContain('Usage: ringbox disk create FILE --size SIZE');
});
