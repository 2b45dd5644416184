import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePlainData, encodePlainData } from '../../../../src/machine/snapshot/plain-data.ts';
import { readSnapshot } from '../../../../src/machine/snapshot/reader.ts';
import { Snapshot, type SnapshotInfo } from '../../../../src/machine/snapshot/snapshot.ts';
import { expectBytes } from '../../devices/block/disk.ts';

const MIB = 1024 * 1024;
const INFO: SnapshotInfo = {
  version: 1,
  emulator: 'some',
  created: 1e12,
  memory: 64,
  ports: ['console', 'größer'],
  devices: [],
};

const array = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      array,
    ),
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '~' && key !== '__proto__'),
      tie('tree'),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
}));

/** A snapshot of a machine that there never was. */
const snapshotOf = (state: unknown) => new Snapshot(INFO, state as Snapshot['state']);

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Delivers `bytes` in pieces of at most `length`. */
function streamOf(bytes: Uint8Array, length = 1000): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + length));
      at = Math.min(bytes.length, at + length);
    },
  });
}

test('plain data come back as they were', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const { text, arrays } = encodePlainData(value);
      const decoded = decodePlainData(text);
      decoded.arrays.forEach((bytes, index) => {
        bytes.set(arrays[index]);
      });
      expect(decoded.value).toStrictEqual(value);
    }),
  );
});

test('what is no plain data is not written', () => {
  for (const value of [new Map(), new Date(), { '~': 1 }]) {
    expect(() => encodePlainData(value)).toThrow(TypeError);
  }
});

test.each([true, false])('a snapshot comes back as it was, compressed: %s', async (compress) => {
  const large = new Uint32Array(0.7 * MIB).map((_, index) => index * 77);
  await fc.assert(
    fc.asyncProperty(tree, fc.integer({ min: 1, max: 3 * MIB }), async (value, length) => {
      const told: number[] = [];
      const snapshot = snapshotOf({ value, large });
      const onProgress = ({ done }: { done: number }) => told.push(done);
      const bytes = await bytesOf(snapshot.stream({ compress, onProgress }));
      const read = await readSnapshot(streamOf(bytes, Math.max(length, 4096)), { onProgress });
      expect(read.info).toEqual(INFO);
      const { large: same, ...rest } = read.state as unknown as {
        large: Uint32Array;
        value: unknown;
      };
      expect(rest).toStrictEqual({ value });
      expectBytes(new Uint8Array(same.buffer), new Uint8Array(large.buffer));
      expect(told.at(-1)).toBe(snapshot.size);
    }),
    { numRuns: 10 },
  );
});

test.each([true, false])(
  'no byte can be damaged, and none can be missing, compressed: %s',
  async (compress) => {
    const state = {
      text: 'some state',
      memory: Uint8Array.from({ length: 300 }, (_, at) => at % 7),
    };
    const bytes = await bytesOf(snapshotOf(state).stream({ compress }));
    const code = (damaged: Uint8Array) =>
      readSnapshot(streamOf(damaged), {}).then(
        () => 'accepted',
        (error) => error.code,
      );
    expect(await code(bytes)).toBe('accepted');
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (at % 8);
      const wanted =
        at < 8 ? 'snapshot-foreign' : at < 12 ? 'snapshot-version' : 'snapshot-damaged';
      if ((await code(damaged)) !== wanted) throw new Error(`byte ${at}: ${await code(damaged)}`);
      const cut = at < 16 ? 'snapshot-foreign' : 'snapshot-damaged';
      if ((await code(bytes.slice(0, at))) !== cut) throw new Error(`cut off at ${at}`);
    }
    expect(await code(Uint8Array.of(...bytes, 0))).toBe('snapshot-damaged');
  },
);

test('whole parts that are missing, come twice, or are in another order are found', async () => {
  const state = { memory: Uint8Array.from({ length: 2.5 * MIB }, (_, at) => at >> 16) };
  const bytes = await bytesOf(snapshotOf(state).stream({ compress: false }));
  const size = 32 + MIB;
  const first = bytes.length - (32 + 32 + MIB / 2) - 2 * size;
  const [start, one, two, rest] = [
    bytes.slice(0, first),
    bytes.slice(first, first + size),
    bytes.slice(first + size, first + 2 * size),
    bytes.slice(first + 2 * size),
  ];
  const read = (...parts: Uint8Array<ArrayBuffer>[]) => readSnapshot(new Blob(parts).stream(), {});
  const { memory } = (await read(start, one, two, rest)).state as unknown as typeof state;
  expectBytes(memory, state.memory);
  for (const parts of [
    [start, two, one, rest],
    [start, one, rest],
    [start, one, one, two, rest],
  ]) {
    await expect(read(...parts)).rejects.toMatchObject({ code: 'snapshot-damaged' });
  }
});

test('reading and writing end when they are told to', async () => {
  const snapshot = snapshotOf({ memory: new Uint8Array(8 * MIB) });
  const reason = new Error('enough');
  const aborted = AbortSignal.abort(reason);
  await expect(bytesOf(snapshot.stream({ signal: aborted }))).rejects.toBe(reason);
  const bytes = await bytesOf(snapshot.stream());
  await expect(readSnapshot(streamOf(bytes), { signal: aborted })).rejects.toBe(reason);
});
