import { describe, expect, test, vi } from 'vitest';
import {
  clearSegment,
  concatenate,
  Disk,
  expectBytes,
  header,
  memoryDisk,
  NO_STATUS,
  pattern,
  sectors,
  UNTOUCHED,
} from './disk.ts';

const OK = 0;
const IOERR = 1;
const UNSUPP = 2;
const IN = 0;
const OUT = 1;
const FLUSH = 4;
const DISCARD = 11;
const WRITE_ZEROES = 13;

const SIZE = 256 * 1024;
const CAPACITY = SIZE / 512;

describe('read and write', () => {
  test('what was written is read back; the lengths count the status byte', async () => {
    const disk = await Disk.of(SIZE);
    const bytes = pattern(sectors(24));
    expect(disk.write(9, bytes)).toMatchObject({ status: OK, written: 1 });
    const answer = disk.read(9, bytes.length);
    expect(answer).toMatchObject({ status: OK, written: bytes.length + 1 });
    expectBytes(answer.data, bytes);
    disk.harness.checkCanaries();
  });

  test('sectors beside a write stay as they were', async () => {
    const disk = await Disk.of(SIZE);
    disk.write(0, pattern(sectors(32), 1));
    disk.write(7, pattern(sectors(3), 99));
    const expected = pattern(sectors(32), 1);
    expected.set(pattern(sectors(3), 99), sectors(7));
    expectBytes(disk.read(0, sectors(32)).data, expected);
  });

  test('what was never written is zero', async () => {
    const disk = await Disk.of(SIZE);
    expectBytes(disk.read(5, sectors(16)).data, new Uint8Array(sectors(16)));
  });

  test('the last sector can be read and written', async () => {
    const disk = await Disk.of(SIZE);
    expect(disk.write(CAPACITY - 1, pattern(512)).status).toBe(OK);
    expectBytes(disk.read(CAPACITY - 1, 512).data, pattern(512));
  });

  test.each([
    ['one sector beyond the end', CAPACITY, 512],
    ['over the end', CAPACITY - 1, 1024],
    ['far beyond', 2 ** 32, 512],
    ['at the largest sector', 2n ** 64n - 1n, 512],
    ['where sector times 512 wraps at 64 bits', 2n ** 55n, 512],
    ['of no bytes beyond the end', CAPACITY + 1, 0],
  ])('%s is an I/O error, and nothing is touched', async (_, sector, length) => {
    const disk = await Disk.of(SIZE);
    disk.write(0, pattern(SIZE));
    const read = disk.read(sector, length);
    expect(read.status).toBe(IOERR);
    expectBytes(read.data, new Uint8Array(length).fill(UNTOUCHED));
    expect(disk.write(sector, new Uint8Array(length)).status).toBe(IOERR);
    expectBytes(disk.read(0, SIZE).data, pattern(SIZE));
    disk.harness.checkCanaries();
  });

  test.each([1, 511, 513, 4095])('%i bytes are no whole sectors: an I/O error', async (length) => {
    const disk = await Disk.of(SIZE);
    const read = disk.read(0, length);
    expect(read.status).toBe(IOERR);
    expectBytes(read.data, new Uint8Array(length).fill(UNTOUCHED));
    expect(disk.write(0, pattern(length)).status).toBe(IOERR);
    expectBytes(disk.read(0, 4096).data, new Uint8Array(4096));
  });

  test('a failed read promises only bytes that were written from the beginning on (SPLIT-013)', async () => {
    const disk = await Disk.of(SIZE);
    // The status byte lies behind 512 bytes that were not written: none is promised.
    expect(disk.read(CAPACITY, 512).written).toBe(0);
    expect(disk.read(CAPACITY + 1, 0).written).toBe(1);
  });

  test('a write may leave more room than the status byte needs', async () => {
    const disk = await Disk.of(SIZE);
    const answer = disk.request(concatenate(header(OUT, 3), pattern(512)), 100);
    expect(answer).toMatchObject({ status: OK, written: 0 });
    expectBytes(answer.data, new Uint8Array(100).fill(UNTOUCHED));
    expectBytes(disk.read(3, 512).data, pattern(512));
  });

  test('what follows the header of a read is ignored', async () => {
    const disk = await Disk.of(SIZE);
    disk.write(3, pattern(512));
    const answer = disk.request(concatenate(header(IN, 3), pattern(77, 5)), 512);
    expect(answer).toMatchObject({ status: OK, written: 513 });
    expectBytes(answer.data, pattern(512));
  });

  test('no bytes can be read and written', async () => {
    const disk = await Disk.of(SIZE);
    expect(disk.read(0, 0)).toMatchObject({ status: OK, written: 1 });
    expect(disk.write(0, new Uint8Array(0))).toMatchObject({ status: OK, written: 1 });
  });

  test('a write to a read-only disk is an I/O error and writes nothing (BLK-017)', async () => {
    const backend = await memoryDisk(pattern(4096));
    const disk = new Disk({ backend, readOnly: true });
    expect(disk.write(0, new Uint8Array(512))).toMatchObject({ status: IOERR, written: 1 });
    expectBytes(disk.read(0, 4096).data, pattern(4096));
    expect(backend.changes(0, 1).ranges).toEqual([]);
  });
});

