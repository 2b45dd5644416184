/**
 * A full x86 machine in a web page, whose virtio devices each run in a Web Worker of their own.
 * @module ringbox
 */
export * from '../machine/index.ts';
export { type DefaultGuest, defaultGuest } from './default-guest.ts';
