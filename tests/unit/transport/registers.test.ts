import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Word } from '../../../src/link/control-block.ts';
import { Feature } from '../../../src/transport/features.ts';
import { access, perform } from '../../property/registers.ts';
import { BAR_LENGTH, Common, Rig } from './rig.ts';

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => vi.restoreAllMocks());

test('the common configuration gives the same bytes at every width and alignment', () => {
  const rig = new Rig({ features: [3, 55] });
  rig.negotiate([Feature.version1, 3, 55]);
  rig.enableQueue(1);
  rig.write(Common.deviceFeatureSelect, 4, 0xfedcba98);
  const bytes = Array.from({ length: 0x40 }, (_, offset) => rig.read(offset, 1));
  expect(bytes[Common.numQueues]).toBe(2);
  for (const width of [1, 2, 4]) {
    for (let offset = 0; offset + width <= 0x40; offset++) {
      let expected = 0;
      for (let byte = 0; byte < width; byte++) expected += bytes[offset + byte] * 2 ** (8 * byte);
      expect([offset, width, rig.read(offset, width)]).toEqual([offset, width, expected]);
    }
  }
});

test('read-only and unknown registers ignore what is written', () => {
  const rig = new Rig();
  const registers = [
    Common.deviceFeature,
    Common.numQueues,
    Common.configGeneration,
    Common.queueNotifyOffset,
    Common.queueNotifyData,
    0x3c,
    0x3e,
    0x48,
    0xfe,
  ];
  const before = registers.map((register) => rig.read(register, 2));
  for (const register of registers) {
    for (const width of [1, 2, 4]) {
      // Not over the neighbour that can be written.
      if (register + width <= BAR_LENGTH) rig.write(register, width, 2 ** (8 * width) - 1);
    }
  }
  expect(registers.map((register) => rig.read(register, 2))).toEqual(before);
  expect(rig.status).toBe(0);
});

test('a hostile guest changes no RAM before DRIVER_OK (BASIC-001)', () => {
  fc.assert(
    fc.property(fc.array(access, { maxLength: 80 }), (accesses) => {
      const rig = new Rig();
      rig.ram.bytes.fill(0xee);
      const before = rig.ram.bytes.slice();
      for (const one of accesses) {
        perform(rig, one);
        if (rig.control.words[Word.driverOk] === 1) return;
        expect(Buffer.compare(rig.ram.bytes, before)).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
});
