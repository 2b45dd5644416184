import { expect, test } from 'vitest';
import { ArraySource, ArrayTarget } from '../../../../src/devices/block/buffers.ts';
import { RawBackend } from '../../../../src/devices/block/raw-backend.ts';
import { FaultFile } from '../../../support/fault-file.ts';
import { expectBytes, pattern } from './disk.ts';

/** More than is read and written at once. */
const SIZE = 3 * 2 ** 20 + 512;

function read(backend: RawBackend, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  backend.read(offset, length, new ArrayTarget(bytes));
  return bytes;
}

test('a raw image is read and written where it lies, and flushed', () => {
  const expected = pattern(SIZE);
  const file = new FaultFile(expected);
  const backend = new RawBackend(file);
  expect(backend.size).toBe(SIZE);
  expectBytes(read(backend, 0, SIZE), expected);
  const bytes = pattern(2 ** 21 + 512, 9);
  backend.write(512, bytes.length, new ArraySource(bytes));
  expected.set(bytes, 512);
  backend.writeZeroes(SIZE - 2 ** 20, 2 ** 20 - 1024);
  expected.fill(0, SIZE - 2 ** 20, SIZE - 1024);
  backend.discard();
  expectBytes(read(backend, 0, SIZE), expected);
  expectBytes(read(backend, 1024, 512), expected.slice(1024, 1536));
  backend.flush();
  expectBytes(file.afterPowerCut(() => 0).content, expected);
});

test('zeros are written also where a flush that failed has seemed to leave some', () => {
  const file = new FaultFile(new Uint8Array(SIZE).fill(1));
  const backend = new RawBackend(file);
  file.failingFlushes = 1;
  file.forgetful = true;
  backend.writeZeroes(0, SIZE);
  expect(() => backend.flush()).toThrow('the flush failed');
  backend.writeZeroes(0, SIZE);
  backend.flush();
  expectBytes(file.afterPowerCut(() => 0).content, new Uint8Array(SIZE));
});

test('what the file does not take or have is an error', async () => {
  const file = new FaultFile(pattern(SIZE));
  const backend = new RawBackend(file);
  file.untilFailure = 1;
  const write = () => backend.write(0, 512, new ArraySource(new Uint8Array(512)));
  expect(write).toThrow('only 256 bytes at 0 could be written');
  file.truncate(SIZE - 512);
  expect(() => read(backend, SIZE - 1024, 1024)).toThrow(`at ${SIZE - 1024} gave 512`);
  await backend.close();
  expect(file.closed).toBe(true);
});
