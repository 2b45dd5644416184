import { expect, test } from 'vitest';
import { CpioType, makeCpio } from '../../../guest/build/cpio.ts';

/** The fields of a header: 13 numbers of eight hexadecimal digits after the magic. */
function fields(archive: Buffer, at: number): number[] {
  const digits = archive.toString('latin1', at + 6, at + 110).match(/.{8}/g) ?? [];
  return digits.map((field) => Number.parseInt(field, 16));
}

test('an archive has one header for each entry, and all of it is aligned', () => {
  const archive = makeCpio([
    { path: 'bin', mode: CpioType.folder | 0o755 },
    { path: 'bin/true', mode: CpioType.file | 0o755, content: 'exit 0' },
  ]);
  expect(archive.length % 4).toBe(0);
  expect(archive.toString('latin1', 0, 6)).toBe('070701');
  const [folder, file, trailer] = [0, 116, 244];
  expect(fields(archive, folder)).toEqual([1, 0o040755, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0]);
  expect(fields(archive, file)).toEqual([2, 0o100755, 0, 0, 1, 0, 6, 0, 0, 0, 0, 9, 0]);
  expect(archive.toString('latin1', file + 110, file + 119)).toBe('bin/true\0');
  expect(archive.toString('latin1', file + 120, file + 128)).toBe('exit 0\0\0');
  expect(archive.toString('latin1', trailer + 110, trailer + 121)).toBe('TRAILER!!!\0');
  expect(archive.length).toBe(trailer + 124);
});

test('the same entries make the same bytes', () => {
  const entries = [{ path: 'init', mode: CpioType.file | 0o755, content: Buffer.from([1, 2, 3]) }];
  expect(makeCpio(entries)).toEqual(makeCpio(entries));
});
