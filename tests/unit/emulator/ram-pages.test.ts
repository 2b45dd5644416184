import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_SIZE, restoreRam, saveRam } from '../../../src/emulator/ram-pages.ts';
import { CanaryMemory } from '../../support/harness.ts';
import { expectBytes } from '../devices/block/disk.ts';

const PAGES = 70;

function ram(pages: readonly number[]) {
  const { memory, bytes } = new CanaryMemory(PAGES * PAGE_SIZE);
  for (const page of pages) bytes[page * PAGE_SIZE + 17 * page] = 1 + page;
  const isZero = (address: number, length: number) =>
    bytes.subarray(address, address + length).every((byte) => byte === 0);
  return { memory, bytes, isZero };
}

test('RAM becomes what it was, whatever it has become, and only pages that are not zero are kept', () => {
  const pages = fc.uniqueArray(fc.nat(PAGES - 1), { maxLength: PAGES });
  fc.assert(
    fc.property(pages, pages, (before, after) => {
      const saved = ram(before);
      const pieces = saveRam(saved.memory, saved.isZero);
      expect(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(
        before.length * PAGE_SIZE,
      );
      const used = ram(after);
      restoreRam(used.memory, used.isZero, pieces, false);
      expectBytes(used.bytes, saved.bytes);
      const fresh = ram([]);
      restoreRam(fresh.memory, fresh.isZero, pieces, true);
      expectBytes(fresh.bytes, saved.bytes);
    }),
    { numRuns: 40 },
  );
});

test('pages that are not in RAM are refused', () => {
  const { memory, isZero } = ram([]);
  const piece = { runs: Uint32Array.of(PAGES, 1), bytes: new Uint8Array(PAGE_SIZE) };
  expect(() => restoreRam(memory, isZero, [piece], true)).toThrow(RangeError);
});
