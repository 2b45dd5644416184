import { describe, expect, test } from 'vitest';
import type { BaseImage, Pending, ReadTarget } from '../../../../src/devices/block/backend.ts';
import { createBlockDevice } from '../../../../src/devices/block/create.ts';
import { MemoryBackend } from '../../../../src/devices/block/memory-backend.ts';
import { Harness, VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';
import {
  clearSegment,
  concatenate,
  Disk,
  expectBytes,
  header,
  memoryDisk,
  pattern,
} from './disk.ts';

const SECTOR = 512;
/** Neither this size nor those that follow are whole pages. */
const SIZE = 2 * 4096 + 3 * SECTOR;
const SECTORS = SIZE / SECTOR;

/** An image of SIZE bytes that must not be read beyond its end. */
class Base implements BaseImage {
  readonly bytes = pattern(SIZE, 5);
  readonly size = SIZE;

  read(offset: number, length: number, target: ReadTarget): Pending {
    expect(offset + length).toBeLessThanOrEqual(SIZE);
    target.put(0, this.bytes, offset, length);
    return undefined;
  }

  async close(): Promise<void> {}
}

describe.each([
  ['in memory', () => memoryDisk(pattern(SIZE, 5))],
  ['in memory over an image', async () => MemoryBackend.over(new Base())],
])('a disk %s that grows', (_, make) => {
  test('is zero where it is new, and as it was elsewhere', async () => {
    const disk = Disk.on(await make());
    const expected = new Uint8Array(SIZE + 20 * SECTOR);
    expected.set(pattern(SIZE, 5));
    const write = (sector: number, bytes: Uint8Array) => {
      expect(disk.write(sector, bytes).status).toBe(0);
      expected.set(bytes, sector * SECTOR);
    };
    // Of the last page a part is written, and a part zeroed, before the disk goes on behind it.
    write(SECTORS - 2, pattern(SECTOR, 7));
    disk.request(concatenate(header(13, 0), clearSegment(SECTORS - 1, 1)));
    expected.fill(0, SIZE - SECTOR, SIZE);
    for (const more of [1, 2, 17]) {
      const size = disk.harness.control.configuration[0] * SECTOR + more * SECTOR;
      disk.device.grow(size);
      disk.harness.pump();
      expectBytes(disk.read(0, size).data, expected.slice(0, size));
      write(size / SECTOR - 1, pattern(SECTOR, more));
      expectBytes(disk.read(0, size).data, expected.slice(0, size));
      expect(disk.read(size / SECTOR, SECTOR).status).toBe(1);
    }
  });

  test('lists changes up to its new end', async () => {
    const backend = await make();
    backend.grow(3 * 4096);
    const disk = Disk.on(backend);
    disk.write(3 * 8 - 1, pattern(SECTOR));
    expect(backend.changes(0, 10)).toEqual({
      ranges: [{ offset: 2 * 4096, length: 4096 }],
      next: null,
    });
    expect(backend.usage.changed).toBe(4096);
  });
});

describe('the driver', () => {
  test('is told by a configuration change notification (BLK-016)', async () => {
    const disk = await Disk.of(SIZE);
    const before = disk.harness.configurationNotifications;
    disk.device.grow(2 ** 42);
    disk.harness.pump();
    expect(disk.harness.configurationNotifications).toBe(before + 1);
    const { configuration } = disk.harness.control;
    expect([...configuration.slice(0, 8)]).toEqual([0, 0, 0, 0, 2, 0, 0, 0]);
  });

  test('finds the new size after a reset', async () => {
    const disk = await Disk.of(SIZE);
    disk.device.grow(SIZE + SECTOR);
    disk.restart();
    expect(disk.read(SECTORS, SECTOR).status).toBe(0);
  });
});

describe('the command', () => {
  /** A disk as the page has it. */
  async function made(readOnly = false) {
    const { device, commands } = await createBlockDevice({ size: SIZE, name: 'vdb', readOnly });
    new Harness(device, { features: [VIRTIO_F_VERSION_1] });
    return commands;
  }

  test.each([
    ['no multiple of 512', SIZE + 1, 'disk-size'],
    ['no number', Number.NaN, 'disk-size'],
    ['more than a disk can have', 2 ** 41 + SECTOR, 'disk-size'],
    ['nothing', 0, 'disk-size'],
    ['less than it has', SIZE - SECTOR, 'disk-shrink'],
  ])('refuses %s, and leaves the disk as it was', async (_, size, code) => {
    const commands = await made();
    expect(() => commands.resize(size)).toThrow(expect.objectContaining({ code }));
    expect(() => commands.resize(size)).toThrow('vdb');
    expect(commands.size()).toBe(SIZE);
  });

  test('refuses to change a read-only disk', async () => {
    const commands = await made(true);
    const error = expect.objectContaining({ code: 'disk-read-only' });
    expect(() => commands.resize(2 * SIZE)).toThrow(error);
  });

  test('takes the size that the disk has', async () => {
    const commands = await made();
    commands.resize(SIZE);
    commands.resize(2 * SIZE);
    expect(commands.size()).toBe(2 * SIZE);
  });
});

test('what is done is counted: bytes read and written, and requests that came back', async () => {
  const disk = await Disk.of(SIZE);
  disk.write(0, pattern(3 * SECTOR));
  disk.read(1, 2 * SECTOR);
  disk.read(SECTORS, SECTOR); // fails, beyond the end
  disk.request(header(4, 0));
  disk.request(concatenate(header(13, 0), clearSegment(0, 1)));
  expect(disk.device.traffic).toEqual({ bytesRead: 1024, bytesWritten: 1536, requests: 5 });
  disk.restart();
  disk.read(0, SECTOR);
  expect(disk.device.traffic).toEqual({ bytesRead: 1536, bytesWritten: 1536, requests: 6 });
});
