import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BlockBackend } from '../../../../src/devices/block/backend.ts';
import { Disk, expectBytes, header, NO_STATUS, pattern, STANDARD_FEATURES } from './disk.ts';
import { SlowBackend, settled } from './slow-backend.ts';

const MQ = 12;
const QUEUES = 4;
const OK = 0;

let backend: SlowBackend;
let disk: Disk;

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  backend = new SlowBackend();
  disk = severalQueues(backend);
});

afterEach(() => {
  disk.harness.checkCanaries();
  vi.restoreAllMocks();
});

/** A disk whose driver has set all four queues up. */
function severalQueues(on: BlockBackend, features = [...STANDARD_FEATURES, MQ]): Disk {
  const made = Disk.on(on, features);
  for (let queue = 1; queue < QUEUES; queue++) made.harness.enableQueue(queue, 256);
  made.harness.pump();
  return made;
}

/** The driver makes a read of one sector available in `queue` and notifies; nobody looks yet. */
function submitRead(queue: number, sector: number) {
  const submitted = disk.submit(header(0, sector), 512, { queue });
  disk.harness.ring(queue);
  return submitted;
}

const sectorsRead = () => backend.operations.map(({ offset }) => offset / 512);

/** The backend answers operation `index` with a pattern of that number. */
async function answer(index: number): Promise<void> {
  backend.operations[index].target?.put(0, pattern(512, index), 0, 512);
  backend.operations[index].finish();
  await settled();
  disk.harness.pump();
}

describe('several request queues (5.2.2)', () => {
  test('are each served, and each gets its own requests back', async () => {
    const submitted = [0, 1, 2, 3].map((queue) => submitRead(queue, queue));
    disk.harness.pump();
    for (const queue of [3, 1, 0, 2]) {
      await answer(queue);
      const used = disk.harness.driver(queue).collectUsed();
      expect(used).toEqual([{ id: submitted[queue].head, len: 513 }]);
      const { status, data } = disk.answer(submitted[queue], 513);
      expect(status).toBe(OK);
      expectBytes(data, pattern(512, queue));
    }
  });

  test('take turns: a full queue keeps no other waiting', () => {
    for (let sector = 0; sector < 20; sector++) submitRead(0, sector);
    submitRead(2, 40);
    submitRead(2, 41);
    submitRead(3, 60);
    disk.harness.pump();
    expect(sectorsRead().slice(0, 8)).toEqual([0, 40, 60, 1, 41, 2, 3, 4]);
    expect(backend.operations).toHaveLength(23);
  });

  test('are served though the queues before them have nothing', () => {
    submitRead(3, 5);
    disk.harness.pump();
    expect(sectorsRead()).toEqual([5]);
  });

  test('need MQ: to a driver without it there is only the first', () => {
    disk = severalQueues(backend, STANDARD_FEATURES);
    submitRead(1, 1);
    submitRead(0, 0);
    disk.harness.pump();
    expect(sectorsRead()).toEqual([0]);
  });

  test('that are set up while others work leave the requests of those alone', async () => {
    const submitted = submitRead(0, 0);
    disk.harness.pump();
    disk.harness.enableQueue(1, 16);
    disk.harness.pump();
    await answer(0);
    expect(disk.answer(submitted, 513).status).toBe(OK);
    expect(disk.driver.collectUsed()).toHaveLength(1);
  });

  test('are reset alone: the requests of the others are answered', async () => {
    const kept = submitRead(1, 1);
    const lost = submitRead(2, 2);
    disk.harness.pump();
    disk.harness.resetQueue(2);
    await answer(0);
    expect(disk.answer(kept, 513).status).toBe(OK);
    expect(() => backend.operations[1].target?.put(0, pattern(512), 0, 512)).toThrow();
    backend.operations[1].finish();
    await settled();
    disk.harness.pump();
    expect(disk.answer(lost, 0).status).toBe(NO_STATUS);
  });

  test('share their fate: a fault in one makes the device need a reset', () => {
    // A chain that leads to itself: descriptor 0 with NEXT, and `next` 0.
    const { layout } = disk.harness.driver(2);
    const view = new DataView(disk.harness.bytes.buffer, disk.harness.bytes.byteOffset);
    view.setBigUint64(layout.descriptorTable, 4096n, true);
    view.setUint32(layout.descriptorTable + 8, 16, true);
    view.setUint32(layout.descriptorTable + 12, 1, true);
    view.setUint16(layout.availableRing + 2, 1, true);
    disk.harness.ringWith(2, 1);
    disk.harness.pump();
    expect(disk.harness.needsReset).toBe(true);
    submitRead(0, 0);
    disk.harness.pump();
    expect(backend.operations).toEqual([]);
  });
});
