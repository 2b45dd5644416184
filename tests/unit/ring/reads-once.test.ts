import { expect, test } from 'vitest';
import { DescriptorChain } from '../../../src/ring/chain.ts';
import { Device } from '../../../src/ring/device.ts';
import { GuestMemory, type GuestRange } from '../../../src/ring/guest-memory.ts';
import { Virtqueue } from '../../../src/ring/virtqueue.ts';
import { Driver, layoutAt } from '../../support/driver.ts';

/** Where queues begin: 0 is no address. */
const QUEUE = 16;

/**
 * What is read twice may have changed in between: a check of the first value says nothing about
 * the second. So no byte that the guest owns may be read more than once.
 */
class WatchedMemory extends GuestMemory {
  /** How often each byte was read since the last `forget`. */
  readonly reads: Uint8Array;

  constructor(size: number) {
    super(new SharedArrayBuffer(size), 0, size);
    this.reads = new Uint8Array(size);
  }

  forget(): void {
    this.reads.fill(0);
  }

  /** How often the byte that was read most was read. */
  get most(): number {
    return this.reads.reduce((most, count) => Math.max(most, count), 0);
  }

  override read8(address: number): number {
    this.#count(address, 1);
    return super.read8(address);
  }

  override read16(address: number): number {
    this.#count(address, 2);
    return super.read16(address);
  }

  override read32(address: number): number {
    this.#count(address, 4);
    return super.read32(address);
  }

  override load16(address: number): number {
    this.#count(address, 2);
    return super.load16(address);
  }

  override copyOut(address: number, target: Uint8Array, offset: number, length: number): void {
    this.#count(address, length);
    super.copyOut(address, target, offset, length);
  }

  #count(address: number, length: number): void {
    for (let byte = 0; byte < length; byte++) this.reads[address + byte]++;
  }
}

test('taking a chain reads each byte of descriptors and available ring at most once', () => {
  const memory = new WatchedMemory(64 * 1024);
  const driver = new Driver(memory, layoutAt(QUEUE, 16), () => 0x8000);
  const queue = Virtqueue.create(memory, driver.layout, true);
  if (typeof queue === 'string') throw new Error(queue);
  const chain = new DescriptorChain(memory);
  const buffer = (at: number) => ({ address: 0x9000 + at, length: 16 });
  driver.add([buffer(0), buffer(16)], [buffer(32), buffer(48)]);
  driver.add([buffer(0), buffer(16)], [buffer(32), buffer(48)], { indirect: true, direct: 1 });
  memory.forget();
  expect(queue.take(2, chain)).toBe(true);
  expect(queue.take(2, chain)).toBe(true);
  expect(memory.most).toBe(1);
  const { availableRing, usedRing } = driver.layout;
  // Flags and idx of the available ring are not the worker's to look at (the doorbell rule).
  expect([...memory.reads.subarray(availableRing, availableRing + 4)]).toEqual([0, 0, 0, 0]);
  expect([...memory.reads.subarray(availableRing + 4, availableRing + 8)]).toEqual([1, 1, 1, 1]);
  expect(
    memory.reads
      .subarray(usedRing)
      .slice(0, 134)
      .every((count) => count === 0),
  ).toBe(true);
  expect(memory.reads.subarray(0x9000).every((count) => count === 0)).toBe(true);
});

test('a Device reads nothing at all', () => {
  const memory = new WatchedMemory(4096);
  const device = Device.create(memory.range(0, Device.usedLenForQueueSize(8)) as GuestRange);
  if (device === null) throw new Error('no device');
  for (let index = 0; index < 20; index++) {
    device.insertUsed({ id: index, len: index }, index);
    device.publishUsed(index + 1);
  }
  expect(memory.most).toBe(0);
});