describe('other requests', () => {
  test('flush is answered', async () => {
    const disk = await Disk.of(SIZE);
    expect(disk.request(header(FLUSH, 0))).toMatchObject({ status: OK, written: 1 });
  });

  test('get-id gives 20 bytes, filled up with zeros', async () => {
    const disk = await Disk.of(SIZE, { serial: 'ringbox-1' });
    const answer = disk.id();
    expect(answer).toMatchObject({ status: OK, written: 21 });
    const text = new TextDecoder().decode(answer.data);
    expect(text).toBe(`ringbox-1${'\0'.repeat(11)}`);
  });

  test('get-id with a serial of 20 characters has no zero at its end', async () => {
    const disk = await Disk.of(SIZE, { serial: '01234567890123456789' });
    expect(new TextDecoder().decode(disk.id().data)).toBe('01234567890123456789');
  });

  test('get-id into a longer buffer leaves the rest, into a shorter one is an I/O error', async () => {
    const disk = await Disk.of(SIZE, { serial: 'abc' });
    const longer = disk.id(30);
    expect(longer).toMatchObject({ status: OK, written: 20 });
    expect([...longer.data.slice(20)]).toEqual(new Array(10).fill(UNTOUCHED));
    const warn = vi.spyOn(console, 'warn');
    const shorter = disk.id(19);
    expect(warn).not.toHaveBeenCalled(); // the driver's mistake, not the disk's
    expect(shorter.status).toBe(IOERR);
    expect([...shorter.data]).toEqual(new Array(19).fill(UNTOUCHED));
  });

  test.each([
    ['SCSI command', 2],
    ['GET_LIFETIME', 10],
    ['SECURE_ERASE', 14],
    ['ZONE_APPEND', 15],
    ['ZONE_REPORT', 16],
    ['ZONE_OPEN', 18],
    ['ZONE_CLOSE', 20],
    ['ZONE_FINISH', 22],
    ['ZONE_RESET', 24],
    ['ZONE_RESET_ALL', 26],
    ['one that nobody knows', 0xffffffff],
  ])('%s is not supported (BLK-027)', async (_, type) => {
    const disk = await Disk.of(SIZE);
    disk.write(0, pattern(512));
    expect(disk.request(concatenate(header(type, 0), new Uint8Array(512)))).toMatchObject({
      status: UNSUPP,
      written: 1,
    });
    const room = disk.request(header(type, 0), 512);
    expect(room).toMatchObject({ status: UNSUPP, written: 0 });
    expectBytes(room.data, new Uint8Array(512).fill(UNTOUCHED));
    expectBytes(disk.read(0, 512).data, pattern(512));
  });

  test.each([1, 4, 15])('a header of %i bytes is an I/O error', async (length) => {
    const disk = await Disk.of(SIZE);
    const cut = header(IN, 0).subarray(0, length);
    expect(disk.request(cut, 512).status).toBe(IOERR);
    expect(disk.request(cut, 0)).toMatchObject({ status: IOERR, written: 1 });
  });

  test('a request that is all writable has no header: an I/O error', async () => {
    const disk = await Disk.of(SIZE);
    const writable = disk.harness.space(64);
    disk.driver.add([], [writable]);
    disk.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(disk.harness.contents(writable)[63]).toBe(IOERR);
  });

  test('without a status byte nothing can be answered: the device needs a reset', async () => {
    const disk = await Disk.of(SIZE);
    disk.driver.add([disk.harness.buffer(concatenate(header(OUT, 0), pattern(512)))], []);
    const later = disk.submit(header(FLUSH, 0), 0);
    disk.pump();
    expect(disk.harness.needsReset).toBe(true);
    expect(disk.driver.collectUsed()).toEqual([]);
    expect(disk.harness.bytes[later.status]).toBe(NO_STATUS);
    disk.restart();
    expect(disk.harness.needsReset).toBe(false);
    expect(disk.read(0, 512)).toMatchObject({ status: OK, data: new Uint8Array(512) });
  });

  test('nothing is taken before DRIVER_OK (BASIC-001)', async () => {
    const disk = await Disk.of(SIZE);
    disk.harness.reset();
    disk.driver = disk.harness.enableQueue(0, 8);
    const early = disk.submit(header(FLUSH, 0), 0);
    disk.pump();
    expect(disk.driver.collectUsed()).toEqual([]);
    expect(disk.harness.bytes[early.status]).toBe(NO_STATUS);
    disk.harness.driverOk();
    expect(disk.driver.collectUsed()).toHaveLength(1);
  });
});

