/**
 * Split virtqueues in shared memory, seen from the device. This folder knows shared memory and
 * nothing of emulators, PCI or the page.
 * @module ringbox/ring
 */
export { type ChainFault, DescriptorChain, MAXIMUM_CHAIN_LENGTH } from './chain.ts';
export { ChainCursor } from './cursor.ts';
export { Device, type UsedElement } from './device.ts';
export { GuestMemory, GuestRange } from './guest-memory.ts';
export * from './layout.ts';
export { QueueNotifications } from './notifications.ts';
export {
  layoutFault,
  type QueueFault,
  type QueueLayout,
  type QueueProgress,
  Virtqueue,
} from './virtqueue.ts';
