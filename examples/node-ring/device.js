import { workerData } from 'node:worker_threads';
import { ChainCursor, DescriptorChain, Virtqueue } from 'ringbox/ring';
import { layout, share } from './queue.js';

// The device: answers each text in capital letters.
const { words, memory } = share(workerData);
const queue = Virtqueue.create(memory, layout, false);
const chain = new DescriptorChain(memory);
const cursor = new ChainCursor();

for (;;) {
  Atomics.wait(words, 0, queue.nextAvailable);
  while (queue.take(Atomics.load(words, 0), chain)) {
    const text = new Uint8Array(chain.readableLength);
    cursor.toReadable(chain).copyOut(text, 0, text.length);
    const answer = new TextEncoder().encode(new TextDecoder().decode(text).toUpperCase());
    queue.giveBack(chain.head, cursor.toWritable(chain).copyIn(answer, 0, answer.length));
  }
  queue.publish(queue.nextUsed);
  Atomics.store(words, 1, queue.nextUsed);
  Atomics.notify(words, 1);
}
