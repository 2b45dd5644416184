import { expect, test } from 'vitest';
import { BlockDevice, type BlockDeviceParts } from '../../../../src/devices/block/block.ts';
import { Harness } from '../../../support/harness.ts';
import { Disk, emptyDisk } from './disk.ts';

const FLUSH = 9;
const CONFIG_WCE = 11;
const MQ = 12;
const DISCARD = 13;
const WRITE_ZEROES = 14;
const ZONED = 17;

test('a writable disk offers all that can be written, with FLUSH and CONFIG_WCE (BLK-001)', async () => {
  const { device } = await Disk.of(1024 * 1024);
  expect([...device.description.features].sort((a, b) => a - b)).toEqual([
    1,
    2,
    6,
    FLUSH,
    10,
    CONFIG_WCE,
    MQ,
    DISCARD,
    WRITE_ZEROES,
  ]);
  expect(device.description.type).toBe(2);
  expect(device.description.queueSizes).toEqual([256, 256, 256, 256]);
});

test('a read-only disk offers RO and nothing that changes it; FLUSH all the same (BLK-001)', async () => {
  const { device } = await Disk.of(1024 * 1024, { readOnly: true });
  expect([...device.description.features].sort((a, b) => a - b)).toEqual([
    1,
    2,
    5,
    6,
    FLUSH,
    10,
    CONFIG_WCE,
    MQ,
  ]);
});

test('no disk offers ZONED, SECURE_ERASE or LIFETIME (BLK-004, BLK-005, BLK-025)', async () => {
  for (const readOnly of [true, false]) {
    const { features } = (await Disk.of(512, { readOnly })).device.description;
    for (const bit of [ZONED, 15, 16]) expect(features).not.toContain(bit);
  }
});

test('every configuration field has its place and value (5.2.4, BLK-003, BLK-021)', async () => {
  const size = 3 * 2 ** 33 + 512; // more than 2^32 sectors would need 2 TiB; this needs 33 bits of bytes
  const { harness } = await Disk.of(size);
  const { configuration } = harness.control;
  const view = new DataView(configuration.buffer, configuration.byteOffset);
  expect(view.getBigUint64(0, true)).toBe(BigInt(size / 512));
  expect(view.getUint32(8, true)).toBe(2 ** 24 + 512); // size_max
  expect(view.getUint32(12, true)).toBe(254); // seg_max
  expect(view.getUint32(16, true)).toBe(0); // geometry
  expect(view.getUint32(20, true)).toBe(512); // blk_size
  expect(view.getUint8(24)).toBe(3); // physical_block_exp
  expect(view.getUint8(25)).toBe(0); // alignment_offset
  expect(view.getUint16(26, true)).toBe(8); // min_io_size
  expect(view.getUint32(28, true)).toBe(0); // opt_io_size
  expect(view.getUint8(32)).toBe(0); // writeback, until it is negotiated
  expect(view.getUint8(33)).toBe(0); // unused0
  expect(view.getUint16(34, true)).toBe(4); // num_queues
  expect(view.getUint32(36, true)).toBe(2 ** 21); // max_discard_sectors
  expect(view.getUint32(40, true)).toBe(64); // max_discard_seg
  expect(view.getUint32(44, true)).toBe(8); // discard_sector_alignment
  expect(view.getUint32(48, true)).toBe(2 ** 21); // max_write_zeroes_sectors
  expect(view.getUint32(52, true)).toBe(64); // max_write_zeroes_seg
  expect(view.getUint8(56)).toBe(1); // write_zeroes_may_unmap
  expect([57, 58, 59].map((offset) => view.getUint8(offset))).toEqual([0, 0, 0]); // unused1
});

test('the fields of discard and write-zeroes are 0 on a read-only disk', async () => {
  const { harness } = await Disk.of(4096, { readOnly: true });
  expect([...harness.control.configuration.slice(36, 60)]).toEqual(new Array(24).fill(0));
});

/** The fields seg_max and num_queues. */
async function queueFields(parts: Omit<BlockDeviceParts, 'backend'>) {
  const disk = await Disk.of(4096, parts);
  const { buffer, byteOffset } = disk.harness.control.configuration;
  const view = new DataView(buffer, byteOffset);
  return { segments: view.getUint32(12, true), queues: view.getUint16(34, true) };
}

test('a disk with one queue does not offer MQ, and has no num_queues', async () => {
  for (const readOnly of [true, false]) {
    const { device } = await Disk.of(4096, { requestQueues: 1, readOnly });
    expect(device.description.features).not.toContain(MQ);
    expect(device.description.queueSizes).toEqual([256]);
  }
  expect((await queueFields({ requestQueues: 1 })).queues).toBe(0);
});

test('a disk has as many queues as it is told, and says so (5.2.4)', async () => {
  const { device } = await Disk.of(4096, { requestQueues: 7, queueSize: 512 });
  expect(device.description.features).toContain(MQ);
  expect(device.description.queueSizes).toEqual(new Array(7).fill(512));
  expect((await queueFields({ requestQueues: 7, readOnly: true })).queues).toBe(7);
});

test('a request of seg_max segments fits the queue, with one of two as the exception', async () => {
  const sizes = [2, 4, 16, 256, 1024, 32768];
  const maxima = await Promise.all(
    sizes.map(async (queueSize) => (await queueFields({ queueSize })).segments),
  );
  expect(maxima).toEqual([1, 2, 14, 254, 254, 254]);
});

test('segments of size_max, as many as seg_max, fit a chain, and suit SeaBIOS', async () => {
  for (const queueSize of [2, 4, 8, 16, 32, 64, 128, 256, 1024]) {
    const { harness } = await Disk.of(4096, { queueSize });
    const { buffer, byteOffset } = harness.control.configuration;
    const view = new DataView(buffer, byteOffset);
    const data = view.getUint32(8, true) * view.getUint32(12, true);
    expect(data + 16 + 1).toBeLessThan(2 ** 32);
    // The firmware asks for so many bytes at once.
    expect(data % 65536).toBeGreaterThanOrEqual(512);
  }
});

test('a capacity of 2^32 sectors and more fills both halves of the field', async () => {
  const backend = await emptyDisk(512);
  const device = new BlockDevice({ backend: Object.create(backend, { size: { value: 2 ** 42 } }) });
  const harness = new Harness(device);
  expect([...harness.control.configuration.slice(0, 8)]).toEqual([0, 0, 0, 0, 2, 0, 0, 0]);
});

test('a write to the configuration space changes nothing', async () => {
  const { harness } = await Disk.of(4096);
  const before = harness.control.configuration.slice();
  for (let offset = 0; offset < 60; offset += 4) harness.writeConfiguration(offset, 4, 0xffffffff);
  harness.pump();
  expect(harness.control.configuration.slice()).toEqual(before);
});

test('a serial that is too long or not ASCII is refused', async () => {
  const backend = await emptyDisk(512);
  expect(() => new BlockDevice({ backend, serial: 'x'.repeat(21) })).toThrow(/serial/);
  expect(() => new BlockDevice({ backend, serial: 'Platte é' })).toThrow(/serial/);
});
