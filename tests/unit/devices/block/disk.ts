import type { BlockBackend } from '../../../../src/devices/block/backend.ts';
import { BlockDevice, type BlockDeviceParts } from '../../../../src/devices/block/block.ts';
import {
  SECTOR_SIZE,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_T_GET_ID,
  VIRTIO_BLK_T_IN,
} from '../../../../src/devices/block/layout.ts';
import { MemoryBackend } from '../../../../src/devices/block/memory-backend.ts';
import type { AddOptions, Driver, Segment } from '../../../support/driver.ts';
import { Harness, VIRTIO_F_INDIRECT_DESC, VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';

/** What no status is: shows that the device has not written one. */
export const NO_STATUS = 0xee;
/** What buffers for reading are filled with before. */
export const UNTOUCHED = 0x5a;

export const STANDARD_FEATURES = [VIRTIO_F_VERSION_1, VIRTIO_F_INDIRECT_DESC, VIRTIO_BLK_F_FLUSH];

export interface Answer {
  status: number;
  /** The device-writable part without the status byte. */
  data: Uint8Array;
  /** `len` of the used element. */
  written: number;
}

export interface RequestFraming extends AddOptions {
  /** Cuts the device-readable part into descriptors of these lengths (the rest in one). */
  readable?: number[];
  /** Cuts the device-writable part likewise. */
  writable?: number[];
  /** Which queue to use, the first unless told; the test has enabled it. */
  queue?: number;
}

/** A request that was made available, with its buffers. */
export interface Submitted {
  head: number;
  status: number;
  writable: Segment;
}

/** The 16 bytes of a request header. */
export function header(type: number, sector: number | bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return bytes;
}

/** One segment of a discard or write-zeroes request. */
export function clearSegment(sector: number | bigint, sectors: number, flags = 0): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sector), true);
  view.setUint32(8, sectors, true);
  view.setUint32(12, flags, true);
  return bytes;
}

export function concatenate(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Bytes that differ from each other and from their neighbours: `seed` tells patterns apart. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 7 + (index >> 8) * 13 + seed;
  return bytes;
}

/**
 * Expects the same bytes. (For large arrays `toEqual` takes seconds.)
 * @throws Error that names the first difference
 */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} bytes instead of ${expected.length}`);
  }
  if (Buffer.compare(actual, expected) === 0) return;
  const index = actual.findIndex((byte, at) => byte !== expected[at]);
  throw new Error(`byte ${index} is ${actual[index]}, not ${expected[index]}`);
}

/** A memory disk of `size` bytes of zeros. */
export function emptyDisk(size: number): Promise<MemoryBackend> {
  return MemoryBackend.create({ size });
}

/** A memory disk with these bytes. */
export function memoryDisk(bytes: Uint8Array<ArrayBuffer>): Promise<MemoryBackend> {
  return MemoryBackend.create({ image: new Blob([bytes]).stream() });
}

/** A block device with an honest driver, one request at a time or many. */
export class Disk {
  readonly device: BlockDevice;
  readonly harness: Harness;
  driver: Driver;

  constructor(
    parts: BlockDeviceParts,
    features: readonly number[] = STANDARD_FEATURES,
    memorySize = 4 * 1024 * 1024,
  ) {
    this.device = new BlockDevice(parts);
    this.harness = new Harness(this.device, { memorySize, features });
    this.driver = this.harness.enableQueue(0, 256);
    this.harness.driverOk();
  }

  static async of(size: number, parts: Omit<BlockDeviceParts, 'backend'> = {}): Promise<Disk> {
    return new Disk({ ...parts, backend: await emptyDisk(size) });
  }

  static on(backend: BlockBackend, features?: readonly number[]): Disk {
    return new Disk({ backend }, features);
  }

  /** Makes a request available; does not notify. `room` is what can be read, without the status. */
  submit(readable: Uint8Array, room: number, framing: RequestFraming = {}): Submitted {
    const source = this.harness.buffer(readable);
    const writable = this.harness.space(room + 1);
    this.harness.bytes.fill(UNTOUCHED, writable.address, writable.address + room);
    const status = writable.address + room;
    this.harness.bytes[status] = NO_STATUS;
    const driver = framing.queue === undefined ? this.driver : this.harness.driver(framing.queue);
    const head = driver.add(
      cut(source, framing.readable ?? []),
      cut(writable, framing.writable ?? []),
      framing,
    );
    return { head, status, writable };
  }

  /** The driver notifies; the device does what it can. */
  pump(): void {
    this.harness.ring(0);
    this.harness.pump();
  }

  /** One request from beginning to end. @throws Error when the device does not answer it */
  request(readable: Uint8Array, room = 0, framing: RequestFraming = {}): Answer {
    const submitted = this.submit(readable, room, framing);
    this.pump();
    const used = this.driver.collectUsed();
    if (used.length !== 1) throw new Error(`${used.length} answers to one request`);
    return this.answer(submitted, used[0].len);
  }

  answer({ status, writable }: Submitted, written: number): Answer {
    const data = this.harness.contents({ ...writable, length: writable.length - 1 });
    return { status: this.harness.bytes[status], data, written };
  }

  read(sector: number | bigint, length: number): Answer {
    return this.request(header(VIRTIO_BLK_T_IN, sector), length);
  }

  write(sector: number | bigint, bytes: Uint8Array): Answer {
    return this.request(concatenate(header(1, sector), bytes));
  }

  id(room = 20): Answer {
    return this.request(header(VIRTIO_BLK_T_GET_ID, 0), room);
  }

  /** The driver resets the device and sets it up again. */
  restart(queueSize = 256): void {
    this.harness.reset();
    this.harness.negotiate(STANDARD_FEATURES);
    this.driver = this.harness.enableQueue(0, queueSize);
    this.harness.driverOk();
  }
}

/** `segment` in pieces of these lengths; what they leave is the last piece. */
function cut(segment: Segment, lengths: readonly number[]): Segment[] {
  const pieces: Segment[] = [];
  let taken = 0;
  for (const length of lengths) {
    const piece = Math.min(length, segment.length - taken);
    pieces.push({ address: segment.address + taken, length: piece });
    taken += piece;
  }
  if (taken < segment.length) {
    pieces.push({ address: segment.address + taken, length: segment.length - taken });
  }
  return pieces.filter(({ length }, index) => length > 0 || index > 0);
}

export const sectors = (count: number): number => count * SECTOR_SIZE;
