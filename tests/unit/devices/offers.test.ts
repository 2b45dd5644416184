import { describe, expect, test } from 'vitest';
import { type DeviceKind, devices } from '../../../src/devices/catalogue.ts';
import type { MadeDevice } from '../../../src/devices/factory.ts';
import { ByteRing } from '../../../src/link/byte-ring.ts';
import { adjustOffer, FEATURE_NAMES } from '../../../src/machine/offer.ts';
import { Rig } from '../transport/rig.ts';

const port = () => ({
  name: 'port',
  output: ByteRing.create(64).buffer,
  input: ByteRing.create(64).buffer,
});

const sector = new Blob([new Uint8Array(512)]);

/** Every way to make a device that could change what it offers. A kind without an entry has one. */
const OPTIONS: Partial<Record<DeviceKind, object[]>> = {
  block: [
    { image: sector },
    { image: sector, readOnly: true },
    { image: sector, requestQueues: 1 },
  ],
  console: [{ ports: [port()] }, { ports: [port(), port(), port()] }],
};

/** INDIRECT_DESC, EVENT_IDX, VERSION_1, RING_RESET. */
const OF_EVERY_DEVICE = [28, 29, 32, 40];

/** By device type: the bits whose features are implemented. Whoever adds one adds tests of it. */
const IMPLEMENTED: Record<number, readonly number[]> = {
  // SIZE_MAX, SEG_MAX, RO, BLK_SIZE, FLUSH, TOPOLOGY, CONFIG_WCE, MQ, DISCARD, WRITE_ZEROES
  2: [1, 2, 5, 6, 9, 10, 11, 12, 13, 14],
  3: [0, 1, 2], // SIZE, MULTIPORT, EMERG_WRITE
  4: [],
};

/** By device type: features of the specification, and what they cannot be without. */
const REQUIREMENTS: Record<number, readonly (readonly [feature: number, required: number])[]> = {
  2: [[11, 9]], // CONFIG_WCE: FLUSH
  3: [],
  4: [],
};

/** Every device, with its type and the bits that a driver is offered. */
async function offers(): Promise<{ kind: string; type: number; bits: number[] }[]> {
  const kinds = Object.keys(devices) as DeviceKind[];
  const made = kinds.flatMap((kind) =>
    (OPTIONS[kind] ?? [{}]).map(async (options) => {
      const create = (await devices[kind]()) as (options: object) => MadeDevice;
      const { description } = (await create(options)).device;
      const offered = new Rig({ features: description.features }).offeredFeatures();
      const bits = Array.from({ length: 64 }, (_, bit) => bit).filter(
        (bit) => ((offered >> BigInt(bit)) & 1n) === 1n,
      );
      return { kind, type: description.type, bits };
    }),
  );
  return Promise.all(made);
}

/** What every machine may do without: a name for each bit that a device of `type` could offer. */
function withholdable(type: number): Set<number> {
  const description = { type, classCode: 0, features: [], queueSizes: [], configurationLength: 0 };
  return new Set(adjustOffer(description, { withheldFeatures: FEATURE_NAMES }).withheldFeatures);
}

describe('what a device of the catalogue offers', () => {
  test('can be withheld, all but VERSION_1, and nothing else can', async () => {
    const offered = await offers();
    for (const type of new Set(offered.map((device) => device.type))) {
      const bits = offered
        .filter((device) => device.type === type)
        .flatMap((device) => device.bits);
      const others = bits.filter((bit) => bit !== 32);
      expect(withholdable(type), `of device type ${type}`).toEqual(new Set(others));
    }
  });

  test('is implemented, all of it (BASIC-006)', async () => {
    for (const { kind, type, bits } of await offers()) {
      expect(Object.keys(IMPLEMENTED), `list what ${kind} implements`).toContain(`${type}`);
      const implemented = new Set([...OF_EVERY_DEVICE, ...(IMPLEMENTED[type] ?? [])]);
      expect({ kind, without: bits.filter((bit) => !implemented.has(bit)) }).toEqual({
        kind,
        without: [],
      });
    }
  });

  test('includes what it requires (BASIC-004)', async () => {
    for (const { kind, type, bits } of await offers()) {
      expect(Object.keys(REQUIREMENTS), `list what ${kind} requires`).toContain(`${type}`);
      for (const [feature, required] of REQUIREMENTS[type] ?? []) {
        if (bits.includes(feature)) expect(bits).toContain(required);
      }
    }
  });
});
