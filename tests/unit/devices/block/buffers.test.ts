import fc from 'fast-check';
import { expect, test } from 'vitest';
import { descriptorTableLength } from '../../../../src/ring/layout.ts';
import { concatenate, Disk, expectBytes, header, pattern } from './disk.ts';

const SIZE = 16 * 1024;
const CAPACITY = SIZE / 512;

const lengths = fc.array(fc.nat(600), { maxLength: 8 });
/** Any request at all: known types and unknown ones, sound and not. */
const request = fc.record({
  type: fc.nat(26),
  sector: fc.oneof(fc.nat(CAPACITY + 2), fc.constant(2 ** 52)),
  more: fc.constantFrom(0, 3, 16, 32, 512, 1024, 1040),
  room: fc.constantFrom(0, 1, 20, 512, 1000, 2048),
  framing: fc.record({ readable: lengths, writable: lengths }),
});

/** A disk that is full of bytes other than 0. */
async function writtenDisk(): Promise<Disk> {
  const disk = await Disk.of(SIZE);
  disk.write(0, pattern(SIZE, 3));
  return disk;
}

test('no request has its readable buffers or its descriptors written (SPLIT-002, SPLIT-003)', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ type, sector, more, room, framing }) => {
      const disk = await writtenDisk();
      const { harness, driver } = disk;
      const readable = concatenate(header(type, sector), pattern(more, 9));
      const { writable } = disk.submit(readable, room, framing);
      const table = driver.layout.descriptorTable;
      const tableEnd = table + descriptorTableLength(driver.layout.queueSize);
      const descriptors = harness.bytes.slice(table, tableEnd);
      // The readable buffer is the last thing that was allocated before the writable one.
      const source = harness.bytes.slice(writable.address - 2048, writable.address);
      disk.pump();
      expect(driver.collectUsed()).toHaveLength(1);
      expectBytes(harness.bytes.slice(writable.address - 2048, writable.address), source);
      expectBytes(harness.bytes.slice(table, tableEnd), descriptors);
    }),
    { numRuns: 60 },
  );
});

test('the bytes that an answer counts were all written, whatever was there (SPLIT-013)', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ type, sector, more, room, framing }) => {
      const readable = concatenate(header(type, sector), pattern(more, 9));
      const answers: Uint8Array[] = [];
      for (const before of [0x00, 0xff]) {
        const disk = await writtenDisk();
        const { writable } = disk.submit(readable, room, framing);
        disk.harness.bytes.fill(before, writable.address, writable.address + writable.length);
        disk.pump();
        const [{ len }] = disk.driver.collectUsed();
        expect(len).toBeLessThanOrEqual(writable.length);
        answers.push(disk.harness.contents({ ...writable, length: len }));
      }
      expectBytes(answers[1], answers[0]);
    }),
    { numRuns: 60 },
  );
});
