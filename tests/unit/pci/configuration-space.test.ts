import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFIGURATION_SIZE, ConfigurationSpace } from '../../../src/pci/configuration-space.ts';

const WIDTHS = [1, 2, 4];

describe('reads', () => {
  test('give the same bytes at every width and alignment', () => {
    const space = new ConfigurationSpace();
    for (let byte = 0; byte < CONFIGURATION_SIZE; byte++)
      space.set(byte, 1, (byte * 37 + 0x81) & 0xff);
    for (const width of WIDTHS) {
      for (let offset = 0; offset + width <= CONFIGURATION_SIZE; offset++) {
        let expected = 0;
        for (let byte = width - 1; byte >= 0; byte--) {
          expected = expected * 256 + space.read(offset + byte, 1);
        }
        expect(space.read(offset, width)).toBe(expected);
      }
    }
  });

  test('give ones beyond the end', () => {
    const space = new ConfigurationSpace();
    expect(space.read(0xff, 4)).toBe(0xffffff00);
    expect(space.read(0x100, 1)).toBe(0xff);
  });
});

describe('writes by the guest', () => {
  test('change nothing that was not allowed', () => {
    const space = new ConfigurationSpace();
    space.set(0x40, 4, 0x12345678);
    for (const width of WIDTHS) {
      for (let offset = 0; offset < CONFIGURATION_SIZE; offset++)
        space.write(offset, width, 0xffffffff);
    }
    expect(space.read(0x40, 4)).toBe(0x12345678);
    expect(space.read(0x44, 4)).toBe(0);
  });

  test('change the allowed bits of a field whose other bits stay', () => {
    const space = new ConfigurationSpace();
    space.set(0x10, 4, 0x00000001);
    space.allow(0x10, 4, 0xfffffe00);
    space.write(0x10, 4, 0xffffffff);
    expect(space.read(0x10, 4)).toBe(0xfffffe01);
    space.write(0x10, 4, 0);
    expect(space.read(0x10, 4)).toBe(0x00000001);
  });

  test('beyond the end are ignored, the part inside is not', () => {
    const space = new ConfigurationSpace();
    space.allow(0xfe, 2, 0xffff);
    space.write(0xfe, 4, 0xaabbccdd);
    expect(space.read(0xfe, 2)).toBe(0xccdd);
    space.write(0x1000, 4, 1);
  });

  test('of any width at any offset are byte writes under a mask', () => {
    const access = fc.record({
      offset: fc.nat(CONFIGURATION_SIZE + 3),
      width: fc.constantFrom(...WIDTHS),
      value: fc.integer({ min: 0, max: 0xffffffff }),
    });
    const bytes = fc.uint8Array({ minLength: CONFIGURATION_SIZE, maxLength: CONFIGURATION_SIZE });
    fc.assert(
      fc.property(bytes, bytes, fc.array(access), (initial, mask, accesses) => {
        const space = new ConfigurationSpace();
        const model = [...initial];
        for (let byte = 0; byte < CONFIGURATION_SIZE; byte++) {
          space.set(byte, 1, initial[byte]);
          space.allow(byte, 1, mask[byte]);
        }
        for (const { offset, width, value } of accesses) {
          space.write(offset, width, value);
          for (let byte = 0; byte < width; byte++) {
            const at = offset + byte;
            const written = Math.floor(value / 2 ** (8 * byte)) % 256;
            if (at < model.length) model[at] = (model[at] & ~mask[at]) | (written & mask[at]);
          }
        }
        expect(model).toEqual(model.map((_, byte) => space.read(byte, 1)));
      }),
    );
  });
});
