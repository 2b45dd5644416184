import { DescriptorChain } from '../../../src/ring/chain.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { RING_ELEMENTS_OFFSET, RING_INDEX_OFFSET } from '../../../src/ring/layout.ts';
import { Virtqueue } from '../../../src/ring/virtqueue.ts';
import { layoutAt, writeDescriptor } from '../../support/driver.ts';

/** As many as ringtest has in its ring. */
export const QUEUE_SIZE = 256;
/** Bytes of RAM of the two threads. */
export const RAM_SIZE = 64 * 1024;

/** Words that the two threads have for each other. */
export const RingWord = { doorbell: 0, end: 1, ready: 2 } as const;
export const RING_WORDS = 3;

/** What each of the two workers is told first. */
export interface RingOrder {
  role: 'driver' | 'device';
  ram: SharedArrayBuffer;
  words: Int32Array<SharedArrayBuffer>;
  /** Buffers under way at once, and to be sent in all. */
  depth: number;
  count: number;
}

/** Not 0, which is no address of a queue's parts. */
const LAYOUT = layoutAt(4096, QUEUE_SIZE);
const BUFFER = 32 * 1024;
const BUFFER_LENGTH = 256;

/**
 * The device's thread: takes chains up to the doorbell, with all the checks that guard it against a
 * hostile driver, and gives each back. Shows them to the driver as soon as no more wait.
 */
function serve(memory: GuestMemory, words: Int32Array): void {
  const queue = Virtqueue.create(memory, LAYOUT, false);
  if (typeof queue === 'string') throw new Error(queue);
  const chain = new DescriptorChain(memory);
  Atomics.store(words, RingWord.ready, 1);
  while (Atomics.load(words, RingWord.end) === 0) {
    const doorbell = Atomics.load(words, RingWord.doorbell);
    if (!queue.take(doorbell, chain)) continue;
    do queue.giveBack(chain.head, chain.length(0));
    while (queue.take(doorbell, chain));
    if (queue.fault !== null) throw new Error(queue.fault);
    queue.publish(queue.nextUsed);
  }
}

/** The driver's thread: keeps `depth` buffers under way. @returns milliseconds for `count` of them */
function drive(memory: GuestMemory, { words, depth, count }: RingOrder): number {
  for (let index = 0; index < depth; index++) {
    const address = BUFFER + (index % 64) * BUFFER_LENGTH;
    writeDescriptor(memory, LAYOUT.descriptorTable, index, { address, length: BUFFER_LENGTH });
  }
  while (Atomics.load(words, RingWord.ready) === 0);
  const begin = performance.now();
  let available = 0;
  let collected = 0;
  const offer = (head: number) => {
    const slot = available++ & (QUEUE_SIZE - 1);
    memory.write16(LAYOUT.availableRing + RING_ELEMENTS_OFFSET + 2 * slot, head);
  };
  const ring = () => {
    memory.store16(LAYOUT.availableRing + RING_INDEX_OFFSET, available & 0xffff);
    Atomics.store(words, RingWord.doorbell, available & 0xffff);
  };
  for (let head = 0; head < Math.min(depth, count); head++) offer(head);
  ring();
  while (collected < count) {
    const used = memory.load16(LAYOUT.usedRing + RING_INDEX_OFFSET);
    if (used === (collected & 0xffff)) continue;
    for (; (collected & 0xffff) !== used; collected++) {
      const slot = collected & (QUEUE_SIZE - 1);
      const head = memory.read32(LAYOUT.usedRing + RING_ELEMENTS_OFFSET + 8 * slot);
      if (available < count) offer(head);
    }
    ring();
  }
  const milliseconds = performance.now() - begin;
  Atomics.store(words, RingWord.end, 1);
  return milliseconds;
}

addEventListener('message', ({ data }) => {
  const order = data as RingOrder;
  const memory = new GuestMemory(order.ram, 0, order.ram.byteLength);
  if (order.role === 'device') serve(memory, order.words);
  else postMessage(drive(memory, order));
});
