import { Worker } from 'node:worker_threads';
import { VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from 'ringbox/ring';
import { layout, share } from './queue.js';

// The driver: a text to be read, and a buffer for the answer, in a chain of two descriptors.
const { buffer, words, memory } = share();
const device = new Worker(new URL('./device.js', import.meta.url), { workerData: buffer });
const text = new TextEncoder().encode('hello from the other thread');
memory.copyIn(8192, text, 0, text.length);

function writeDescriptor(index, address, length, flags, next) {
  const descriptor = layout.descriptorTable + 16 * index;
  memory.write32(descriptor, address);
  memory.write32(descriptor + 8, length);
  memory.write32(descriptor + 12, flags | (next << 16));
}
writeDescriptor(0, 8192, text.length, VIRTQ_DESC_F_NEXT, 1);
writeDescriptor(1, 12288, 64, VIRTQ_DESC_F_WRITE, 0);
memory.write16(layout.availableRing + 4, 0);
memory.store16(layout.availableRing + 2, 1);

// The doorbell, and the wait for what the device gives back.
Atomics.store(words, 0, 1);
Atomics.notify(words, 0);
await Atomics.waitAsync(words, 1, 0).value;

const answer = new Uint8Array(memory.read32(layout.usedRing + 8));
memory.copyOut(12288, answer, 0, answer.length);
console.log(new TextDecoder().decode(answer));
await device.terminate();
