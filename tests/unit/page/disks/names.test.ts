import { describe, expect, it } from 'vitest';
import { exportName } from '../../../../src/page/disks/export-target.ts';
import { freeName, nameOfFile, nameProblem } from '../../../../src/page/disks/names.ts';

describe('nameProblem', () => {
  it.each(['data', 'a/b', '..', 'Größe 2', '💾'])('%j can be had', (name) => {
    expect(nameProblem(name, ['other'])).toBeUndefined();
  });

  it.each([
    ['', /Give the disk a name/],
    ['data', /“data” already/],
    ['x'.repeat(201), /too long/],
    ['ö'.repeat(40), /too long/],
    ['\ud800', /half a character/],
  ])('%j cannot', (name, problem) => expect(nameProblem(name, ['data'])).toMatch(problem));
});

describe('freeName', () => {
  it('numbers what is taken', () => {
    expect(freeName('data', [])).toBe('data');
    expect(freeName('data', ['data'])).toBe('data (2)');
    expect(freeName('data', ['data', 'data (2)', 'data (4)'])).toBe('data (3)');
  });
});

describe('nameOfFile', () => {
  it.each([
    ['data.img', 'data'],
    ['debian-12.raw.GZ', 'debian-12'],
    ['backup.img.zst', 'backup'],
    ['no-extension', 'no-extension'],
    ['my.disk', 'my.disk'],
    ['.img', 'disk'],
  ])('%s becomes %s', (file, name) => expect(nameOfFile(file)).toBe(name));

  it('is always one that a disk can have', () => {
    for (const file of ['ö'.repeat(300), '💾'.repeat(300), `${'x'.repeat(59)}💾.img`]) {
      expect(nameProblem(nameOfFile(file), [])).toBeUndefined();
    }
  });
});

describe('exportName', () => {
  it.each([
    ['data', 'raw', 'data.img'],
    ['data', 'gzip', 'data.img.gz'],
    ['a/b:c', 'raw', 'a-b-c.img'],
    ['../x', 'raw', '-x.img'],
    ['root disk (2)', 'raw', 'root disk (2).img'],
    ['...', 'raw', 'disk.img'],
  ] as const)('%j as %s is %s', (disk, format, file) => {
    expect(exportName(disk, format)).toBe(file);
  });
});
