import {
  availableRingLength,
  DESCRIPTOR_SIZE,
  descriptorTableLength,
  usedRingLength,
} from '../../src/ring/layout.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';
import { align } from './driver.ts';

/**
 * How the RAM of one device is cut up when a driver changes it while the device works. Every
 * address that the driver ever writes is one of its zones', or no RAM at all; and what it writes
 * about a descriptor's kind depends on the descriptor's place alone. So a device that sees half of
 * an old descriptor and half of a new one can still be told where it may read and write:
 *
 * - `queues`: tables and rings, which no buffer ever names
 * - `tables`: indirect tables, named by descriptors that are indirect only
 * - `readable`: named by descriptors without WRITE only; its second half is never changed, so that
 *   a write to what was for reading is found
 * - `writable`: named by descriptors with WRITE only
 *
 * and guards before, between and after them that nobody names. The last bytes of RAM, `edgeOf`, are
 * every device's, for buffers that end at the end of RAM or reach over it.
 */
export interface Zones {
  queues: QueueLayout[];
  tables: Zone;
  readable: Zone;
  writable: Zone;
  guards: Zone[];
}

/** Bytes of RAM, [start, end). */
export interface Zone {
  start: number;
  end: number;
}

/** The longest buffer that lies in RAM: a zone ends this much after the last address in it. */
export const LONGEST_BUFFER = 4096;
/** Descriptors of the longest indirect table. */
export const LONGEST_TABLE = 32;
const GUARD = 8192;
const TABLES = 64 * DESCRIPTOR_SIZE * LONGEST_TABLE;
const READABLE = 128 * 1024;
const WRITABLE = 256 * 1024;

/** Cuts up the RAM from `start` on for a device whose queues have these sizes. */
export function zonesAt(start: number, queueSizes: readonly number[]): Zones & Zone {
  const guards: Zone[] = [];
  let next = start;
  const guard = (from: number) => {
    next = align(from + GUARD, DESCRIPTOR_SIZE * LONGEST_TABLE);
    guards.push({ start: from, end: next });
  };
  const guarded = (length: number): Zone => {
    const zone = { start: next, end: next + length };
    guard(zone.end);
    return zone;
  };
  guard(start);
  const queues = queueSizes.map((queueSize) => ({
    queueSize,
    descriptorTable: guarded(descriptorTableLength(queueSize)).start,
    availableRing: guarded(availableRingLength(queueSize)).start,
    usedRing: guarded(usedRingLength(queueSize)).start,
  }));
  const tables = guarded(TABLES);
  const readable = guarded(READABLE);
  const writable = guarded(WRITABLE);
  return { start, end: next, queues, tables, readable, writable, guards };
}

/** The last bytes of a RAM of `ramSize` bytes, where buffers may lie or begin. */
export function edgeOf(ramSize: number): Zone {
  return { start: ramSize - LONGEST_BUFFER, end: ramSize };
}

/** The part of the readable zone that is never changed. */
export function constantPart({ start, end }: Zone): Zone {
  return { start: (start + end) / 2, end };
}