describe('discard and write-zeroes', () => {
  const full = async () => {
    const disk = await Disk.of(SIZE);
    disk.write(0, pattern(SIZE));
    return disk;
  };

  test.each([
    ['discard', DISCARD, 0],
    ['write-zeroes', WRITE_ZEROES, 0],
    ['write-zeroes with unmap', WRITE_ZEROES, 1],
  ])('%s of several segments makes just those zero (BLK-020)', async (_, type, flags) => {
    const disk = await full();
    const segments = [
      clearSegment(1, 2, flags),
      clearSegment(128, 129, flags),
      clearSegment(CAPACITY - 1, 1, flags),
      clearSegment(20, 0, flags),
    ];
    const answer = disk.request(concatenate(header(type, 0), ...segments));
    expect(answer).toMatchObject({ status: OK, written: 1 });
    const expected = pattern(SIZE)
      .fill(0, 512, 1536)
      .fill(0, 65536, 65536 + 129 * 512);
    expected.fill(0, SIZE - 512);
    expectBytes(disk.read(0, SIZE).data, expected);
  });

  test.each([
    ['discard with unmap (BLK-019)', DISCARD, 1],
    ['discard with an unknown flag (BLK-018)', DISCARD, 2],
    ['write-zeroes with an unknown flag (BLK-018)', WRITE_ZEROES, 2],
    ['write-zeroes with unmap and an unknown flag (BLK-018)', WRITE_ZEROES, 0x80000001],
  ])('%s is not supported, and no segment is carried out', async (_, type, flags) => {
    const disk = await full();
    // A second mistake beside it changes nothing: the flag decides.
    for (const sector of [4, CAPACITY]) {
      const segments = [clearSegment(0, 1), clearSegment(sector, 1, flags)];
      const answer = disk.request(concatenate(header(type, 0), ...segments));
      expect(answer).toMatchObject({ status: UNSUPP, written: 1 });
    }
    expectBytes(disk.read(0, SIZE).data, pattern(SIZE));
  });

  test.each([
    ['a range beyond the end', clearSegment(CAPACITY, 1)],
    ['a range over the end', clearSegment(CAPACITY - 1, 2)],
    ['a sector of 64 bits', clearSegment(2n ** 64n - 1n, 1)],
    ['too many sectors', clearSegment(0, 2 ** 21 + 1)],
    ['2^32 - 1 sectors', clearSegment(0, 0xffffffff)],
    ['a segment cut short', clearSegment(0, 1).subarray(0, 15)],
    ['no segment', new Uint8Array(0)],
  ])('%s is an I/O error, and no segment is carried out', async (_, last) => {
    for (const type of [DISCARD, WRITE_ZEROES]) {
      const disk = await full();
      const before = last.length === 0 ? last : clearSegment(0, 1);
      expect(disk.request(concatenate(header(type, 0), before, last)).status).toBe(IOERR);
      expectBytes(disk.read(0, SIZE).data, pattern(SIZE));
    }
  });

  test('64 segments are taken, 65 are an I/O error', async () => {
    const disk = await full();
    const many = Array.from({ length: 65 }, (_, index) => clearSegment(2 * index, 1));
    expect(disk.request(concatenate(header(DISCARD, 0), ...many)).status).toBe(IOERR);
    expectBytes(disk.read(0, SIZE).data, pattern(SIZE));
    expect(disk.request(concatenate(header(DISCARD, 0), ...many.slice(1))).status).toBe(OK);
    const expected = pattern(SIZE);
    for (let index = 1; index < 65; index++) expected.fill(0, index * 1024, index * 1024 + 512);
    expectBytes(disk.read(0, SIZE).data, expected);
  });

  test('an unknown flag outranks a wrong number of bytes (BLK-018, BLK-019)', async () => {
    const disk = await full();
    const many = Array.from({ length: 65 }, (_, index) => clearSegment(2 * index, 1, 2));
    expect(disk.request(concatenate(header(WRITE_ZEROES, 0), ...many)).status).toBe(UNSUPP);
    const stray = concatenate(header(DISCARD, 0), clearSegment(0, 1, 1), new Uint8Array(3));
    expect(disk.request(stray).status).toBe(UNSUPP);
    expectBytes(disk.read(0, SIZE).data, pattern(SIZE));
  });

  test('both are refused on a read-only disk, and change nothing (BLK-017)', async () => {
    const backend = await memoryDisk(pattern(4096));
    const disk = new Disk({ backend, readOnly: true });
    for (const type of [DISCARD, WRITE_ZEROES]) {
      const answer = disk.request(concatenate(header(type, 0), clearSegment(0, 8)));
      expect(answer.status).toBe(IOERR);
    }
    expectBytes(disk.read(0, 4096).data, pattern(4096));
  });

  test('2^21 sectors of a large disk are cleared, one more is an I/O error', async () => {
    const disk = await Disk.of(2 ** 31);
    for (const type of [DISCARD, WRITE_ZEROES]) {
      const request = (sectors: number) => concatenate(header(type, 0), clearSegment(0, sectors));
      expect(disk.request(request(2 ** 21)).status).toBe(OK);
      expect(disk.request(request(2 ** 21 + 1)).status).toBe(IOERR);
    }
  });

  test('zeroed chunks are freed', async () => {
    const backend = await memoryDisk(pattern(SIZE));
    const disk = new Disk({ backend });
    expect(backend.allocated).toBe(SIZE);
    disk.request(concatenate(header(DISCARD, 0), clearSegment(128, 256)));
    expect(backend.allocated).toBe(SIZE - 2 * 65536);
    // Half of a chunk, then the other half.
    disk.request(concatenate(header(WRITE_ZEROES, 0), clearSegment(0, 64)));
    expect(backend.allocated).toBe(SIZE - 2 * 65536);
    disk.request(concatenate(header(WRITE_ZEROES, 0), clearSegment(64, 64)));
    expect(backend.allocated).toBe(SIZE - 3 * 65536);
    disk.request(concatenate(header(WRITE_ZEROES, 0), clearSegment(0, CAPACITY, 1)));
    expect(backend.allocated).toBe(0);
  });
});

test('a full queue of requests is answered in one go, each with its own data', async () => {
  const disk = await Disk.of(SIZE);
  disk.write(0, pattern(SIZE));
  const submitted = Array.from({ length: 64 }, (_, index) =>
    disk.submit(header(IN, index), 512, { readable: [8], writable: [512] }),
  );
  disk.pump();
  expect(disk.driver.collectUsed().every(({ len }) => len === 513)).toBe(true);
  for (const [index, request] of submitted.entries()) {
    const expected = pattern(SIZE).slice(index * 512, index * 512 + 512);
    const { status, data } = disk.answer(request, 513);
    expect(status).toBe(OK);
    expectBytes(data, expected);
  }
});
