import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Feature, Status } from '../../../src/transport/features.ts';
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

describe('a hostile guest', () => {
  const hot = fc.constantFrom(...Object.values(Common), 0x24, 0x2c, 0x34, 0x40, 0x44, 0x100, 0x1fc);
  const access = fc.record({
    offset: fc.oneof({ weight: 3, arbitrary: hot }, fc.nat(BAR_LENGTH - 1)),
    width: fc.constantFrom(1, 2, 4),
    value: fc.oneof(
      fc.constantFrom(0, 1, 2, 3, 8, 0xb, 0xf, 64, 0x80, 0xffff, 0xffffffff),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.nat(1024 * 1024),
    ),
    kind: fc.constantFrom('read', 'write', 'write', 'write', 'poll', 'sync', 'window'),
  });
  type Access = typeof access extends fc.Arbitrary<infer Value> ? Value : never;

  function perform(rig: Rig, { offset, width, value, kind }: Access): void {
    if (kind === 'poll') rig.poll();
    else if (kind === 'sync') rig.syncPoint();
    else if (kind === 'read') {
      const read = rig.read(offset, width);
      expect(read >= 0 && read < 2 ** (8 * width)).toBe(true);
    } else if (kind === 'write') rig.write(offset, width, value % 2 ** (8 * width));
    else rig.writeConfig(0x40 + ((offset * width) % 0xc0), width, value % 2 ** (8 * width));
  }

  test('never makes anything throw, nor RAM change before DRIVER_OK (BASIC-001)', () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 80 }), (accesses) => {
        const rig = new Rig();
        rig.ram.bytes.fill(0xee);
        const before = rig.ram.bytes.slice();
        let running = false;
        for (const one of accesses) {
          perform(rig, one);
          running ||= (rig.status & Status.driverOk) !== 0;
          if (!running) expect(Buffer.compare(rig.ram.bytes, before)).toBe(0);
        }
        rig.ram.checkCanaries();
      }),
      { numRuns: 60 },
    );
  });

  test('never makes a running device throw or leave RAM, and a reset makes it serve again', () => {
    fc.assert(
      fc.property(
        fc.array(access, { maxLength: 80 }),
        fc.infiniteStream(fc.nat(255)),
        (accesses, noise) => {
          const rig = new Rig();
          const driver = rig.start([Feature.version1, Feature.eventIndex, Feature.ringReset]);
          // The rings are whatever it likes, too.
          const { descriptorTable } = driver.layout;
          for (let byte = 0; byte < 512; byte++) {
            rig.ram.bytes[descriptorTable + byte] = noise.next().value as number;
          }
          for (const one of accesses) perform(rig, one);
          rig.ram.checkCanaries();
          rig.status = 0;
          rig.poll();
          expect(rig.status).toBe(0);
          const again = rig.start();
          again.add([rig.space(1)], [rig.space(1)]);
          rig.notify(0);
          rig.pump();
          expect(again.collectUsed()).toHaveLength(1);
          rig.ram.checkCanaries();
        },
      ),
      { numRuns: 60 },
    );
  });
});
