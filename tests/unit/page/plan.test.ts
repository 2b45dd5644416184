import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PLAN,
  diskName,
  findProblems,
  type MachinePlan,
  sourceName,
  usesSerialConsole,
  wholeCommandLine,
} from '../../../src/page/plan.ts';

const kernel = new File([new Uint8Array(0x202), 'HdrS'], 'bzImage');
const disk = (size: number, name = 'disk.img') => ({
  source: new File([new Uint8Array(size)], name),
  readOnly: false,
});
const plan = (changes: Partial<MachinePlan>): MachinePlan => ({ ...DEFAULT_PLAN, ...changes });

describe('wholeCommandLine', () => {
  const own = 'console=hvc0 root=/dev/vda rw';

  it('adds to the command line of Ringbox’s own kernel', () => {
    expect(wholeCommandLine(plan({}), own)).toBe(own);
    expect(wholeCommandLine(plan({ commandLine: 'quiet' }), own)).toBe(`${own} quiet`);
  });

  it('is the whole command line of another kernel', () => {
    expect(wholeCommandLine(plan({ kernel, commandLine: 'quiet' }), own)).toBe('quiet');
  });

  it('finds a command line for another kernel without one', () => {
    expect(wholeCommandLine(plan({ kernel }), own)).toBe('console=hvc0');
    expect(wholeCommandLine(plan({ kernel, disks: [disk(512)] }), own)).toContain('root=/dev/vda');
    const withInitrd = plan({ kernel, initrd: kernel, disks: [disk(512)] });
    expect(wholeCommandLine(withInitrd, own)).toBe('console=hvc0');
  });
});

describe('usesSerialConsole', () => {
  it.each([
    ['console=ttyS0', true],
    ['console=hvc0 root=/dev/vda console=ttyS0,115200', true],
    ['console=ttyS0 console=hvc0', false],
    ['root=/dev/vda', false],
    ['noconsole=ttyS0', false],
  ])('%s: %s', (commandLine, serial) => {
    expect(usesSerialConsole(commandLine)).toBe(serial);
  });
});

describe('names', () => {
  it('counts disks from vda, or from vdb behind Ringbox’s own', () => {
    expect(diskName({ kernel }, 0)).toBe('vda');
    expect(diskName({ kernel: null }, 0)).toBe('vdb');
    expect(diskName({ kernel: 'firmware' }, 0)).toBe('vda');
  });

  it('calls a URL by its last part', () => {
    expect(sourceName(new URL('https://host.example/a/b%20c.img?x'))).toBe('b c.img');
    expect(sourceName(new URL('https://host.example/'))).toBe('/');
    expect(sourceName(new URL('https://host.example/100%'))).toBe('100%');
  });
});

describe('findProblems', () => {
  it('finds none where there are none', async () => {
    expect(await findProblems(plan({ kernel, disks: [disk(512), disk(1024)] }))).toEqual({});
  });

  it('finds nothing to start for firmware without a disk', async () => {
    expect((await findProblems(plan({ kernel: 'firmware' }))).disks).toContain('add one');
    expect(await findProblems(plan({ kernel: 'firmware', disks: [disk(512)] }))).toEqual({});
  });

  it('names the kernel that is none', async () => {
    const problems = await findProblems(plan({ kernel: new File(['elf'], 'vmlinux') }));
    expect(problems.kernel).toContain('vmlinux');
  });

  it.each([0, 511, 513])('names a disk of %i bytes', async (size) => {
    const problems = await findProblems(plan({ disks: [disk(512), disk(size, 'odd.img')] }));
    expect(problems.disks).toContain('odd.img');
  });

  it('leaves the size of a disk in gzip to be found when it is unpacked', async () => {
    const source = new File([new Uint8Array(gzipSync(new Uint8Array(1024)))], 'disk.img.gz');
    expect(await findProblems(plan({ disks: [{ source, readOnly: true }] }))).toEqual({});
  });

  it.each([Number.NaN, 31, 2049, 100.5])('finds %d MiB of memory wrong', async (memory) => {
    expect((await findProblems(plan({ memory }))).memory).toContain('MiB');
  });
});
