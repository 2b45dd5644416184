import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAXIMUM_SEGMENT_LENGTH } from '../../../../src/devices/block/configuration.ts';
import {
  clearSegment,
  concatenate,
  Disk,
  emptyDisk,
  expectBytes,
  header,
  NO_STATUS,
  pattern,
  type RequestFraming,
  STANDARD_FEATURES,
} from './disk.ts';

const SIZE = 64 * 1024;
const CAPACITY = SIZE / 512;
const OK = 0;

/** Descriptors of any length, among them empty ones and single bytes. */
const lengths = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 700 })), {
  maxLength: 40,
});
const framing: fc.Arbitrary<RequestFraming> = fc.record({
  readable: lengths,
  writable: lengths,
  indirect: fc.boolean(),
});

const operation = fc.oneof(
  fc.record({
    type: fc.constant('write' as const),
    sector: fc.nat(CAPACITY + 2),
    sectors: fc.nat(6),
    seed: fc.nat(255),
    framing,
  }),
  fc.record({
    type: fc.constant('read' as const),
    sector: fc.nat(CAPACITY + 2),
    sectors: fc.nat(6),
    framing,
  }),
  fc.record({
    type: fc.constantFrom('discard' as const, 'write-zeroes' as const),
    segments: fc.array(fc.record({ sector: fc.nat(CAPACITY + 2), sectors: fc.nat(20) }), {
      minLength: 1,
      maxLength: 5,
    }),
    framing,
  }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Plays `play` on the disk and on `model`; each answer must be what the model says. */
function apply(disk: Disk, model: Uint8Array, play: Operation): void {
  if (play.type === 'read') {
    const { sector, sectors } = play;
    const answer = disk.request(header(0, sector), sectors * 512, play.framing);
    const sound = sector + sectors <= CAPACITY;
    expect(answer.status).toBe(sound ? OK : 1);
    if (!sound) return;
    expect(answer.written).toBe(sectors * 512 + 1);
    expectBytes(answer.data, model.slice(sector * 512, (sector + sectors) * 512));
  } else if (play.type === 'write') {
    const bytes = pattern(play.sectors * 512, play.seed);
    const request = concatenate(header(1, play.sector), bytes);
    const answer = disk.request(request, 0, play.framing);
    const sound = play.sector + play.sectors <= CAPACITY;
    expect(answer).toMatchObject({ status: sound ? OK : 1, written: 1 });
    if (sound) model.set(bytes, play.sector * 512);
  } else {
    const type = play.type === 'discard' ? 11 : 13;
    const segments = play.segments.map(({ sector, sectors }) => clearSegment(sector, sectors));
    const answer = disk.request(concatenate(header(type, 0), ...segments), 0, play.framing);
    const sound = play.segments.every(({ sector, sectors }) => sector + sectors <= CAPACITY);
    expect(answer).toMatchObject({ status: sound ? OK : 1, written: 1 });
    if (!sound) return;
    for (const { sector, sectors } of play.segments) {
      model.fill(0, sector * 512, (sector + sectors) * 512);
    }
  }
}

test('any sequence of requests in any framing does what a plain array does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
      const disk = await Disk.of(SIZE);
      const model = new Uint8Array(SIZE);
      for (const play of operations) apply(disk, model, play);
      expectBytes(disk.read(0, SIZE).data, model);
      expect(disk.harness.needsReset).toBe(false);
      disk.harness.checkCanaries();
    }),
    { numRuns: 60 },
  );
});

test('header and status in single bytes, data in odd pieces', async () => {
  const disk = await Disk.of(SIZE);
  const bytes = pattern(1024);
  const single = new Array(16).fill(1);
  const write = disk.request(concatenate(header(1, 5), bytes), 0, {
    readable: [...single, 3, 1021 - 512],
  });
  expect(write).toMatchObject({ status: OK, written: 1 });
  const read = disk.request(header(0, 5), 1024, { readable: single, writable: [1, 511, 2, 510] });
  expect(read).toMatchObject({ status: OK, written: 1025 });
  expectBytes(read.data, bytes);
});

test('the status byte shares its descriptor with data, or has empty descriptors after it', async () => {
  const disk = await Disk.of(SIZE);
  disk.write(0, pattern(512));
  const shared = disk.request(header(0, 0), 512, { writable: [100] });
  expect(shared.status).toBe(OK);
  expectBytes(shared.data, pattern(512));

  const source = disk.harness.buffer(header(0, 0));
  const target = disk.harness.space(513);
  disk.harness.bytes[target.address + 512] = NO_STATUS;
  disk.driver.add([source], [target, { address: 0, length: 0 }, { address: 4096, length: 0 }]);
  disk.pump();
  expect(disk.driver.collectUsed()[0].len).toBe(513);
  expectBytes(disk.harness.contents(target), concatenate(pattern(512), Uint8Array.of(OK)));
});

test('whole pages of the guest, the fast path, carry the same bytes', async () => {
  const disk = await Disk.of(SIZE);
  const page = disk.harness.allocate(8192, 4096);
  disk.harness.bytes.set(pattern(8192), page);
  const status = disk.harness.space(1);
  const writeHeader = disk.harness.buffer(header(1, 8));
  disk.driver.add([writeHeader, { address: page, length: 8192 }], [status]);
  disk.pump();
  disk.harness.bytes.fill(0, page, page + 8192);
  const readHeader = disk.harness.buffer(header(0, 8));
  const pages = [page, page + 4096].map((address) => ({ address, length: 4096 }));
  disk.driver.add([readHeader], [...pages, status]);
  disk.pump();
  expect(disk.driver.collectUsed().map(({ len }) => len)).toEqual([1, 8193]);
  expectBytes(disk.harness.bytes.slice(page, page + 8192), pattern(8192));
});

test('a data segment longer than size_max is served like any other', async () => {
  const length = MAXIMUM_SEGMENT_LENGTH + 512;
  const disk = new Disk({ backend: await emptyDisk(length) }, STANDARD_FEATURES, 3 * length);
  const bytes = pattern(length);
  expect(disk.write(0, bytes).status).toBe(0);
  const { status, data } = disk.read(0, length);
  expect(status).toBe(0);
  expectBytes(data, bytes);
});
