import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';
import {
  clearSegment,
  concatenate,
  Disk,
  expectBytes,
  header,
  NO_STATUS,
  pattern,
  UNTOUCHED,
} from './disk.ts';
import { SlowBackend, settled } from './slow-backend.ts';

const OK = 0;
const IOERR = 1;
const UNSUPP = 2;

let backend: SlowBackend;
let disk: Disk;

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  backend = new SlowBackend();
  disk = Disk.on(backend);
});

afterEach(() => {
  disk.harness.checkCanaries();
  vi.restoreAllMocks();
});

/** Reads of one sector each from sector 0 on, made available and begun. */
function submitReads(count: number) {
  const submitted = Array.from({ length: count }, (_, sector) =>
    disk.submit(header(0, sector), 512),
  );
  disk.pump();
  return submitted;
}

/** The backend puts `pattern(512, operation)` into the target of operation `index`, and is done. */
function answerRead(index: number): void {
  const { target, finish } = backend.operations[index];
  target?.put(0, pattern(512, index), 0, 512);
  finish();
}

describe('requests under way', () => {
  test('are begun together and given back in the order in which they are finished', async () => {
    const submitted = submitReads(4);
    expect(backend.operations.map(({ offset }) => offset)).toEqual([0, 512, 1024, 1536]);
    expect(disk.driver.collectUsed()).toEqual([]);
    for (const index of [2, 0, 3, 1]) {
      answerRead(index);
      await settled();
      disk.harness.pump();
      expect(disk.driver.collectUsed()).toEqual([{ id: submitted[index].head, len: 513 }]);
      const { status, data } = disk.answer(submitted[index], 513);
      expect(status).toBe(OK);
      expectBytes(data, pattern(512, index));
    }
  });

  test('do not stop later ones that need no backend', () => {
    submitReads(2);
    expect(disk.id().status).toBe(OK);
    expect(disk.read(10_000, 512).status).toBe(IOERR);
    expect(disk.request(header(99, 0)).status).toBe(UNSUPP);
  });

  test('in any number and order, each answers its own chain', async () => {
    const order = fc
      .integer({ min: 1, max: 60 })
      .chain((count) => fc.shuffledSubarray([...new Array(count).keys()], { minLength: count }));
    const plan = fc.record({ order, failing: fc.array(fc.nat(59)) });
    await fc.assert(
      fc.asyncProperty(plan, async ({ order, failing }) => {
        backend = new SlowBackend();
        disk = Disk.on(backend);
        const submitted = submitReads(order.length);
        for (const index of order) {
          if (failing.includes(index)) backend.operations[index].fail(new Error('broken'));
          else answerRead(index);
        }
        await settled();
        disk.harness.pump();
        const used = disk.driver.collectUsed();
        expect(used.map(({ id }) => id)).toEqual(order.map((index) => submitted[index].head));
        for (const index of order) {
          const answer = disk.answer(submitted[index], 0);
          expect(answer.status).toBe(failing.includes(index) ? IOERR : OK);
          const expected = new Uint8Array(512).fill(UNTOUCHED);
          expectBytes(answer.data, failing.includes(index) ? expected : pattern(512, index));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('may fill their data in any order', async () => {
    const submitted = disk.submit(header(0, 0), 2048, { writable: [700, 1, 3] });
    disk.pump();
    const [{ target, finish }] = backend.operations;
    target?.put(1024, pattern(2048), 1024, 1024);
    target?.putZeroes(0, 512);
    target?.put(512, pattern(2048), 512, 512);
    finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()[0].len).toBe(2049);
    expectBytes(disk.answer(submitted, 0).data, pattern(2048).fill(0, 0, 512));
  });

  test('a backend cannot get past the data: not to the status byte, not to the other part', () => {
    disk.submit(header(0, 0), 512);
    disk.submit(concatenate(header(1, 0), pattern(512)), 0);
    disk.pump();
    const [{ target }, { source }] = backend.operations;
    const bytes = new Uint8Array(1024);
    expect(() => target?.put(1, bytes, 0, 512)).toThrow(RangeError);
    expect(() => target?.put(-1, bytes, 0, 2)).toThrow(RangeError);
    expect(() => target?.putZeroes(0, 513)).toThrow(RangeError);
    expect(() => source?.take(1, bytes, 0, 512)).toThrow(RangeError);
    const both = { ...(target as object), ...(source as object) };
    expect(both).toEqual({}); // methods live on the class: nothing else to get hold of
  });

  test('a write takes its bytes at any time before it is finished', async () => {
    const bytes = pattern(1024);
    const submitted = disk.submit(concatenate(header(1, 3), bytes), 0, { readable: [9, 300] });
    disk.pump();
    await settled();
    const [{ source, finish, offset }] = backend.operations;
    const taken = new Uint8Array(1024);
    source?.take(512, taken, 512, 512);
    source?.take(0, taken, 0, 512);
    expectBytes(taken, bytes);
    expect(offset).toBe(3 * 512);
    finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toEqual([{ id: submitted.head, len: 1 }]);
  });
});

describe('failures', () => {
  test.each([
    ['read', header(0, 0), 512],
    ['write', concatenate(header(1, 0), new Uint8Array(512)), 0],
    ['flush', header(4, 0), 0],
    ['discard', concatenate(header(11, 0), clearSegment(0, 1), clearSegment(9, 1)), 0],
    ['write-zeroes', concatenate(header(13, 0), clearSegment(0, 1), clearSegment(9, 1)), 0],
  ])('a %s that the backend rejects is an I/O error', async (_, request, room) => {
    const submitted = disk.submit(request, room);
    disk.pump();
    const [first, ...others] = backend.operations;
    for (const { finish } of others) finish();
    first.fail(new Error('no longer there'));
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(disk.answer(submitted, 0).status).toBe(IOERR);
  });

  test('a backend that throws is an I/O error, and the next request is served', () => {
    const read = vi.spyOn(backend, 'read').mockImplementation(() => {
      throw new Error('quota');
    });
    expect(disk.read(0, 512)).toMatchObject({ status: IOERR, written: 0 });
    read.mockReturnValue(undefined);
    expect(disk.read(0, 512).status).toBe(OK);
  });

  test('a backend that goes on after it has failed touches nothing', async () => {
    const [submitted] = submitReads(1);
    const [{ target, fail }] = backend.operations;
    fail(new Error('one of two parts failed'));
    await settled();
    disk.harness.pump();
    expect(() => target?.put(0, pattern(512), 0, 512)).toThrow(/over/);
    expectBytes(disk.answer(submitted, 0).data, new Uint8Array(512).fill(UNTOUCHED));
  });
});

describe('discard and write-zeroes', () => {
  test('every segment goes to the backend; the answer waits for all of them', async () => {
    const segments = [clearSegment(1, 2, 1), clearSegment(10, 3, 0)];
    disk.submit(concatenate(header(13, 0), ...segments), 0);
    disk.pump();
    expect(backend.operations).toMatchObject([
      { name: 'writeZeroes', offset: 512, length: 1024, mayUnmap: true },
      { name: 'writeZeroes', offset: 5120, length: 1536, mayUnmap: false },
    ]);
    backend.operations[1].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
  });
});

describe('durability', () => {
  test('with FLUSH negotiated a write does not flush', async () => {
    disk.submit(concatenate(header(1, 0), pattern(512)), 0);
    disk.pump();
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(backend.operations).toHaveLength(1);
  });

  test.each([
    ['write', concatenate(header(1, 0), pattern(512))],
    ['write-zeroes', concatenate(header(13, 0), clearSegment(0, 1))],
  ])('without FLUSH a %s is answered only once it is flushed (BLK-023)', async (_, request) => {
    disk = Disk.on(backend, [VIRTIO_F_VERSION_1]);
    const submitted = disk.submit(request, 0);
    disk.pump();
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    expect(backend.operations[1].name).toBe('flush');
    backend.operations[1].fail(new Error('quota'));
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(disk.answer(submitted, 0).status).toBe(IOERR);
  });

  test('that holds for a backend that writes at once and flushes later (BLK-023)', async () => {
    vi.spyOn(backend, 'write').mockReturnValue(undefined);
    disk = Disk.on(backend, [VIRTIO_F_VERSION_1]);
    disk.submit(concatenate(header(1, 0), pattern(512)), 0);
    disk.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
  });

  test('a flush is answered only once the backend has flushed (BLK-023)', async () => {
    disk.submit(header(4, 0), 0);
    disk.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
  });
});

describe('a reset with requests under way', () => {
  test('gives nothing back and writes nothing into guest memory, however they end', async () => {
    const submitted = submitReads(3);
    const write = disk.submit(concatenate(header(1, 0), pattern(512)), 0);
    disk.pump();
    disk.restart();
    const before = disk.harness.bytes.slice();
    const completed = disk.harness.control.load(16);

    const [late, failed, silent, writing] = backend.operations;
    expect(() => late.target?.put(0, pattern(512), 0, 512)).toThrow(/over/);
    expect(() => late.target?.putZeroes(0, 512)).toThrow(/over/);
    expect(() => writing.source?.take(0, new Uint8Array(512), 0, 512)).toThrow(/over/);
    late.finish();
    failed.fail(new Error('aborted'));
    silent.finish();
    writing.finish();
    await settled();
    disk.harness.pump();

    expectBytes(disk.harness.bytes.slice(), before);
    expect(disk.harness.control.load(16)).toBe(completed);
    for (const { status } of [...submitted, write]) {
      expect(disk.harness.bytes[status]).toBe(NO_STATUS);
    }
    expect(disk.driver.collectUsed()).toEqual([]);
  });

  test('new requests in the same places are not confused with old ones', async () => {
    submitReads(2);
    disk.restart();
    const [first, second] = submitReads(2);
    backend.operations[0].finish();
    backend.operations[1].finish();
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    answerRead(3);
    answerRead(2);
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed().map(({ id }) => id)).toEqual([second.head, first.head]);
    expectBytes(disk.answer(first, 0).data, pattern(512, 2));
    expectBytes(disk.answer(second, 0).data, pattern(512, 3));
  });

  test('the reset of the queue alone does the same', async () => {
    const [submitted] = submitReads(1);
    disk.harness.resetQueue(0);
    disk.driver = disk.harness.enableQueue(0, 16);
    disk.harness.pump();
    expect(() => answerRead(0)).toThrow(/over/);
    backend.operations[0].finish();
    await settled();
    disk.harness.pump();
    expect(disk.harness.bytes[submitted.status]).toBe(NO_STATUS);
    expect(disk.driver.collectUsed()).toEqual([]);
    expect(disk.id().status).toBe(OK);
  });
});

describe('closing the device', () => {
  test('closes its backend, once', async () => {
    const close = vi.spyOn(backend, 'close');
    await Promise.all([disk.device.close(), disk.device.close()]);
    await disk.device.close();
    expect(close).toHaveBeenCalledOnce();
  });

  test('fails every request from then on, and asks nothing more of the backend', async () => {
    const before = submitReads(1);
    disk.pump();
    await disk.device.close();
    for (const request of [header(0, 0), concatenate(header(1, 0), pattern(512)), header(4, 0)]) {
      expect(disk.request(request).status).toBe(IOERR);
    }
    expect(disk.id().status).toBe(IOERR);
    expect(backend.operations).toHaveLength(1);
    // What was under way comes back as the backend ends it.
    backend.operations[0].fail(new Error('closed'));
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(disk.answer(before[0], 0).status).toBe(IOERR);
    disk.restart();
    expect(disk.read(0, 512).status).toBe(IOERR);
  });
});
