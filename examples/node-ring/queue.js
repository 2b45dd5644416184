import { GuestMemory } from 'ringbox/ring';

/** A queue of 8 in one page of memory, as its driver lays it out (VIRTIO 1.4, 2.7). */
export const layout = { queueSize: 8, descriptorTable: 4096, availableRing: 4224, usedRing: 4248 };

/** Two words beside it: how many chains are available, and how many were given back. */
export function share(buffer = new SharedArrayBuffer(64 * 1024)) {
  const words = new Int32Array(buffer, 0, 2);
  return { buffer, words, memory: new GuestMemory(buffer, 0, buffer.byteLength) };
}
