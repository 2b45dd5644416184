import { beforeEach, describe, expect, test } from 'vitest';
import { ArrayTarget } from '../../../../src/devices/block/buffers.ts';
import { Store } from '../../../../src/devices/block/store/store.ts';
import { StoreBackend } from '../../../../src/devices/block/store/store-backend.ts';
import { FaultFile } from '../../../support/fault-file.ts';
import { VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';
import { clearSegment, concatenate, Disk, expectBytes, header, pattern } from './disk.ts';
import { SlowBackend, settled } from './slow-backend.ts';

const FLUSH = 9;
const CONFIG_WCE = 11;
const WRITEBACK = 32;

const WRITE = concatenate(header(1, 0), pattern(512));
const REQUESTS = [
  ['write', WRITE],
  ['discard', concatenate(header(11, 0), clearSegment(0, 1))],
  ['write-zeroes', concatenate(header(13, 0), clearSegment(0, 1))],
] as const;

let backend: SlowBackend;
let disk: Disk;

beforeEach(() => {
  backend = new SlowBackend();
  disk = Disk.on(backend, [VIRTIO_F_VERSION_1, FLUSH, CONFIG_WCE]);
});

/** What the CPU thread does when the driver writes the field: see driver-flags.test.ts. */
function choose(writeback: 0 | 1): void {
  Atomics.store(disk.harness.control.configuration, WRITEBACK, writeback);
}

const names = () => backend.operations.map(({ name }) => name);

/** Finishes operation `index`, and lets the device go on. @returns requests that came back */
async function finish(index: number): Promise<number> {
  backend.operations[index].finish();
  await settled();
  disk.harness.pump();
  return disk.driver.collectUsed().length;
}

describe('while writeback is 0', () => {
  test.each(REQUESTS)('a %s comes back once it is flushed (BLK-023)', async (name, request) => {
    choose(0);
    disk.submit(request, 0);
    disk.pump();
    expect(await finish(0)).toBe(0);
    expect(names()).toEqual([name === 'write-zeroes' ? 'writeZeroes' : name, 'flush']);
    expect(await finish(1)).toBe(1);
  });

  test('a request whose flush fails has failed', async () => {
    choose(0);
    const submitted = disk.submit(WRITE, 0);
    disk.pump();
    await finish(0);
    backend.operations[1].fail(new Error('no room'));
    await settled();
    disk.harness.pump();
    expect(disk.driver.collectUsed()).toHaveLength(1);
    expect(disk.answer(submitted, 0).status).toBe(1);
  });

  test('so it is for a driver that knows no flush, until it chooses otherwise (BLK-002)', async () => {
    disk = Disk.on(backend, [VIRTIO_F_VERSION_1, CONFIG_WCE]);
    disk.submit(WRITE, 0);
    disk.pump();
    expect(await finish(0)).toBe(0);
    expect(await finish(1)).toBe(1);
    choose(1);
    disk.submit(WRITE, 0);
    disk.pump();
    expect(await finish(2)).toBe(1);
    expect(names()).toEqual(['write', 'flush', 'write']);
  });
});

test.each([
  [0, true],
  [1, false],
] as const)(
  'with writeback %i a write that came back outlives a power cut: %s',
  (writeback, kept) => {
    const file = new FaultFile();
    const store = new StoreBackend(Store.create(file, 65536, ''), null);
    disk = Disk.on(store, [VIRTIO_F_VERSION_1, FLUSH, CONFIG_WCE]);
    choose(writeback);
    expect(disk.write(8, pattern(4096)).status).toBe(0);
    const left = new StoreBackend(Store.open(file.afterPowerCut(() => 0)), null);
    const bytes = new Uint8Array(4096);
    left.read(4096, 4096, new ArrayTarget(bytes));
    expectBytes(bytes, kept ? pattern(4096) : new Uint8Array(4096));
  },
);

describe('while writeback is 1', () => {
  test.each(REQUESTS)('a %s comes back without a flush', async (_, request) => {
    choose(1);
    disk.submit(request, 0);
    disk.pump();
    expect(await finish(0)).toBe(1);
    expect(backend.operations).toHaveLength(1);
  });
});

test('a request is served as its driver chose before it, in whatever round', async () => {
  choose(1);
  // The first write is under way, in the middle of a round, when the driver makes its choice.
  const { write } = backend;
  backend.write = (...args) => {
    backend.write = write;
    choose(0);
    disk.submit(WRITE, 0);
    disk.harness.ring(0);
    return write.apply(backend, args);
  };
  disk.submit(WRITE, 0);
  disk.harness.ring(0);
  disk.harness.poll();
  expect(names()).toEqual(['write', 'write']);
  expect(await finish(1)).toBe(0);
  expect(names()).toEqual(['write', 'write', 'flush']);
  expect(await finish(2)).toBe(1);
});
