import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createRngDevice } from '../../../../src/devices/rng/rng.ts';
import { type Driver, layoutAt, type Segment, type Used } from '../../../support/driver.ts';
import { Harness, VIRTIO_F_INDIRECT_DESC, VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';
import { Noise } from '../../../support/noise.ts';
import { expectBytes } from '../block/disk.ts';

const RAM_SIZE = 1024 * 1024;
/** The queue lies at the end of RAM, so that buffers may take all the rest. */
const QUEUE_ADDRESS = RAM_SIZE - 8192;
/** What one chain gets at most. */
const LARGEST_ANSWER = 65536;
const FEATURES = [VIRTIO_F_VERSION_1, VIRTIO_F_INDIRECT_DESC];
const UNTOUCHED = 0xa5;

afterEach(() => {
  vi.restoreAllMocks();
});

/** An entropy device that was set up by an honest driver. */
class Entropy {
  readonly harness = new Harness(createRngDevice().device, {
    memorySize: RAM_SIZE,
    features: FEATURES,
  });
  driver!: Driver;

  constructor() {
    this.start();
  }

  start(): void {
    this.driver = this.harness.enableQueue(0, 8, layoutAt(QUEUE_ADDRESS, 8));
    this.harness.driverOk(FEATURES);
  }

  /** One chain, there and back. */
  request(readable: Segment[], writable: Segment[], indirect = false): Used {
    this.driver.add(readable, writable, { indirect });
    const [used, ...more] = this.pump();
    expect(more).toEqual([]);
    return used;
  }

  pump(): Used[] {
    this.harness.ring(0);
    this.harness.pump();
    return this.driver.collectUsed();
  }

  /** One chain with one buffer. @returns what is in it then */
  draw(length: number): Uint8Array {
    const buffer = this.harness.space(length);
    expect(this.request([], [buffer]).len).toBe(length);
    return this.harness.contents(buffer);
  }
}

/** Puts noise that the test knows in place of the browser's. @returns what was drawn, in order */
function knownNoise(): { pools: Uint8Array[] } {
  const noise = new Noise(2024);
  const drawn: { pools: Uint8Array[] } = { pools: [] };
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((target) => {
    const bytes = target as unknown as Uint8Array;
    expect(bytes.buffer).not.toBeInstanceOf(SharedArrayBuffer);
    expect(bytes.length).toBeLessThanOrEqual(65536);
    for (let index = 0; index < bytes.length; index++) bytes[index] = noise.next();
    drawn.pools.push(bytes.slice());
    return target;
  });
  return drawn;
}

test('an entropy device has one queue, no features and no configuration', () => {
  const { device, commands } = createRngDevice();
  expect(device.description).toEqual({
    type: 4,
    classCode: 0xff0000,
    features: [],
    queueSizes: [8],
    configurationLength: 0,
  });
  expect(commands).toEqual({});
});

const lengths = fc.array(
  fc.oneof(fc.constantFrom(0, 1), fc.nat(300), fc.constantFrom(4096, 30_000, 65_536, 70_000)),
  { maxLength: 6 },
);
const request = fc
  .record({
    readable: fc.array(fc.nat(50), { maxLength: 2 }),
    writable: lengths,
    indirect: fc.boolean(),
  })
  .filter(({ readable, writable }) => readable.length + writable.length > 0);

test('RNG-001: in any framing a chain gets one or more fresh bytes, and nothing else changes', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
      const drawn = knownNoise();
      const entropy = new Entropy();
      const { harness } = entropy;
      const area = harness.allocate(600 * 1024);
      let pools = 0;
      let spent = 0;
      for (const { readable, writable, indirect } of requests) {
        harness.bytes.fill(UNTOUCHED, area, area + 600 * 1024);
        const expected = harness.bytes.slice(area, area + 600 * 1024);
        let free = area + 1;
        const place = (length: number) => {
          const segment = { address: free, length };
          free += length + 1; // a byte between any two that must stay as it is
          return segment;
        };
        const segments = { readable: readable.map(place), writable: writable.map(place) };
        const used = entropy.request(segments.readable, segments.writable, indirect);

        const room = writable.reduce((sum, length) => sum + length, 0);
        expect(used.len).toBe(Math.min(room, LARGEST_ANSWER));
        if (drawn.pools.length > pools) spent = 0;
        pools = drawn.pools.length;
        let left = used.len;
        for (const { address, length } of segments.writable) {
          const filled = Math.min(length, left);
          if (filled === 0) continue;
          // Each byte that was drawn is given out once at most: `spent` only grows.
          const bytes = drawn.pools[pools - 1].subarray(spent, spent + filled);
          expect(bytes.length).toBe(filled);
          expected.set(bytes, address - area);
          spent += filled;
          left -= filled;
        }
        expectBytes(harness.bytes.slice(area, area + 600 * 1024), expected);
      }
      harness.checkCanaries();
      expect(harness.needsReset).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('RNG-001: a chain without a writable byte comes back empty, and the next is filled', () => {
  const entropy = new Entropy();
  const text = entropy.harness.buffer('a readable buffer, against 5.4.6.1');
  const empty = { address: 4096, length: 0 };
  expect(entropy.request([], [empty]).len).toBe(0);
  expect(entropy.request([], [empty, empty, empty], true).len).toBe(0);
  expect(entropy.request([text], []).len).toBe(0);
  expect(entropy.request([empty], [empty]).len).toBe(0);
  expect(new TextDecoder().decode(entropy.harness.contents(text))).toContain('against');
  expect(entropy.request([text], [entropy.harness.space(1)]).len).toBe(1);
  expect(entropy.harness.needsReset).toBe(false);
});

test('RNG-001: buffers as large as RAM, hundreds in one chain, are bounded work', () => {
  const { pools } = knownNoise();
  const entropy = new Entropy();
  const { harness } = entropy;
  harness.allocate(2 * LARGEST_ANSWER); // the tables come after what is filled
  const all = { address: 0, length: RAM_SIZE };
  expect(entropy.request([], [all]).len).toBe(LARGEST_ANSWER);
  expectBytes(harness.bytes.slice(0, LARGEST_ANSWER), pools[0]);
  expect(harness.bytes.slice(LARGEST_ANSWER, 2 * LARGEST_ANSWER).every((byte) => byte === 0)).toBe(
    true,
  );

  for (let chain = 0; chain < 8; chain++) {
    entropy.driver.add([], new Array(1000).fill(all), { indirect: true });
  }
  expect(entropy.pump().map(({ len }) => len)).toEqual(new Array(8).fill(LARGEST_ANSWER));
  expect(pools).toHaveLength(9);
  harness.checkCanaries();
});

test('a buffer of 4 GiB is outside RAM: nothing is written, and after a reset all is well', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const entropy = new Entropy();
  const { harness } = entropy;
  harness.bytes.fill(UNTOUCHED, 0, QUEUE_ADDRESS);
  entropy.driver.add([], [{ address: 0, length: 0xffffffff }]);
  expect(entropy.pump()).toEqual([]);
  expect(harness.needsReset).toBe(true);
  expect(harness.bytes.subarray(0, QUEUE_ADDRESS).every((byte) => byte === UNTOUCHED)).toBe(true);
  harness.reset();
  entropy.start();
  expect(entropy.draw(32)).toHaveLength(32);
});

test('RNG-001: random bytes of the platform, drawn rarely, given once', () => {
  const getRandomValues = vi.spyOn(crypto, 'getRandomValues');
  const entropy = new Entropy();
  const buffer = entropy.harness.space(64);
  const seen = new Set<string>();
  for (let chain = 0; chain < 1024; chain++) {
    expect(entropy.request([], [buffer]).len).toBe(64);
    seen.add(entropy.harness.contents(buffer).join());
  }
  expect(seen.size).toBe(1024);
  expect(getRandomValues).toHaveBeenCalledTimes(1);
  expect(entropy.draw(64).join()).not.toBe([...seen][0]);
  expect(getRandomValues).toHaveBeenCalledTimes(2);
});

test('a reset does not bring back bytes that were given out', () => {
  const entropy = new Entropy();
  const before = entropy.draw(64);
  entropy.harness.reset();
  entropy.start();
  expect(entropy.draw(64)).not.toEqual(before);
});
