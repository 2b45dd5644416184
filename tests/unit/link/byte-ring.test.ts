import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteRing } from '../../../src/link/byte-ring.ts';
import { bundle } from '../../support/bundle.ts';
import { Noise } from '../../support/noise.ts';

const count = (from: number, length: number) =>
  Uint8Array.from({ length }, (_, byte) => (from + byte) & 0xff);

describe('ByteRing.create', () => {
  test.each([1, 2, 16, 65536])('makes an empty ring of %i bytes', (capacity) => {
    const ring = ByteRing.create(capacity);
    expect(ring).toMatchObject({ capacity, readable: 0, writable: capacity });
  });

  test.each([0, -1, -16, 3, 24, 65535])('refuses %i bytes', (capacity) => {
    expect(() => ByteRing.create(capacity)).toThrow(RangeError);
  });

  test('two rings over one buffer are one ring', () => {
    const here = ByteRing.create(16);
    const there = new ByteRing(here.buffer);
    here.write(count(0, 5));
    expect(there.readable).toBe(5);
    expect(there.read()).toEqual(count(0, 5));
    expect(here.writable).toBe(16);
  });
});

describe('a ByteRing', () => {
  test('takes what fits, says how much, and loses nothing', () => {
    const ring = ByteRing.create(8);
    expect(ring.write(count(0, 5))).toBe(5);
    expect(ring.write(count(5, 5))).toBe(3);
    expect(ring.write(count(8, 5))).toBe(0);
    expect(ring).toMatchObject({ readable: 8, writable: 0 });
    expect(ring.read()).toEqual(count(0, 8));
    expect(ring.read()).toEqual(new Uint8Array(0));
  });

  test('reads up to a limit, over the wrap', () => {
    const ring = ByteRing.create(8);
    ring.write(count(0, 6));
    expect(ring.read(5)).toEqual(count(0, 5));
    ring.write(count(6, 6));
    expect(ring.read(4)).toEqual(count(5, 4));
    expect(ring.read(100)).toEqual(count(9, 3));
  });

  test('writeWith and readWith give contiguous pieces', () => {
    const ring = ByteRing.create(8);
    ring.write(count(0, 6));
    ring.read(6);
    const pieces: number[][] = [];
    const fill = (target: Uint8Array, offset: number, length: number) => {
      pieces.push([offset, length]);
      target.fill(length, offset, offset + length);
    };
    expect(ring.writeWith(100, fill)).toBe(2);
    expect(ring.writeWith(3, fill)).toBe(3);
    expect(ring.writeWith(100, fill)).toBe(3);
    expect(ring.writeWith(100, fill)).toBe(0);
    expect(pieces).toEqual([
      [6, 2],
      [0, 3],
      [3, 3],
    ]);
    const taken: number[] = [];
    const take = (source: Uint8Array, offset: number, length: number) => {
      taken.push(...source.subarray(offset, offset + length));
    };
    expect(ring.readWith(1, take)).toBe(1);
    expect(ring.readWith(100, take)).toBe(1);
    expect(ring.readWith(100, take)).toBe(6);
    expect(ring.readWith(100, take)).toBe(0);
    expect(taken).toEqual([2, 2, 3, 3, 3, 3, 3, 3]);
  });

  test('whose filler throws has taken nothing', () => {
    const ring = ByteRing.create(8);
    expect(() =>
      ring.writeWith(4, () => {
        throw new Error('no bytes');
      }),
    ).toThrow('no bytes');
    expect(ring.readable).toBe(0);
  });

  test('goes on past the wrap of its positions at 2^31 and 2^32', () => {
    for (const start of [2 ** 31 - 5, 2 ** 32 - 5]) {
      const ring = ByteRing.create(16);
      new Int32Array(ring.buffer, 0, 2).fill(start);
      for (let round = 0; round < 10; round++) {
        expect(ring.write(count(round, 7))).toBe(7);
        expect(ring.write(count(round + 7, 20))).toBe(9);
        expect(ring).toMatchObject({ readable: 16, writable: 0 });
        expect(ring.read(10)).toEqual(count(round, 10));
        expect(ring.read()).toEqual(count(round + 10, 6));
      }
    }
  });

  test('gives out what was put in, in order, for any calls', () => {
    const call = fc.record({
      kind: fc.constantFrom('write', 'writeWith', 'read', 'readWith'),
      length: fc.nat(40),
    });
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.nat(0xffffffff),
        fc.array(call, { maxLength: 60 }),
        (power, start, calls) => {
          const ring = ByteRing.create(2 ** power);
          new Int32Array(ring.buffer, 0, 2).fill(start);
          const model: number[] = [];
          let next = 0;
          for (const { kind, length } of calls) {
            if (kind === 'write') {
              const written = ring.write(count(next, length));
              expect(written).toBe(Math.min(length, ring.capacity - model.length));
              for (let byte = 0; byte < written; byte++) model.push(next++ & 0xff);
            } else if (kind === 'writeWith') {
              ring.writeWith(length, (target, offset, piece) => {
                for (let byte = 0; byte < piece; byte++) {
                  target[offset + byte] = next;
                  model.push(next++ & 0xff);
                }
              });
            } else if (kind === 'read') {
              expect([...ring.read(length)]).toEqual(model.splice(0, length));
            } else {
              ring.readWith(length, (source, offset, piece) => {
                const bytes = [...source.subarray(offset, offset + piece)];
                expect(bytes).toEqual(model.splice(0, piece));
              });
            }
            expect(ring.readable).toBe(model.length);
            expect(ring.writable).toBe(ring.capacity - model.length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('waiting', () => {
  test('untilReadable resolves at once when there is something', async () => {
    const ring = ByteRing.create(8);
    ring.write(count(0, 1));
    await ring.untilReadable();
  });

  test('untilReadable resolves when something comes', async () => {
    const ring = ByteRing.create(8);
    const waiting = ring.untilReadable();
    setTimeout(() => ring.write(count(0, 1)), 5);
    await waiting;
    expect(ring.readable).toBe(1);
  });

  test('untilWritable resolves when room comes', async () => {
    const ring = ByteRing.create(8);
    await ring.untilWritable();
    ring.write(count(0, 8));
    const waiting = ring.untilWritable();
    setTimeout(() => ring.read(1), 5);
    await waiting;
    expect(ring.writable).toBe(1);
  });

  test('ends after the time that was given', async () => {
    const ring = ByteRing.create(8);
    await ring.untilReadable(5);
    ring.write(count(0, 8));
    await ring.untilWritable(5);
  });
});

test('two threads: megabytes arrive unharmed and in order through a small ring', async () => {
  const total = 4 * 1024 * 1024;
  const seed = 12345;
  const ring = ByteRing.create(4096);
  const code = await bundle(new URL('../../support/byte-ring-worker.ts', import.meta.url));
  const worker = new Worker(code, {
    workerData: { buffer: ring.buffer, total, seed },
  });
  const failure = new Promise<never>((_, reject) => worker.once('error', reject));
  const expected = new Noise(seed);
  const limits = new Noise(99);
  let received = 0;
  const check = (byte: number) => {
    if (byte !== (expected.next() & 0xff)) throw new Error(`wrong byte at ${received}`);
    received++;
  };
  const receive = async () => {
    for (let turn = 0; received < total; turn++) {
      await ring.untilReadable(5000);
      const limit = 1 + (limits.next() % 6000);
      if (turn % 2 === 0) {
        for (const byte of ring.read(limit)) check(byte);
      } else {
        ring.readWith(limit, (source, offset, length) => {
          for (let byte = 0; byte < length; byte++) check(source[offset + byte]);
        });
      }
    }
  };
  try {
    await Promise.race([receive(), failure]);
  } finally {
    await worker.terminate();
  }
  expect(received).toBe(total);
  expect(ring.readable).toBe(0);
}, 60_000);
